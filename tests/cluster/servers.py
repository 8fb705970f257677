"""Servers that workers share, on loopback: Redis; each in a folder of its own, ended with the test."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 20
"""Seconds after which a server that does not answer has failed."""


def free() -> int:
    """A port that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(words: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a server until it is not needed; it has begun when somebody answers at its port."""
    with log.open("wb") as out, subprocess.Popen(words, stdout=out, stderr=out, cwd=log.parent) as server:
        try:
            _await(server, port, log)
            yield
        finally:
            server.kill()


def _await(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nobody answers at {port}: {log.read_text()}")


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of its own, in memory only; gives its address."""
    program = shutil.which("redis-server")
    assert program, "no redis-server: apt-get install redis-server"
    port = free()
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running(words, port, folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"
