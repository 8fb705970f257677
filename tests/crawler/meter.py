"""Meter: what a crawl costs: bytes on the wire, by a relay before the site; processor and memory, by a small process.

The relay counts both directions, with TLS and the proxy's CONNECT, as a cable would see it.
"""

import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.crawler.crawling import PATIENCE, ROOT, command, environment
from tests.site import Running

WATCH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
sys.exit(code)
"""
"""Runs a command and tells what it used.  A process begins with the peak of the one that started it, so this one is small."""


@dataclass(frozen=True, slots=True)
class Used:
    """What one crawl cost."""

    cpu: float
    """Seconds of processor."""
    peak: int
    """Bytes of memory at its most."""
    requests: int
    """Requests that the site saw."""
    pages: int
    """Those for articles."""
    wire: int
    """Bytes that crossed the wire, both ways."""


@dataclass
class Meter:
    """Counts bytes."""

    port: int
    """Where the relay listens."""
    passed: int = 0
    """Bytes so far, both ways."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, number: int) -> None:
        with self.lock:
            self.passed += number


@contextmanager
def metered(site: Running) -> Iterator[Meter]:
    """Serve the site through a relay while the block runs."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", site.port)) as behind:
                back = threading.Thread(target=pump, args=(behind, self.request, meter))
                back.start()
                pump(self.request, behind, meter)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as server:
        meter = Meter(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield meter
        finally:
            server.shutdown()
            thread.join()


def pump(here: socket.socket, there: socket.socket, meter: Meter) -> None:
    """Pass on all that comes, until one of them has ended."""
    with suppress(OSError):
        while data := here.recv(1 << 16):
            meter.count(len(data))
            there.sendall(data)
    for one in (here, there):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def crawled(archive: Path, site: Running, **settings: object) -> Used:
    """Crawl as a user would, and tell what it cost.  Only a run that ends well has a price."""
    with metered(site) as meter:
        before = len(site.log)
        proxy = f"http://127.0.0.1:{meter.port}"
        done = subprocess.run(
            [sys.executable, "-c", WATCH, *command(archive, "rfi_cn", settings, {})],
            cwd=ROOT,
            env=environment(site) | {"http_proxy": proxy, "https_proxy": proxy},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        asked = site.log[before:]
    cpu, peak = done.stdout.split()
    known = {article.url for article in site.site.articles}
    return Used(float(cpu), int(peak), len(asked), sum(entry.url in known for entry in asked), meter.passed)
