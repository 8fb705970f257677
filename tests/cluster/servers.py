"""Servers that workers share, on loopback: Redis, S3; each in a folder of its own, ended with the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Bucket:
    """A bucket of an S3 that is none."""

    url: str
    """For STORE_URL."""
    env: dict[str, str]
    """What a process needs to reach it."""


@contextmanager
def s3(folder: Path) -> Iterator[Bucket]:
    """An S3 of its own, with one bucket, as moto plays it; this process can reach it, too."""
    port = free()
    env = {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "no_proxy": "127.0.0.1",
    }
    before = {name: os.environ.get(name) for name in env}
    with running([sys.executable, "-m", "moto.server", "-p", str(port)], port, folder / "s3.log"):
        os.environ.update(env)
        try:
            import fsspec

            files = fsspec.get_filesystem_class("s3")
            files.clear_instance_cache()  # another test's server may have been asked by this process
            files().mkdir(bucket := f"archive-{port}")
            yield Bucket(f"s3://{bucket}/rfi", env)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
