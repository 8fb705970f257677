"""Recheck: which archived articles a run looks at again, and how it asks: only for what is new, where it can."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from archive import urls
from archive.commit import validators
from archive.decide import Asked
from archive.listing import Listing
from archive.rfi.editions import Edition
from archive.runs import recheck
from archive.runs.tally import NOT_MODIFIED
from archive.tables.stood import Stood
from crawler.run import Run

META = {"asked": Asked.LOOK, "dont_redirect": True, "handle_httpstatus_list": [NOT_MODIFIED]}
"""Of each look.  A redirect tells how the article stands; where it leads to is listed, and the next run's."""
NEW, LOOK = 1 << 36, 1 << 35
"""What lifts the articles that this run's listings name, then those that are due for a look, above all others."""
Requests = Iterator[Request]
Callback = Callable[[Any], Any]


class Recheck:
    """What one run looks at again."""

    def __init__(self, run: Run, edition: Edition, ages: str | list[str], page: Callback, no_page: Callback) -> None:
        """Look at articles of an edition.  ages: the setting RECHECK.  page, no_page: who takes what came of a look."""
        self._run, self._edition, self._ages = run, edition, recheck.ages(ages)
        self._page, self._no_page = page, no_page

    def due(self) -> Requests:
        """Ask for the articles that have reached an age, those published last first."""
        if self._ages:
            now, index = self._run.now(), self._run.archive.index
            since = recheck.oldest(self._ages, now)
            for stood in index.young(self._edition.code, since, self._ages[-1], recheck.RECENT):
                if recheck.by_age(stood, self._ages, now):
                    yield self._ask(stood)

    def named(self, found: Listing) -> Requests:
        """Ask for the articles of a listing that were edited since they were looked at, as it says."""
        edited = {link.url: link.modified for link in found.links if self._ages and link.modified}
        now = self._run.now()
        for url, stood in self._run.archive.index.stood(edited).items():
            if urls.is_article(url, self._edition) and recheck.by_edit(stood, edited[url], now):
                yield self._ask(stood)

    def _ask(self, at: Stood) -> Request:
        lifted = urls.rank(at.url, at.published) // 60 + LOOK
        return Request(at.url, callback=self._page, errback=self._no_page, priority=lifted, meta={**META})


class OnlyIfChanged:
    """Before the download: a look names the version that is archived."""

    def __init__(self, run: Run) -> None:
        """Read it from this run's archive."""
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(Run.of(crawler))

    def process_request(self, request: Request) -> None:
        """Make a look conditional: not before its turn comes near, since it takes reading a record."""
        if request.meta.get("asked") is Asked.LOOK:
            archive = self._run.archive
            index = archive.knowing([urls.canonical(request.url)])
            request.headers.update(validators.of_article(archive.root / "warc", index, request.url))
