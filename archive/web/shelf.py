"""Shelf: the threads that answer, and of each its own view of the index.

Connections stay in the thread that opened them.  A rebuild puts another file in
the index's place: whoever is asked next opens that one.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from archive.engines import opening
from archive.errors import ArchiveError
from archive.index import NAME as INDEX
from archive.index import Index

T = TypeVar("T")
THREADS = 4


class NotReady(ArchiveError):
    """There is no index to read at the moment: `rebuild` makes it; ask again later."""


class Shelf:
    """Work in a few threads over the index of one archive."""

    def __init__(self, root: Path) -> None:
        self._path = root / INDEX
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Do some work in one of the threads."""
        return self._pool.submit(work)

    @property
    def index(self) -> Index:
        """The index as this thread has it open.  Raises NotReady."""
        try:
            file = opening.mark(self._path)
        except OSError:
            raise NotReady(f"no index at {self._path}") from None
        if getattr(self._own, "file", None) != file:
            self._close()
            self._own.index, self._own.file = self._opened(), file
        index: Index = self._own.index
        return index

    def _opened(self) -> Index:
        try:
            return opening.open_index(self._path)
        except ArchiveError as error:
            raise NotReady(str(error)) from None

    def _close(self) -> None:
        """Let go what this thread has open."""
        if getattr(self._own, "file", None) is not None:
            self._own.file = None
            self._own.index.close()

    def close(self) -> None:
        """Let every thread close what it has open, and end."""
        met = threading.Barrier(THREADS)  # so that each of them takes one

        def end() -> None:
            met.wait()
            self._close()

        for ended in [self._pool.submit(end) for _ in range(THREADS)]:
            ended.result()
        self._pool.shutdown()
