"""Joining: the extension by which a worker, its archive open, joins the others, looks after them, and leaves."""

import logging
import time
from contextlib import suppress
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import create_looping_call

from archive.errors import CannotWrite
from crawler.cluster import BEATS, Cluster
from crawler.courtesy import Courtesy
from crawler.guest import HOME
from crawler.run import Run

logger = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between two looks at what others have done."""


class Joining:
    """One worker among others."""

    def __init__(self, crawler: Crawler) -> None:
        """Wait until the crawl begins."""
        self._crawler, self._cluster = crawler, Cluster.of(crawler)
        self._pause = crawler.settings.getfloat("LEASE") / BEATS
        self._next = 0.0
        self._looking = create_looping_call(self._look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        one = cls(crawler)
        crawler.signals.connect(one.opened, signal=signals.spider_opened)
        crawler.signals.connect(one.stopped, signal=signals.engine_stopped)
        return one

    def opened(self) -> None:
        """Join: what a dead one of this name held waits again; what it had recorded is in the index by now."""
        self._run, shared = Run.of(self._crawler), self._cluster.shared
        with suppress(IgnoreRequest), self._run.writing():
            shared.leave()
            shared.beat()
            self._run.guest = Courtesy(self._run, shared, self._delay)
            self._looking.start(EVERY, now=False)

    def stopped(self) -> None:
        """Leave: the archive is sealed.  What was taken and not begun is for the others."""
        if self._looking.running:
            self._looking.stop()
        try:
            for request in [*self._cluster.held]:
                self._cluster.let_go(request, again=bool(self._run.stopped) or "began" not in request.meta)
            self._cluster.end()
        except CannotWrite as error:
            self._run.fail(error)

    def _look(self) -> None:
        """Take up what dead workers held, hear whether the site refuses another one, and ask for more."""
        if self._run.ends:
            return
        with suppress(IgnoreRequest), self._run.writing():
            self._take_up()
            if not self._run.probes and (why := self._run.guest.shut(HOME)):
                self._run.refuse(why)
        if slot := self._crawler.engine._slot:  # noqa: SLF001 - the engine itself looks every five seconds only
            slot.nextcall.schedule()

    def _take_up(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._pause
            if number := self._cluster.shared.take_up():
                logger.warning("%d requests of a worker that gives no more signs of life are taken up", number)

    def _delay(self, host: str) -> float:
        """Return the seconds after a request until a host may be asked again, as Scrapy has them now."""
        slot = self._crawler.engine.downloader.slots.get(host)
        return slot.download_delay() if slot else self._crawler.settings.getfloat("DOWNLOAD_DELAY")
