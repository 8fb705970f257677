"""Servers that are programs of others: run on loopback while somebody needs them."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
PATIENCE = 30
"""Seconds after which a server that does not answer has failed."""
LAST = 60
"""Seconds that it has to end."""


def free(host: str = LOOPBACK) -> int:
    """A port that nobody has."""
    with socket.socket() as one:
        one.bind((host, 0))
        return int(one.getsockname()[1])


@contextmanager
def running(words: Sequence[object], port: int, log: Path, *, host: str = LOOPBACK) -> Iterator[None]:
    """Run a server in the folder of its log until it is not needed; it has begun when somebody answers at its port."""
    with log.open("wb") as out:
        server = subprocess.Popen([str(word) for word in words], stdout=out, stderr=out, cwd=log.parent)
        try:
            _await(server, host, port, log)
            yield
        finally:
            server.terminate()
            server.wait(LAST)


def _await(server: "subprocess.Popen[bytes]", host: str, port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nobody answers at {port}: {log.read_text()}")
