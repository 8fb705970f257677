"""Pages: every page of the site: which file, what makes it, and what that is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise

from archive.export.site import addresses
from archive.export.site.order import slug
from archive.export.site.steady import EDITED, GONE, Steady
from archive.tables.card import Card
from archive.web import article, charts, events, failing, feeds, finder, front, labels, life, versions
from archive.web.items import PAGE
from archive.web.links import KINDS
from archive.web.routes import Handler


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    file: str
    """Where it lies, relative to the site."""
    handler: Handler
    """What makes it."""
    names: Mapping[str, str] = field(default_factory=dict)
    """As in Asked."""
    query: Mapping[str, str] = field(default_factory=dict)
    """As in Asked."""
    optional: bool = False
    """Nothing links to it if it cannot be made; in place of any other there is a page that says why."""


def lists(index: Steady) -> Iterator[Page]:
    """Yield all pages but those of articles."""
    yield Page("index.html", front.newest)
    yield Page("search.html", finder.page)
    yield Page("pictures.html", charts.page)
    yield Page("404.html", lambda context, asked: failing.page(context, asked, HTTPStatus.NOT_FOUND))
    yield Page("feed.atom", feeds.everything)
    yield Page("changes.atom", feeds.changes)
    yield from _happened(index, EDITED, Page("changes.html", events.changes), events.PAGE)
    yield from _happened(index, GONE, Page("gone.html", events.gone), events.PAGE_GONE)
    for at, _ in index.by_day():
        yield Page(f"day/{at}.html", front.day, {"day": str(at)})
    for kind, names in KINDS.items():
        yield Page(f"{names}.html", labels.names(kind))
        for name, count in index.labels(kind):
            yield from _label(index, kind, name, count)


def _happened(index: Steady, what: str, first: Page, most: int) -> Iterator[Page]:
    """Yield the page of what happened last, and those of all before, counted from the oldest."""
    yield first
    newest = index.order.happened(what, None, 1)
    for number in range(newest[0][-1] // most if newest else 0):
        before = {"before": f"0-{(number + 1) * most}"}
        yield Page(f"{first.file.removesuffix('.html')}/{number}.html", first.handler, query=before)


def _label(index: Steady, kind: str, name: str, count: int) -> Iterator[Page]:
    """Yield the page of a label's newest articles, and those of all others, counted from the oldest."""
    handler, named = labels.articles(kind), {"name": name}
    yield Page(addresses.label(kind, name), handler, named)
    for number in range((count - 1) // PAGE if count > PAGE else 0):
        before = index.order.number(slug(kind, name), (number + 1) * PAGE)
        yield Page(addresses.label(kind, name, number), handler, named, {"before": str(before)})


def of(index: Steady, card: Card) -> Iterator[Page]:
    """Yield the pages of an article, and its file."""
    named = {"stem": card.stem}
    base = f"article/{card.stem[:4]}/{card.stem[4:6]}/{card.stem}"
    yield Page(f"{base}.html", article.page, named)
    yield Page(f"{base}.md", article.file, named, optional=True)
    told = life.of(index, card.url)
    if len(told) > 1:
        yield from _versions(base, named, len(life.versions(told)))


def _versions(base: str, named: dict[str, str], last: int) -> Iterator[Page]:
    """Yield the page of each version, and the comparisons: of each with the next, and with the last one."""
    for number in range(1, last + 1):
        yield Page(f"{base}/{number}.html", versions.page, {**named, "number": str(number)})
    both = {*pairwise(range(1, last + 1)), *((number, last) for number in range(1, last))}
    for old, new in sorted(both):
        yield Page(f"{base}/{old}-{new}.html", versions.diff, {**named, "old": str(old), "new": str(new)})
