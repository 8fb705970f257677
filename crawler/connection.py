"""Connection: one way to a server, which carries a request and its answer at a time, and keeps both on a tape."""

import asyncio
import ssl
import time
from typing import cast

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError

from crawler.framing import Framing, Misframed
from crawler.tape import Tape


class Connection(asyncio.Protocol):
    """One way to a server."""

    _transport: asyncio.Transport

    def __init__(self, most: int) -> None:
        """Not connected yet.  most: bytes that a body may have; 0 = any number."""
        self._most = most
        self._tape: Tape | None = None
        self._framing = Framing()
        self._ended: asyncio.Future[None] | None = None
        self.peer = ""
        """Address of whom it leads to: the server, or a proxy before it."""
        self.protocols: tuple[str, ...] = ()
        """What is spoken, as Exchange names it."""
        self.open = False
        """It may carry a request."""
        self.since = 0.0
        """When it carried the last one, by the clock that only goes forward."""
        self.headed = 0.0
        """When the head of its answer was there, by the same clock."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's way in; also what TLS stands before once it is spoken."""
        self._transport, self.open = cast("asyncio.Transport", transport), True  # uvloop's own is none by class
        self.peer = transport.get_extra_info("peername")[0]
        spoken = transport.get_extra_info("ssl_object")
        self.protocols = ("http/1.1", *((spoken.version().lower().replace("tlsv", "tls/"),) if spoken else ()))

    async def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Speak TLS from now on, with the server of a name.  Raises OSError."""
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._transport, self, context, server_hostname=name)
        if transport is None:  # asyncio's way to say so
            raise ConnectionResetError("the connection was closed while TLS began")
        self.connection_made(transport)

    async def ask(self, message: bytes, framing: Framing, tape: Tape) -> None:
        """Send a request; return when its answer is whole by its own framing.

        Raises DownloadFailedError, ResponseDataLossError, DownloadCancelledError (too long), or what ends the wait;
        the connection is of no use then, as after an answer that ends it.
        """
        self._framing, self._tape, self.headed = framing, tape, 0.0
        self._ended = asyncio.get_running_loop().create_future()
        tape.begin(message, self.peer, self.protocols)
        try:
            if not self.open:
                raise DownloadFailedError(_why(None))
            self._transport.write(message)
            await self._ended
        finally:
            self._tape = None
            self.since = time.monotonic()
            if not framing.kept:
                self.close()

    def data_received(self, data: bytes) -> None:
        """Keep what came, and look whether it is the end, or too much; what nobody asked for ends the connection."""
        tape, framing = self._tape, self._framing
        if tape is None:
            self.close()
            return
        tape.hear(data)
        try:
            framing.hear(data)
        except Misframed as error:
            self._end(DownloadFailedError(str(error)))
        if framing.head and not self.headed:
            self.headed = time.monotonic()
        if tape.ends(in_head=not framing.head) or 0 < self._most < framing.length:
            self._end(DownloadCancelledError("more than an answer may have"))
        elif framing.done:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take in that nothing more will come."""
        self.open = False
        if self._tape is None or self._framing.closed():
            self._end(None)
        elif self._framing.head:
            self._end(ResponseDataLossError(_why(exc)))
        else:
            self._end(DownloadFailedError(_why(exc)))

    def close(self) -> None:
        """Break it off: whatever there was to say is said."""
        self.open = False
        self._transport.abort()

    def _end(self, error: Exception | None) -> None:
        """End the wait for the answer, if somebody waits."""
        if self._ended and not self._ended.done():
            if error:
                self._ended.set_exception(error)
            else:
                self._ended.set_result(None)


def _why(error: Exception | None) -> str:
    """Tell what ended a connection."""
    return f"the connection was lost: {error}" if error else "the connection was closed"
