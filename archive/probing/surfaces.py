"""Surfaces: what a probe asks for, in its order, and where each lies as far as the answers so far tell.  Pure.

Both the spider, which asks, and whoever reads a saved probe go by this table, so they never differ.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from archive import listing, page, urls
from archive.errors import ArchiveError
from archive.exchange import content
from archive.gaps import calendar
from archive.heard import Heard
from archive.listing import Listing
from archive.page import Page
from archive.rfi.editions import SITE, Edition

Where = Callable[[Heard, Edition], str | None]


@dataclass(frozen=True, slots=True)
class Surface:
    """One thing that the site offers."""

    name: str
    """For people."""
    where: Where
    """Its URL by the answers so far; None if they name none."""
    unnamed: str = ""
    """Why there may be no URL."""
    needed: bool = True
    """Whether a crawl suffers if it fails; a refusal counts in any case."""


def listed(heard: Heard, url: str) -> Listing | None:
    """Return what a listing names; None if it did not come whole or cannot be read."""
    try:
        answer = heard.whole(url)
        return listing.read(content(answer), urls.canonical(answer.url)) if answer else None
    except ArchiveError:
        return None


def _month(heard: Heard, edition: Edition) -> str | None:
    """Return the newest month that the sitemap index names."""
    found = listed(heard, edition.sitemap_index)
    return max((child for child in found.children if "/contents_" in child), default=None) if found else None


def _section(heard: Heard, edition: Edition) -> str:
    """Return the section page of the newest article, which has one at least; else the first behind the front page."""
    newest = _newest(heard, edition, (edition.feed, edition.news_sitemap))
    page_of = {urls.section_name(url): url for url in edition.section_pages}
    return page_of.get(urls.section_of(newest) if newest else "", edition.section_pages[1])


def _article(heard: Heard, edition: Edition) -> str | None:
    return _newest(heard, edition, (edition.feed, edition.news_sitemap, _section(heard, edition)))


def _newest(heard: Heard, edition: Edition, where: Iterable[str]) -> str | None:
    """Return the newest article that listings name: no show's, if there is another, for a news page says more."""
    found = (listed(heard, url) for url in where)
    links = [link for names in found if names for link in names.links if urls.is_article(link.url, edition)]
    newest = max(links, key=lambda a: (urls.show_of(a.url) is None, urls.rank(a.url, a.published)), default=None)
    return newest.url if newest else None


def _image(heard: Heard, edition: Edition) -> str | None:
    """Return the lead picture of the article."""
    url = _article(heard, edition)
    answer = heard.whole(url) if url else None
    found = page.of(answer) if answer else None
    return found.facts.image if isinstance(found, Page) else None


def _calendar(heard: Heard, edition: Edition) -> str | None:
    """Return the calendar that the section page or the article links to."""
    links = (
        calendar.address(body, url, edition)
        for url, body in _pages(heard, (_section(heard, edition), _article(heard, edition)))
    )
    return next(filter(None, links), None)


def _pages(heard: Heard, asked: Iterable[str | None]) -> Iterable[tuple[str, bytes]]:
    """Yield URL and content of those of the pages that came whole."""
    for answer in (heard.whole(url) for url in asked if url):
        try:
            if answer:
                yield urls.canonical(answer.url), content(answer)
        except ArchiveError:
            continue


ROBOTS = Surface("robots.txt", lambda _, __: f"{SITE}/robots.txt", needed=False)
"""The crawl asks for it by itself, ahead of all else of a host; a site need not have one."""
FEED = Surface("feed", lambda _, edition: edition.feed)
ARTICLE = Surface("article", _article, "no listing that was read names one")
SURFACES = (
    ROBOTS,
    FEED,
    Surface("news sitemap", lambda _, edition: edition.news_sitemap),
    Surface("sitemap index", lambda _, edition: edition.sitemap_index),
    Surface("month", _month, "no sitemap index that was read names one", needed=False),
    Surface("section", _section),
    ARTICLE,
    Surface("image", _image, "no article that was read names one"),
    Surface("calendar", _calendar, "no link to it in the pages that were read", needed=False),
)
