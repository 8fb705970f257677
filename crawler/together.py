"""Together: when what waits for the disk is committed: in a fast crawl many articles at once, in a slow one each."""

import asyncio
from collections.abc import Callable
from functools import partial

from scrapy.core.engine import ExecutionEngine
from scrapy.exceptions import IgnoreRequest

from archive.commit.group import MOST, Done
from archive.errors import CannotWrite
from archive.store import Archive
from crawler.beside import Second

LONGEST = 0.2
"""Seconds that a deed may wait for others."""


class Together:
    """Looks after one group after the other."""

    def __init__(
        self, archive: Archive, second: Second, alone: Callable[[], bool], cannot: Callable[[CannotWrite], object]
    ) -> None:
        """Commit what waits in an archive; the second process writes its files, if there is one.

        alone: tells that nothing is on its way here that could join it soon.  cannot: is told what the disk refused.
        """
        self._archive, self._second, self._alone, self._cannot = archive, second, alone, cannot
        self._due: asyncio.TimerHandle | None = None
        self._late = False

    async def committed(self, commit: Callable[[Done], None]) -> None:
        """Let a commit wait for the disk with others; return when it is done.  Raises what it fails with."""
        waits = asyncio.get_running_loop().create_future()
        commit(partial(self._told, waits))
        self.stir()
        await waits

    def _told(self, waits: "asyncio.Future[None]", error: Exception | None) -> None:
        """Pass on how a commit went."""
        if waits.done():
            return
        if error is None:
            waits.set_result(None)
        elif isinstance(error, CannotWrite):
            self._cannot(error)
            waits.set_exception(IgnoreRequest(str(error)))
        else:
            waits.set_exception(error)

    def stir(self) -> None:
        """Something waits more: commit now, or soon."""
        if self._archive.waiting.here >= MOST or (self._alone() and not self._second.busy):
            self._go()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(LONGEST, self._over)

    def _over(self) -> None:
        self._due = None
        if self._archive.waiting.here:
            self._go()

    def _go(self) -> None:
        """Commit what waits, one group after the other."""
        self._late = self._archive.waiting.away > 0
        if self._second.ready and not self._late:
            self._try(partial(self._archive.depart, partial(self._second.put, then=self._landed)))
        elif not self._late:
            self.flush()

    def _landed(self) -> None:
        """Note what has its files now; what waits too long already is next."""
        self._try(self._archive.land)
        if self._late:
            self._go()

    def flush(self) -> None:
        """Commit what waits, here and now."""
        self._try(self._archive.flush)

    def _try(self, step: Callable[[], None]) -> None:
        """Take a step of a commit; where the run ends for a file that was refused, others may go through."""
        try:
            step()
        except CannotWrite as error:
            self._cannot(error)


def behind(engine: ExecutionEngine) -> int:
    """Return how many answers have come that are not done with."""
    slot = engine.scraper.slot
    return len(slot.active) + len(slot.queue) if slot else 0


def is_alone(engine: ExecutionEngine) -> bool:
    """Tell whether no answer is on its way, and none that came waits to be looked at."""
    slot = engine.scraper.slot
    if slot and behind(engine) > slot.itemproc_size:
        return False
    return not any(host.transferring for host in engine.downloader.slots.values())
