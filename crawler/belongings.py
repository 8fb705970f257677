"""Belongings: what belongs to a run's articles and makes them look like themselves: pictures, stylesheets, fonts."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from archive import decide, urls
from archive.decide import Asked
from archive.errors import BadUrl, BadUsage
from archive.exchange import Exchange, content
from archive.page import Page
from archive.pages import requisites
from archive.rfi.editions import Edition
from crawler.run import Run

IMAGES = {"lead": 2, "all": None, "none": 0}
"""How many of an article's pictures are fetched; the first two are its lead picture, as file and page have it."""
LAST = -(1 << 40)
"""Priority of all these: below every article."""
Requests = Iterator[Request]
Callback = Callable[[Any], Any]


def pictures(settings: BaseSettings) -> int | None:
    """Return how many pictures of an article are fetched; None: all.  Raises BadUsage."""
    if settings["IMAGES"] not in IMAGES:
        raise BadUsage(f"IMAGES={settings['IMAGES']}: it is one of {', '.join(IMAGES)}")
    return IMAGES[settings["IMAGES"]]


class Belongings:
    """What one run fetches beside its articles."""

    def __init__(self, run: Run, settings: BaseSettings, page: Callback, sheet: Callback, no_page: Callback) -> None:
        """Ask by this run.  page, sheet: who takes a picture or a font, and a stylesheet; no_page: what failed."""
        self._run, self._page, self._sheet, self._no_page = run, page, sheet, no_page
        self._most, self._dressed = pictures(settings), settings.getbool("REQUISITES")
        self._templates: set[tuple[Edition | None, bool]] = set()  # of each an edition, and whether it is a show's
        self._needed: set[str] = set()

    def of(self, exchange: Exchange, page: Page | None) -> Requests:
        """Ask for what belongs to an article that was archived just now."""
        yield from self._pictures(page) if page else ()
        url = urls.canonical(exchange.url)
        template = urls.edition_of(url), urls.show_of(url) is not None
        if self._dressed and template not in self._templates:  # all pages of a template name the same
            self._templates.add(template)
            yield from self.need(requisites.of_page(content(exchange), url))

    def left(self, near: Callable[[int], bool] = lambda _: True) -> Requests:
        """Ask for what earlier runs left undone; near: tells by the rank of a picture whether it is wanted now."""
        index = self._run.archive.index
        if self._most != 0:
            yield from (self._picture(url) for url, rank, _ in index.open_urls(urls.Kind.IMAGE) if near(rank))
        if self._dressed:
            yield from self.need(url for url, _, _ in index.open_urls(urls.Kind.REQUISITE))

    def need(self, named: Iterable[str]) -> Requests:
        """Ask for stylesheets and fonts that are due, so many in a run at most: one names another without end."""
        wanted = [url for url in named if url not in self._needed]
        known = self._run.archive.known(wanted)
        due = [url for url in wanted if decide.fetch(known.get(url), Asked.REQUISITE, self._run.now())]
        del due[max(0, requisites.MOST - len(self._needed)) :]
        self._needed.update(due)
        self._run.want(due)
        return (self._ask(url, self._sheet, Asked.REQUISITE) for url in due)

    def _pictures(self, page: Page) -> Requests:
        named = canonical((page.facts.image, page.facts.shown, *page.facts.pictures)[: self._most])
        self._run.want(named)
        known = self._run.archive.known(named)
        due = (url for url in named if decide.fetch(known.get(url), Asked.LISTING, self._run.now()))
        yield from map(self._picture, due)

    def _picture(self, url: str) -> Request:
        return self._ask(url, self._page, Asked.LISTING)

    def _ask(self, url: str, taker: Callback, asked: Asked) -> Request:
        return Request(url, callback=taker, errback=self._no_page, priority=LAST, meta={"asked": asked})


def canonical(named: Iterable[str | None]) -> list[str]:
    """Return canonical forms of addresses that a page names, without those that are none."""
    found = []
    for url in filter(None, named):
        with suppress(BadUrl):
            found.append(urls.canonical(url))
    return found
