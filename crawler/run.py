"""Run: the extension that opens the archive, keeps each exchange as it arrives, and knows why the run ends."""

import asyncio
import logging
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.misc import load_object

from archive import decide, urls
from archive.commit import validators
from archive.decide import Asked, Outcome, State
from archive.errors import ArchiveError, CannotWrite
from archive.exchange import Exchange
from archive.manners.guest import Answer
from archive.runs.ending import FAILED, Ending
from archive.runs.tally import NOT_MODIFIED, Tally
from archive.store import Archive, Clock
from crawler import agent
from crawler.beside import Second
from crawler.grace import Grace
from crawler.guest import HOME, Guest, name_of
from crawler.look import Look
from crawler.together import Together, behind, is_alone

logger = logging.getLogger(__name__)

UNDONE = (State.FAILED, State.GONE)
"""What is told of an answer that is no page."""
UNEXPECTED = "unexpected"
"""Count of mistakes of ours."""


class Run:
    """One crawl on one archive."""

    def __init__(self, crawler: Crawler, spider: Spider) -> None:
        """Open the archive.  Raises ArchiveError: locked, cannot be written."""
        settings = crawler.settings
        self._crawler, self.spider = crawler, spider
        self.now: Clock = load_object(settings["CLOCK"])
        """What time it is, UTC, for all that this run decides and dates."""
        self.error: ArchiveError | None = None
        """What ended the run before its time."""
        self.end: Ending | None = None
        """How it ended, once it has."""
        self.tally = Tally()
        """What it has done so far."""
        self._begun, self.started = time.monotonic(), self.now()
        self.spent = ""
        """The part of the budget that was used up first, by the name of its setting; "" while there is some left."""
        self.stopped = ""
        """The signal by which the run was told to stop; "" until it is."""
        self.hurried = False
        """Whether it was told to stop, be it while it ends already: nobody is waited for any more."""
        self.grace = Grace()
        """How long what is under way may still take."""
        self.archive = Archive(
            Path(settings["ARCHIVE_DIR"]),
            spider.name,
            self.now,
            agent.about(settings["USER_AGENT"], settings["CONTACT"]),
            least_free=settings.getint("MIN_FREE_BYTES"),
        )
        self.second = Second(self._behind, self.archive.handle)
        """Who reads pages, and puts article files in their places, where much is to be done."""
        self.together = Together(self.archive, self.second, lambda: is_alone(self._crawler.engine), self._cannot)
        """Who commits, many at once where there are many."""
        self.guest = Guest(self.archive.root, self.now)
        """What the hosts ask of us."""
        self.refused = ""
        """Why the site is asked for nothing more, and until when; "" while it lets us in."""
        self.deadline = self._begun + (settings.getfloat("MAX_RUNTIME") or math.inf)
        """When MAX_RUNTIME is over, by the clock that only goes forward."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        assert crawler.spider
        run = cls(crawler, crawler.spider)
        crawler.signals.connect(run.unexpected, signal=signals.spider_error)
        crawler.signals.connect(run.unexpected, signal=signals.item_error)
        return run

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the run of a crawler."""
        run = crawler.get_extension(cls)
        assert run is not None
        return run

    def _behind(self) -> int:
        """Return how many answers wait for this process; a worker of a cluster leaves the other cores to the others."""
        return 0 if self._crawler.settings["QUEUE_URL"] else behind(self._crawler.engine)

    def lasted(self) -> float:
        """Return how many seconds the run has lasted."""
        return time.monotonic() - self._begun

    def unexpected(self) -> None:
        """Note a mistake of ours: its traceback is in the log, and the exit code tells."""
        self.tally.counts[UNEXPECTED] += 1

    def exchanged(self, request: Request, exchange: Exchange, seconds: float) -> None:
        """Keep an exchange that took so many seconds.

        A whole answer to an article's URL is left to the pipelines, in `meta["exchange"]`, if
        whoever asked hands it over, which listings and robots.txt do not that lead to one;
        all else is recorded now, and what it holds left in `meta["taken"]`.  A 304 says
        that nothing is new; replay tools would show its record as an empty page, so one that
        was told of an article is noted beside the records.
        """
        self.guest.met(name_of(request.url))
        self.tally.answered(exchange.url, seconds, len(exchange.head) + len(exchange.body))
        if exchange.status == NOT_MODIFIED and request.meta.get("asked") is Asked.LOOK:
            with self.writing():
                look = self.look(exchange.url)
                self.archive.look(exchange.url, validators.named(exchange.request), exchange.date)
                look.took(State.ARCHIVED)
        elif exchange.status == NOT_MODIFIED:
            self.tally.counts["not modified"] += 1
        elif "asked" in request.meta and decide.outcome(exchange) is None and is_article(exchange.url):
            request.meta["exchange"] = exchange
        else:
            with self.writing():
                request.meta["status"] = exchange.status or None
                look = self.look(exchange.url)
                request.meta["taken"] = taken = self.archive.take(exchange, self._cannot)
            self.together.stir()
            if isinstance(taken, Outcome) and not _has_no_rules(request.url, taken):
                self._became(request, taken, look)

    def look(self, url: str) -> Look:
        """See how the article of a URL stands, before an answer is taken that may tell otherwise."""
        return Look(self.archive.knowing([urls.canonical(url)]), self.tally, url)

    def _cannot(self, error: Exception | None) -> None:
        """End the run in order if it failed for the archive's sake."""
        if isinstance(error, CannotWrite):
            with suppress(IgnoreRequest), self.writing():
                raise error

    def _became(self, request: Request, taken: Outcome, look: Look) -> None:
        """Count and tell what an answer without a page makes of its URL."""
        if look.took(taken.state, taken.why):
            return
        self.tally.became(taken)
        if taken.state in UNDONE:
            self._tell(request, taken.why)

    def failed(self, request: Request, why: str) -> None:
        """Note a fetch that brought no byte."""
        self.tally.lost("failed", why)
        with self.writing():
            self.archive.fail(request.url, why)
        self._tell(request, why)

    def _tell(self, request: Request, why: str) -> None:
        """Say what came to nothing; louder where no further try of this run may mend it."""
        tries = request.meta.get("retry_times", 0) + 1
        last = tries > self._crawler.settings.getint("RETRY_TIMES")
        logger.log(logging.WARNING if last else logging.INFO, "%s (try %d): %s", why, tries, request.url)

    def spend(self, setting: str) -> None:
        """End the run in order: its budget is used up, and the next one takes up the rest."""
        if not self.spent:
            self.spent = setting
            logger.info("%s is used up: the rest is left for the next run", setting)
            self._end("budget")

    def heard(self, url: str, answer: Answer) -> None:
        """Take in whether a host lets us in: the run ends where the site does not, and goes on without another."""
        if self.probes:
            return
        name = name_of(url)
        if answer.refused:
            self.tally.counts["refused"] += 1
        with self.writing():
            over = self.guest.heard(name, answer)
        if over and name == HOME:
            self.refuse(self.guest.told(name))
        elif over:
            logger.warning("%s", self.guest.told(name))
            self._hurry(name)

    def refuse(self, why: str) -> None:
        """End the run in order: the site refuses, and nothing that waits for its turn is sent."""
        if not self.refused:
            self.refused = why
            logger.warning("%s", why)
            self._hurry()
            self._end("refused")

    def _hurry(self, host: str | None = None) -> None:
        """Let what waits for a host, or for any, be dropped without its delay."""
        for name, slot in self._crawler.engine.downloader.slots.items():
            if host in (None, name):
                slot.delay = 0

    def _end(self, reason: str) -> None:
        """Ask for nothing more; what is under way is still taken."""
        closing = self._crawler.engine.close_spider_async(reason=reason)
        self._closing = asyncio.get_running_loop().create_task(closing)  # kept, or it might be collected

    @property
    def ends(self) -> bool:
        """Whether nothing should be waited for any more."""
        return bool(self.error or self.refused or self.stopped) or not self._crawler.engine.running

    def want(self, found: Iterable[str]) -> None:
        """Note what belongs to an article before it is asked for, so that a run that dies loses none of it."""
        if wanted := [(url, 0) for url in found]:
            with suppress(IgnoreRequest), self.writing(), self.archive.knowing(()) as index:
                index.list_urls(wanted)

    def fail(self, error: ArchiveError) -> None:
        """Note what ends the run before its time, in one clear line without a traceback; the first counts."""
        if not self.error:
            self.error = error
            self.end = Ending(error.exit_code, FAILED, str(error))
        logger.error("%s", error)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """End the run in order if the archive cannot be written: what is not kept need not be fetched."""
        if self.error:
            raise IgnoreRequest("the run is ending")
        try:
            yield
        except CannotWrite as error:
            if not self.error:  # else it was told while a group was flushed
                self.fail(error)
                self._end("cannot_write")
            raise IgnoreRequest("the archive cannot be written") from error

    @property
    def probes(self) -> bool:
        """Whether the run is a probe, which is to see who refuses what."""
        return bool(getattr(self.spider, "goes_on", False))

    @property
    def looks(self) -> bool:
        """Whether the run looked for what is new, as those of cron do."""
        plan = getattr(self.spider, "plan", None)
        return plan is not None and plan.asked is Asked.LISTING and not self.backfills

    @property
    def backfills(self) -> bool:
        """Whether the run looks for articles of days gone by, which say nothing of what the site sends today."""
        plan = getattr(self.spider, "plan", None)
        return plan is not None and plan.since is not None


def _has_no_rules(url: str, taken: Outcome) -> bool:
    """Tell whether a host says that it has no robots.txt: nothing is lost by that."""
    return taken.state is State.GONE and url.endswith("/robots.txt")


def is_article(url: str) -> bool:
    """Tell whether a URL, however it is spelt, is an article's."""
    return urls.kind(urls.canonical(url)) is urls.Kind.ARTICLE
