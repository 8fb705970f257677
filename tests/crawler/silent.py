"""Silence on the way to a site: a proxy that takes connections and says nothing, names that are looked up without end."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

LONG = 120
"""Seconds: longer than any test waits."""
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Resolver(CachingThreadedResolver):
    """Looks names up in a thread, as the system's resolver does whose server is dead."""

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: ARG002, N802 - Twisted's name and signature
        """Come to no end."""
        return deferToThread(_sleep)


def _sleep() -> str:
    time.sleep(LONG)
    return ""


@contextmanager
def proxy(answer: bytes = b"") -> Iterator[dict[str, str]]:
    """Take connections, answer each with these bytes, and then be silent; give the environment of a crawl."""
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = server.accept()
                    kept.append(client)
                    client.recv(4096)
                    client.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        yield {"http_proxy": url, "https_proxy": url}
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for client in kept:
        client.close()
