"""Together: when what waits for the disk is flushed: in a fast crawl many articles at once, in a slow one each."""

import asyncio
from collections.abc import Callable

from scrapy.core.engine import ExecutionEngine

from archive.group import MOST

LONGEST = 0.2
"""Seconds that a deed may wait for others."""


class Together:
    """Looks after one group after the other."""

    def __init__(self, waiting: Callable[[], int], flush: Callable[[], None], alone: Callable[[], bool]) -> None:
        """Flush what waits.  alone: tells that nothing is under way that could join it soon."""
        self._waiting, self._flush, self._alone = waiting, flush, alone
        self._due: asyncio.TimerHandle | None = None

    def stir(self) -> None:
        """Something waits more: flush now, or soon."""
        if self._waiting() >= MOST or self._alone():
            self._flush()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(LONGEST, self._over)

    def _over(self) -> None:
        self._due = None
        if self._waiting():
            self._flush()


def is_alone(engine: ExecutionEngine) -> bool:
    """Tell whether no answer is on its way, and none that came waits to be looked at."""
    slot = engine.scraper.slot
    if slot and len(slot.active) + len(slot.queue) > slot.itemproc_size:
        return False
    return not any(host.transferring for host in engine.downloader.slots.values())
