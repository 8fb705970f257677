"""Chosen: which articles are read again: what waits for a better parser, those of some days, those of a list."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from archive import urls
from archive.index import Index
from archive.urls import Kind

REACH = timedelta(days=1)
"""How long before a run that told of a change it may have begun: it takes some pages to be sure."""


def pending(index: Index) -> Iterator[str]:
    """Yield the articles of which a page was read wrongly, as far as that can be known.

    Those that a page was captured of that was no article; and those captured while the site's
    pages had changed their make.
    """
    yield from dict.fromkeys((*index.rejected(), *index.drifted(REACH)))


def of_days(index: Index, since: date | None, until: date | None) -> Iterator[str]:
    """Yield the articles whose day lies between these, both included; None: no end there.

    Their day is that in the URL, and so in the name of the article file.
    """
    others = [url for url in index.rejected() if index.made_from(url) is None]  # before anything is written
    yield from index.of_days(since, until)
    yield from within(others, since, until)


def within(some: Iterable[str], since: date | None, until: date | None) -> Iterator[str]:
    """Yield those of these URLs, all of articles, whose day lies between these."""
    first, last = (f"{day:%Y%m%d}" if day else "" for day in (since, until))
    return (url for url in some if first <= urls.day(url) <= (last or "99999999"))


def listed(text: str) -> tuple[list[str], list[str]]:
    """Read a list of URLs, as `-a urls=` takes it: the articles' URLs, and what is wrong with the others."""
    bad = list[str]()
    good = dict.fromkeys(urls.read_list(text.splitlines(), bad))
    articles = [url for url in good if urls.kind(url) is Kind.ARTICLE]
    others = [url for url in good if urls.kind(url) is not Kind.ARTICLE]
    return articles, [*bad, *(f"not an article's URL: {url}" for url in others)]
