"""Serve a Site on loopback, from a thread with an event loop of its own."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from .certificate import context
from .connection import Connection
from .log import Entry
from .site import Site

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A site that is being served."""

    site: Site
    port: int
    """Proxy, and origin in plain http."""
    tls_port: int
    """Origin with TLS."""
    certificate: str
    """PEM of the certificate behind both TLS ways."""

    @property
    def proxy(self) -> str:
        """Address for `http_proxy` and `https_proxy`."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def origin(self) -> str:
        """The same address, asked with a Host header."""
        return self.proxy

    @property
    def tls_origin(self) -> str:
        """The origin with TLS."""
        return f"https://{LOOPBACK}:{self.tls_port}"

    @property
    def log(self) -> list[Entry]:
        """All answers so far."""
        return self.site.log

    def env(self) -> dict[str, str]:
        """What a crawler's environment needs to meet this site instead of the real one."""
        return {"http_proxy": self.proxy, "https_proxy": self.proxy, "no_proxy": ""}


class Server:
    """The two listening sockets and every connection they accepted."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tls, self.certificate = context()
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: list[asyncio.Server] = []

    async def start(self, port: int = 0) -> Running:
        """Listen; `port` is the proxy's, 0 takes a free one."""
        ports = [await self._listen(port, None), await self._listen(0, self._tls)]
        return Running(self._site, ports[0], ports[1], self.certificate)

    async def stop(self) -> None:
        """Close the sockets and leave no connection behind."""
        for one in self._listening:
            one.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close in the loop's next turns

    async def _listen(self, port: int, tls: ssl.SSLContext | None) -> int:
        server = await asyncio.start_server(self._accept, LOOPBACK, port, ssl=tls, limit=1 << 20)
        self._listening.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await Connection(self._site, next(self._numbers), self._tls).run(reader, writer)


@contextlib.contextmanager
def serve(site: Site | None = None, port: int = 0) -> Iterator[Running]:
    """Serve a site while the block runs; the proxy gets `port`, or a free one."""
    loop = asyncio.new_event_loop()
    server = Server(site or Site())
    thread = threading.Thread(target=loop.run_forever, name="small-rfi", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(port), loop).result(30)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
