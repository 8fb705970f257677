"""Dial: opens a connection: TCP to the first address that answers, a proxy's CONNECT, and TLS."""

import asyncio
import ssl
from dataclasses import dataclass, field
from functools import partial

from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from archive.exchange import STATUS
from crawler import clock, lookup
from crawler.connection import Connection
from crawler.framing import Framing
from crawler.tape import Tape

HEAD_START = 0.25
"""Seconds that an address has before the next one is tried beside it.  Source: RFC 8305, 5."""
LEGACY = 0x4
"""OpenSSL's OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on: old servers, too, as Scrapy has it."""


class TunnelError(DownloadConnectionRefusedError):
    """A proxy that opens no way to the server."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a server is reached; requests that have the same may share a connection."""

    host: str
    """Who is connected to: the server, or a proxy."""
    port: int
    tls: str = ""
    """Name of the server that TLS is spoken with; "" = none is."""
    tunnel: bytes = field(default=b"", repr=False)
    """What asks the proxy for a way to the server, the password for it included; b"" = nothing does."""


class Dial:
    """Opens connections."""

    def __init__(self, *, verify: bool, most: int) -> None:
        """verify: refuse a server that cannot prove its name.  most: bytes that a body may have."""
        self._tls = _context(verify=verify)
        self._connection = partial(Connection, most)

    async def __call__(self, route: Route) -> Connection:
        """Open a connection.  Raises what Scrapy tries again."""
        addresses = await lookup.addresses(route.host, route.port)
        try:
            connection = await self._first(addresses)
            try:
                if route.tunnel:
                    await _tunnel(connection, route)
                if route.tls:
                    await connection.secure(self._tls, route.tls)
            except BaseException:
                connection.close()
                raise
        except ConnectionRefusedError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except TimeoutError as error:
            raise DownloadTimeoutError(str(error)) from error
        except OSError as error:  # those of TLS, too
            raise DownloadFailedError(f"{type(error).__name__}: {error}") from error
        return connection

    async def _first(self, addresses: list[lookup.Address]) -> Connection:
        """Return the connection that is there first; each address has a start before the next.  Raises OSError."""
        if len(addresses) == 1:
            return await self._reach(addresses[0])
        failed: OSError | None = None
        trying = [asyncio.create_task(self._reach(one, n * HEAD_START)) for n, one in enumerate(addresses)]
        try:
            for reached in asyncio.as_completed(trying):
                try:
                    return await reached
                except OSError as error:
                    failed = failed or error
        finally:
            for task in trying:
                task.cancel()
        raise failed or OSError("no address")

    async def _reach(self, address: lookup.Address, start: float = 0) -> Connection:
        """Connect to an address, so many seconds from now."""
        if start:
            await asyncio.sleep(start)
        _, connection = await asyncio.get_running_loop().create_connection(self._connection, *address)
        return connection


async def _tunnel(connection: Connection, route: Route) -> None:
    """Ask a proxy for a way to the server.  Raises TunnelError."""
    framing = Framing(bodiless=True)
    await connection.ask(route.tunnel, framing, Tape(clock.now, 0))
    status = STATUS.match(framing.head)
    if not status or status[1] != b"200" or framing.surplus:
        raise TunnelError(f"{route.host}:{route.port} opens no tunnel: {framing.head[:100]!r}")


def _context(*, verify: bool) -> ssl.SSLContext:
    """Return how TLS is spoken: with anybody, unless told to verify, as a server of any age understands it."""
    context = ssl.create_default_context() if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("DEFAULT")
        context.options |= LEGACY
    return context
