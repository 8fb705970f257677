"""Dedupe: what a run asks for once only, and two middlewares that skip what is archived already."""

import logging
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.dupefilters import BaseDupeFilter
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive import decide, urls
from archive.decide import Asked
from crawler.run import Run

logger = logging.getLogger(__name__)

ROW = 32
"""Requests of those that a user named that are looked up together."""
BINS = 1024
"""Into so many lists go the keys of what was asked for: a look goes through one."""
LED_ON = {Asked.USER: Asked.FILE, Asked.FILE: Asked.FILE}
"""Who asks for the article that a redirect leads to, by who asked for the redirect; else a listing: nobody named it."""


class Once(BaseDupeFilter):
    """Before the scheduler: each URL once in a run, as it stands, since what names a page is canonical by then."""

    def __init__(self) -> None:
        """Nothing was asked for yet.  A key takes nine bytes so; in a set it would be ten times as much."""
        self._keys = defaultdict[int, "array[int]"](partial(array, "q"))

    def request_seen(self, request: Request) -> bool:
        """Tell whether a request for the same URL was seen before."""
        key = urls.key(request.url.partition("#")[0])
        alike = self._keys[key % BINS]
        if key in alike:
            return True
        alike.append(key)
        return False

    def log(self, request: Request, spider: Spider) -> None:
        """Say that a request is left out."""
        logger.debug("asked for already: %s", request.url)


class SkipArchived:
    """Between spider and scheduler: requests for what is archived are never scheduled."""

    def __init__(self, run: Run) -> None:
        """Ask the index of this run's archive."""
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(Run.of(crawler))

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what should be fetched; one look-up for all requests of a listing."""
        for wanted in self._wanted([thing async for thing in result]):
            if isinstance(wanted, Request) and "surface" in wanted.meta and _is_asked(wanted):
                self._run.tally.heard[wanted.meta["surface"]].new += 1
            yield wanted

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what should be fetched; one look-up for many requests in a row."""
        row = list[Any]()
        async for thing in start:
            row.append(thing)
            if len(row) == ROW or not _is_asked(thing):
                for wanted in self._wanted(row):
                    yield wanted
                row.clear()
        for wanted in self._wanted(row):
            yield wanted

    def _wanted(self, things: list[Any]) -> Iterator[Any]:
        asked = {id(thing): urls.canonical(thing.url) for thing in things if _is_asked(thing)}
        known = self._run.archive.known(set(asked.values()))
        for thing in things:
            url = asked.get(id(thing))
            if url is None or decide.fetch(known.get(url), thing.meta["asked"], self._run.now()):
                yield thing
            else:
                self._run.tally.counts["skipped"] += 1


def _is_asked(thing: object) -> bool:
    """Tell whether this is a request for a page or what belongs to one, not for a listing."""
    return isinstance(thing, Request) and "asked" in thing.meta


class SkipOnTheWay:
    """Before the download: what a redirect leads to, and what goes beyond `-a limit=`."""

    def __init__(self, run: Run, limit: int | None) -> None:
        """Let `limit` articles through; None = all."""
        self._run, self._left = run, limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(Run.of(crawler), getattr(crawler.spider, "limit", None))

    def process_request(self, request: Request) -> None:
        """Let a request through, or raise IgnoreRequest."""
        if not urls.may_be_fetched(request.url):
            logger.info("not one of the site's own addresses: %s", request.url)
            raise IgnoreRequest(f"not one of the site's own addresses: {request.url}")
        url = urls.canonical(request.url)
        if "asked" not in request.meta or urls.kind(url) is not urls.Kind.ARTICLE:
            return
        if request.meta.get("redirect_urls"):
            asked = LED_ON.get(request.meta["asked"], Asked.LISTING)
            if not decide.fetch(self._run.archive.known([url]).get(url), asked, self._run.now()):
                self._run.tally.counts["skipped"] += 1
                raise IgnoreRequest(f"archived already: {url}")
        elif self._left is not None and not request.meta.get("retry_times"):
            self._left -= 1
            if self._left < 0:
                self._run.tally.counts["beyond the limit"] += 1
                raise IgnoreRequest(f"beyond the limit: {url}")
