"""Beside: the second process of a fast crawl, which reads pages and writes article files; a slow one has none."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from archive.commit import draft
from archive.commit.draft import Made
from archive.cores.beside import Beside, Job
from archive.exchange import Exchange
from archive.files import disk
from archive.page import NotAnArticle

MANY = 4
"""Answers that have come and are not done with: from so many on a second process is worth its start."""
LARGE = 1 << 20
"""Bytes of a body that is not sent to and fro."""
T = TypeVar("T")


class Second:
    """The second process of a run, from when it is needed; before that, and if it dies, all is done here and now."""

    def __init__(self, behind: Callable[[], int], keep: int) -> None:
        """behind: tells how many answers have come that are not done with.  keep: handle of the archive's lock."""
        self._behind, self._keep = behind, keep
        self._beside: Beside | None = None
        self._tried = False

    @property
    def ready(self) -> bool:
        """Whether there is one."""
        return self._beside is not None and self._beside.ready

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self._beside is not None and self._beside.asked > 0

    async def read(self, exchange: Exchange) -> Made | NotAnArticle:
        """Return what an answer to an article's URL makes."""
        if not self._tried and self._behind() >= MANY:
            self._start()
        if not self.ready or len(exchange.body) > LARGE:
            return draft.article(exchange)
        told = asyncio.Event()
        job = self._ask(draft.article, replace(exchange, body=bytes(exchange.body)), then=told.set)
        await told.wait()
        return job.result()

    def put(self, files: Mapping[Path, bytes], then: Callable[[], object]) -> Callable[[], None]:
        """Have files put in their places, as `disk.put_all` does; return what waits for that.

        then: is called behind it, in a turn of the loop of its own.
        """
        loop = asyncio.get_running_loop()
        return self._ask(disk.put_all, files, then=partial(loop.call_soon, then)).result

    def _start(self) -> None:
        """Start it; a machine that has no room for one more process does without."""
        self._tried = True
        with suppress(OSError):
            self._beside = Beside((disk.__name__, draft.__name__), [self._keep])
            asyncio.get_running_loop().add_reader(self._beside, self._turn)

    def _ask(self, does: Callable[..., T], *values: object, then: Callable[[], object]) -> Job[T]:
        assert self._beside
        job = self._beside.ask(does, *values, then=then)
        if self._beside.unsent:
            asyncio.get_running_loop().add_writer(self._beside, self._turn)
        return job

    def _turn(self) -> None:
        """Hear of it; what it cannot take waits until it can."""
        assert self._beside
        loop = asyncio.get_running_loop()
        self._beside.turn()
        if not self._beside.unsent:
            loop.remove_writer(self._beside)
        if self._beside.ended:
            loop.remove_reader(self._beside)

    def close(self) -> None:
        """End it."""
        if self._beside:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._beside)
            loop.remove_writer(self._beside)
            self._beside.close()
