"""One client's connection: reads requests, sends plans, and ends as the plan says."""

import asyncio
import contextlib
import socket
import ssl
import struct

from . import control
from .frame import End, Plan, usual
from .log import entry
from .request import BadRequestError, Request, parse
from .site import Site

REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
DEAD = Plan(0, b"", end=End.CLOSE, cut=True)
"""What a request meets on a connection that was doomed before it came."""


class Connection:
    """Proxy and origin at once: the form of each request says which."""

    def __init__(self, site: Site, number: int, tls: ssl.SSLContext) -> None:
        self._site = site
        self._number = number
        self._tls = tls
        self._tunnel = ""
        self._doomed = False

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve until either side has enough."""
        gone = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError)
        try:
            with contextlib.suppress(*gone):
                while await self._once(reader, writer):
                    pass
            writer.close()
            with contextlib.suppress(*gone):
                await writer.wait_closed()
        finally:
            # Nothing may outlive its event loop; a closed TLS transport of CPython 3.11.2 cannot be aborted again.
            with contextlib.suppress(AttributeError):
                writer.transport.abort()

    async def _once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            request = await self._read(reader, writer)
        except (BadRequestError, asyncio.LimitOverrunError):
            writer.write(REFUSED)
            return False
        if request.method == "CONNECT":
            writer.write(OPENED)
            await writer.drain()
            await writer.start_tls(self._tls)
            self._tunnel = request.target
            return True
        plan = self._plan(request)
        return await self._send(plan, reader, writer) and request.keep_alive

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        tls = writer.get_extra_info("ssl_object") is not None
        request = parse(head, tls, self._tunnel)
        length = request.headers.get("content-length", "0")
        body = await reader.readexactly(int(length)) if length.isdecimal() else b""
        return parse(head + body, tls, self._tunnel) if body else request

    def _plan(self, request: Request) -> Plan:
        if request.host == control.HOST:
            return usual(control.answer(self._site, request))
        plan, fault = self._site.respond(request)
        if self._doomed:
            plan, fault = DEAD, "stale"
        self._doomed = plan.end is End.STALE
        self._site.journal.add(entry(request, plan, self._number, fault))
        return plan

    async def _send(self, plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Put the plan on the wire; True if the connection goes on."""
        start, rest = plan.interim + plan.head, list(plan.wire)
        if rest and not plan.slow:  # in one go: whoever leaves at a bad head has heard what came with it
            start += rest.pop(0)
        writer.write(start)
        for piece in rest:
            if plan.slow:
                await writer.drain()
                await asyncio.sleep(self._site.drip_seconds)
            writer.write(piece)
        await writer.drain()
        while plan.endless and not writer.is_closing():
            await asyncio.sleep(self._site.drip_seconds if plan.slow else 0)
            writer.write(plan.endless)
            await writer.drain()
        if plan.end is End.HANG:
            await reader.read()  # until the client gives up
        if plan.end is End.RESET:
            await asyncio.sleep(0.02)  # let what was sent arrive before the reset overtakes it
            reset(writer)
        return plan.end in (End.KEEP, End.STALE)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a RST instead of a FIN."""
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
