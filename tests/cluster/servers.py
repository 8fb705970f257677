"""Servers that workers share, on loopback: Redis, S3; each in a folder of its own, ended with the test."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.program import free, running


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
