"""Stop: what SIGTERM, SIGINT (Ctrl-C) and SIGHUP do to a crawl.

The first one ends the run in order: nothing more is asked for, what is under way has a few
seconds, what came of it is recorded, and the archive is sealed.  The next one ends the process
where it stands, as kill -9 would: all that was committed is on disk, and the next run mends.
"""

import asyncio
import logging
import os
import select
import signal
import time
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Never

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from archive.runs.ending import RULES
from crawler.run import Run

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
GRACE = 3
"""Seconds that a request under way may still take."""
ONE = 0.1
"""Seconds within which two signals are one: `timeout` sends each of its own twice."""
AGAIN = 0.05
"""Seconds between two looks whether a run that has not begun yet can be ended."""
STOPPED = next(rule.code for rule in RULES if rule.word == "stopped")


class Stop:
    """Hears the signals of a process that crawls."""

    def __init__(self) -> None:
        """Take over from whoever heard them until now; one that is ignored, as `nohup` does, stays ignored."""
        self.told = ""
        """Name of the first signal; "" until there is one."""
        self._since = 0.0
        self._crawler: Crawler | None = None
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._hear)

    def of(self, crawler: Crawler) -> None:
        """End this crawler when told; its event loop is there, whether it runs yet or not."""
        self._crawler, self._loop = crawler, asyncio.get_event_loop()
        _leave_threads()
        if self.told:
            self._loop.call_soon(self._end)

    def over(self) -> None:
        """Hear no more: all is done and said, and what is left of the process takes no time."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _hear(self, number: int, _: object) -> None:
        """Note a signal, in the midst of whatever runs now: nothing is logged here, nothing is closed."""
        if self.told and time.monotonic() - self._since > ONE:
            _leave(number)
        if not self.told:
            self.told, self._since = signal.Signals(number).name, time.monotonic()
            if self._crawler:
                with suppress(RuntimeError):  # the run has not begun, or the loop has ended, and so has the run
                    Run.of(self._crawler).hurried = True
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        """End the run in order, as soon as it has begun; one that is being closed is left to it."""
        assert self._crawler
        engine = _engine(self._crawler)
        if engine is None:
            self._loop.call_later(AGAIN, self._end)
            return
        self._limit(Run.of(self._crawler))
        for slot in engine.downloader.slots.values():
            while slot.queue:
                slot.queue.popleft()[1].errback(Failure(IgnoreRequest("told to stop")))  # type: ignore[no-untyped-call]
        self._closing = self._loop.create_task(engine.close_spider_async(reason="told to stop"))

    def _limit(self, run: Run) -> None:
        """Say so, and give what is under way its last seconds."""
        logger.warning(
            "%s: nothing more is asked for; what is under way has %d seconds; once more ends it at once",
            self.told,
            GRACE,
        )
        run.stopped = self.told
        run.grace.end(GRACE)


def _engine(crawler: Crawler) -> ExecutionEngine | None:
    """Return the engine of a crawler while it crawls, not before and not after."""
    try:
        engine = crawler.engine
    except RuntimeError:  # it is not made yet
        return None
    return engine if engine.running and engine.spider else None


def _leave(number: int) -> Never:
    """End the process where it stands, with one line if somebody reads it."""
    name = signal.Signals(number).name
    line = f"\nrfi-archive: told to stop again ({name}), ended at once: the next run mends, and takes up the rest\n"
    with suppress(OSError):
        if select.select([], [2], [], 0)[1]:  # a line that nobody takes would block
            os.write(2, line.encode())
    os._exit(STOPPED)


def _leave_threads() -> None:
    """Let no thread hold up the end: the system's look-up of a name cannot be called back."""
    from twisted.internet import reactor

    pool = reactor.getThreadPool()
    pool.threadFactory = partial(Thread, daemon=True)
    reactor.addSystemEventTrigger("before", "shutdown", pool.threads.clear)  # type: ignore[arg-type]
