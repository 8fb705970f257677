"""Forked runs: what `python -m` would do, in a process that need not import anything first."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.crawler.crawling import PATIENCE, ROOT, Crawled

GLANCE = 0.002
"""Seconds between two looks at a process that is to be killed."""


@dataclass
class Going:
    """A forked run that goes on by itself, as `subprocess.Popen` has one; what it says on stderr is kept."""

    parent: "Hatchery"
    pid: int
    ended: Crawled | None = None

    @property
    def returncode(self) -> int | None:
        return self.ended.code if self.ended else None

    def poll(self, seconds: float = 0) -> int | None:
        """Wait so long for its end, at most; return its exit code, None if it goes on."""
        if not self.ended and self.parent.speaks(seconds):
            out, err = (self.parent.folder / name for name in ("out", "err"))
            code, *used = self.parent.said()
            self.ended = Crawled(code, out.read_text("utf-8"), err.read_text("utf-8"), *used)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float = PATIENCE) -> tuple[bytes, bytes]:
        """Wait for its end; return what it said."""
        ended = self.end(timeout)
        return ended.out.encode(), ended.err.encode()

    def end(self, timeout: float = PATIENCE) -> Crawled:
        """Wait for its end; kill it if that does not come."""
        if self.poll(timeout) is None:
            self.send_signal(signal.SIGKILL)
        self.poll(PATIENCE)
        assert self.ended
        return self.ended


@dataclass
class Hatchery:
    """The parent of forked runs, one at a time."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    last: Going | None = None

    def begin(
        self, words: list[str], env: Mapping[str, str], limits: Mapping[str, int] = MappingProxyType({})
    ) -> Going:
        """Begin to run `python -m ...`, the words of a command line; what was begun before and goes on is killed.

        limits: as `prlimit` has them: bytes of a file (`fsize`), of memory that is the process's own (`data`).
        """
        if self.last:
            self.last.end(0)
        out, err = self.folder / "out", self.folder / "err"
        order = {"words": words[2:], "env": dict(env), "out": str(out), "err": str(err), "limits": dict(limits)}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.last = Going(self, self.said())
        return self.last

    def run(
        self,
        words: list[str],
        env: Mapping[str, str],
        until: Callable[[], bool] | None = None,
        limits: Mapping[str, int] = MappingProxyType({}),
    ) -> Crawled:
        """Run such words to their end; kill -9 as soon as `until` says so."""
        going = self.begin(words, env, limits)
        while until and going.poll(GLANCE) is None:
            if until():
                going.send_signal(signal.SIGKILL)
                break
        return going.end()

    def speaks(self, seconds: float) -> bool:
        """Wait so long for its next word, at most; tell whether there is one."""
        assert self.process.stdout
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def said(self) -> Any:
        """Return its next word."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


@cache
def shared() -> Hatchery:
    """Return the parent that all forked runs of this process may share; it ends with it."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(hatchery())


@contextmanager
def hatchery() -> Iterator[Hatchery]:
    """Start the parent, and end it."""
    words = [sys.executable, "-m", "tests.torture.hatchery"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process,
    ):
        parent = Hatchery(process, Path(folder))
        parent.said()
        yield parent
        assert process.stdin
        process.stdin.close()
