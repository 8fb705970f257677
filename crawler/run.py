"""Run: the extension that opens the archive, keeps each exchange as it arrives, and ends the run in order."""

import logging
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.misc import load_object

from archive import __version__, decide, urls
from archive.errors import ArchiveError, CannotWrite
from archive.exchange import Exchange
from archive.export import cdxj, lists
from archive.record import Fields
from archive.store import Archive, Clock
from crawler import tested

logger = logging.getLogger(__name__)

COUNTS = "archive/"
"""Prefix of the stats that a run keeps in its summary."""
NOT_MODIFIED = 304
UNEXPECTED = "unexpected"
"""Count of what nobody thought of."""


class Run:
    """One crawl on one archive."""

    def __init__(self, crawler: Crawler, spider: Spider) -> None:
        """Open the archive.  Raises ArchiveError: locked, cannot be written."""
        tested.check()
        settings = crawler.settings
        self._crawler, self._spider = crawler, spider
        self.now: Clock = load_object(settings["CLOCK"])
        """What time it is, UTC, for all that this run decides and dates."""
        self.error: ArchiveError | None = None
        """What ended the run before its time."""
        self.received = 0
        """Bytes of all answers so far."""
        self.spent = ""
        """The part of the budget that was used up first, by the name of its setting; "" while there is some left."""
        self.archive = Archive(
            Path(settings["ARCHIVE_DIR"]),
            spider.name,
            self.now,
            about(settings["USER_AGENT"], settings["CONTACT"]),
            least_free=settings.getint("MIN_FREE_BYTES"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        assert crawler.spider
        run = cls(crawler, crawler.spider)
        crawler.signals.connect(run.closed, signal=signals.spider_closed)
        crawler.signals.connect(run.unexpected, signal=signals.spider_error)
        crawler.signals.connect(run.unexpected, signal=signals.item_error)
        return run

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the run of a crawler."""
        run = crawler.get_extension(cls)
        assert run is not None
        return run

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of the run's counts."""
        self._crawler.stats.inc_value(COUNTS + name, number)

    def unexpected(self) -> None:
        """Note a mistake of ours: its traceback is in the log, and the exit code tells."""
        self.count(UNEXPECTED)

    def exchanged(self, request: Request, exchange: Exchange) -> None:
        """Keep an exchange.

        A whole answer to an article's URL is left to the pipelines, in `meta["exchange"]`, if
        whoever asked hands it over, which listings and robots.txt do not that lead to one;
        all else is recorded now, and what it holds left in `meta["taken"]`.  A 304 says
        that nothing is new; replay tools would show its record as an empty page.
        """
        self.received += len(exchange.head) + len(exchange.body)
        if exchange.status == NOT_MODIFIED:
            self.count("not modified")
        elif "asked" in request.meta and decide.outcome(exchange) is None and is_article(exchange.url):
            request.meta["exchange"] = exchange
        else:
            with self.writing():
                request.meta["taken"] = self.archive.ledger.take(exchange, self.archive.record(exchange))

    def failed(self, request: Request, why: str) -> None:
        """Note a fetch that brought no byte."""
        self.count("failed")
        with self.writing():
            self.archive.fail(request.url, why)

    def spend(self, setting: str) -> None:
        """End the run in order: its budget is used up, and the next one takes up the rest."""
        if not self.spent:
            self.spent = setting
            logger.info("%s is used up: the rest is left for the next run", setting)
            self._crawler.engine.close_spider(self._spider, "budget")

    def want(self, found: Iterable[str]) -> None:
        """Note what belongs to an article before it is asked for, so that a run that dies loses none of it."""
        with suppress(IgnoreRequest), self.writing(), self.archive.index as index:
            index.list_urls((url, 0) for url in found)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """End the run in order if the archive cannot be written: what is not kept need not be fetched."""
        if self.error:
            raise IgnoreRequest("the run is ending")
        try:
            yield
        except CannotWrite as error:
            self.error = error
            logger.error("%s", error)  # noqa: TRY400 - one clear line, no traceback
            self._crawler.engine.close_spider(self._spider, "cannot_write")
            raise IgnoreRequest("the archive cannot be written") from error

    def counts(self) -> dict[str, int]:
        """Return the run's counts so far, by name."""
        stats = self._crawler.stats.get_stats()
        return {name.removeprefix(COUNTS): number for name, number in sorted(stats.items()) if name.startswith(COUNTS)}

    def summary(self) -> str:
        """Return one line that says what the run did."""
        return ", ".join(f"{number} {name}" for name, number in self.counts().items()) or "nothing new"

    def closed(self, spider: Spider, reason: str) -> None:
        """Seal the archive, and bring lists and CDXJ up to date."""
        with self._noting():
            self.archive.finish(reason, self.counts())
            lists.write(self.archive.root, self.archive.index)
            cdxj.write(self.archive.root, self.archive.index)
        with self._noting():
            self.archive.close()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Note the first refusal, in one clear line without a traceback."""
        try:
            yield
        except CannotWrite as error:
            self.error = self.error or error
            logger.error("%s", error)  # noqa: TRY400 - see above


def about(agent: str, contact: str) -> Fields:
    """Return what the warcinfo records of this run say.  Source: WARC 1.1, 6.2."""
    return (
        ("software", f"rfi-archive/{__version__}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("operator", contact or "not given"),
        ("robots", "obey"),
        ("http-header-user-agent", agent),
        ("hostname", socket.gethostname()),
        ("description", "articles, listings and pictures of RFI's Chinese service"),
    )


def is_article(url: str) -> bool:
    """Tell whether a URL, however it is spelt, is an article's."""
    return urls.kind(urls.canonical(url)) is urls.Kind.ARTICLE
