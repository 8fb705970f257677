"""Grace: how long what is under way may still take, once the run is told to stop."""

import asyncio
from contextlib import suppress
from weakref import WeakSet


class Grace:
    """The end of all downloads of a run: none, until one is set."""

    def __init__(self) -> None:
        """Set no end."""
        self._limits = WeakSet[asyncio.Timeout]()
        self._until: float | None = None

    def limit(self) -> asyncio.Timeout:
        """Return what a download is to run in (`async with`): it raises TimeoutError at the end, if one is set."""
        limit = asyncio.timeout_at(self._until)
        self._limits.add(limit)
        return limit

    def end(self, seconds: float) -> None:
        """Set the end of all that is under way now, and of all that begins later, so many seconds from now."""
        self._until = asyncio.get_running_loop().time() + seconds
        for limit in tuple(self._limits):
            with suppress(RuntimeError):  # over already
                limit.reschedule(self._until)
