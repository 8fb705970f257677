"""Progress: the extension that shows, on a terminal, how far a run has come."""

import time
from contextlib import ExitStack
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archive.terminal import progress
from crawler.run import Run

EVERY = 0.5
"""Seconds between two looks."""
SHOWN = "found", "archived", "skipped"
"""Counts of a run that are shown."""


class Progress:
    """A bar: requests that were answered, of those that are known of so far."""

    def __init__(self, crawler: Crawler) -> None:
        """Show nothing yet."""
        self._crawler, self._answered = crawler, 0
        self._shown = ExitStack()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in: only where somebody looks on."""
        if not progress.on_terminal():
            raise NotConfigured
        shown = cls(crawler)
        for told, signal in (
            (shown.opened, signals.spider_opened),
            (shown.left, signals.request_left_downloader),
            (shown.closed, signals.engine_stopped),
        ):
            crawler.signals.connect(told, signal=signal)
        return shown

    def opened(self) -> None:
        """Begin to show."""
        self._begun = time.monotonic()
        self._tell = self._shown.enter_context(progress.growing())
        self._looking = create_looping_call(self._look)
        self._shown.callback(self._looking.stop)
        self._looking.start(EVERY)

    def left(self) -> None:
        """Count a request that has its answer, or has none and will get none."""
        self._answered += 1

    def closed(self) -> None:
        """Take the bar away."""
        self._shown.close()

    def _look(self) -> None:
        """Show how it stands; a terminal that has gone is no reason to fail."""
        engine = self._crawler.engine
        slots = engine.downloader.slots.values()
        waiting = len(engine.scheduler or ()) + sum(len(slot.queue) for slot in slots)  # type: ignore[arg-type]
        backfill = getattr(self._crawler.spider, "backfill", None)
        waiting += backfill.to_come() if backfill else 0
        delay = max((slot.delay for slot in slots), default=0)
        told = words(Run.of(self._crawler).tally.counts, self._answered, time.monotonic() - self._begun, waiting, delay)
        try:
            self._tell(self._answered, self._answered + len(engine.downloader.active) + waiting, told)
        except OSError:
            self._looking.stop()


def words(counts: dict[str, int], answered: int, seconds: float, waiting: int, delay: float) -> str:
    """Return what stands beside the bar.

    answered: requests in `seconds`.  waiting: requests still to send, `delay` seconds between two;
    where the answers come more slowly than that, so will the rest.
    """
    rate = answered / seconds if seconds else 0
    left = round(waiting * max(delay, 1 / rate if rate else 0))
    shown = [f"{name} {counts.get(name, 0)}" for name in SHOWN]
    return ", ".join((*shown, f"{rate * 60:.0f}/min", f"{left // 60}:{left % 60:02} left"))
