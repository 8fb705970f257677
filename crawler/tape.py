"""Tape: what crossed a connection for one request, and how much that may be.  Knows neither asyncio nor Scrapy."""

from archive.errors import CannotWrite
from archive.exchange import Cut, Exchange, from_wire
from archive.files.spool import Spool
from archive.store import Clock

MAX_HEAD = 256 << 10
"""Bytes of a head, with all 1xx answers before it.  Source: what Chromium takes; curl takes 300 kB."""

OK = 200
"""The first status that is no 1xx."""


class Tape:
    """What crossed a connection for one request."""

    def __init__(self, now: Clock, most: int) -> None:
        """An empty tape for an answer of `most` bytes, framing included, dated by `now`; 0 = any length."""
        self._now, self._most = now, most
        self.begin(b"", "", ())

    def begin(self, sent: bytes, peer: str, protocols: tuple[str, ...]) -> None:
        """Start with a request's bytes, sent to an address; a second call is that it is sent again.

        protocols: what is spoken, as Exchange names it.
        """
        self.date = self._now().replace(microsecond=0)
        self.sent, self.received = sent, Spool()
        self.peer, self.protocols = peer, protocols
        self.too_long = False
        self.refused: CannotWrite | None = None
        self._running = True

    def hear(self, data: bytes) -> None:
        """Keep what came back; a disk that refuses it is told at the end: it is not the connection's fault."""
        if self._running:
            try:
                self.received.write(data)
            except CannotWrite as error:
                self.refused, self._running = error, False

    def ends(self, *, in_head: bool) -> bool:
        """Tell whether the answer has become longer than any may be."""
        most = MAX_HEAD if in_head else self._most
        self.too_long = 0 < most < len(self.received)
        return self.too_long

    def exchange(self, url: str, *, proxied: bool, failed: Cut | None) -> Exchange | None:
        """Make an Exchange of the tape; None if nothing but 1xx answers came back.  Raises CannotWrite."""
        if self.refused:
            raise self.refused
        made = from_wire(
            url=url,
            date=self.date,
            sent=self.sent,
            received=self.received.view(),
            ip=None if proxied else self.peer,
            protocols=self.protocols,
            failed=failed,
        )
        interim = self.too_long and made.status < OK  # the last of them may be cut
        return made if made.head and not interim else None
