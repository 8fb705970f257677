"""Pool: connections that are kept for the next request, and no more of them at once than a host may be asked by."""

import asyncio
import time
from collections import defaultdict
from functools import partial

from crawler.connection import Connection
from crawler.dial import Route

KEPT = 240
"""Seconds that a connection may wait for its next request.  Source: Twisted's pool; servers mostly end it before."""


class Pool:
    """Connections that nobody uses now."""

    def __init__(self, most: int) -> None:
        """Keep `most` a route."""
        self._most = most
        self.room = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, most))
        """By host: held while it is asked; whoever waits for it is let in in the order of coming."""
        self._kept = defaultdict[Route, list[Connection]](list)

    def take(self, route: Route) -> Connection | None:
        """Return one that is open still, the last that was used; None if there is none."""
        kept = self._kept[route]
        while kept:
            connection = kept.pop()
            if connection.open and time.monotonic() - connection.since < KEPT:
                return connection
            connection.close()
        return None

    def keep(self, route: Route, connection: Connection) -> None:
        """Keep one that is open, or close what is too many."""
        if connection.open and len(self._kept[route]) < self._most:
            self._kept[route].append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close all of them."""
        for kept in self._kept.values():
            for connection in kept:
                connection.close()
        self._kept.clear()
