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


@dataclass(frozen=True)
class Hatchery:
    """The parent of forked runs."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    def run(
        self,
        words: list[str],
        env: Mapping[str, str],
        until: Callable[[], bool] | None = None,
        limits: Mapping[str, int] = MappingProxyType({}),
    ) -> Crawled:
        """Run `python -m ...`, the words of a command line, to its end; kill -9 as soon as `until` says so.

        limits: as `prlimit` has them: bytes of a file (`fsize`), of memory that is the process's own (`data`).
        """
        out, err = self.folder / "out", self.folder / "err"
        order = {"words": words[2:], "env": dict(env), "out": str(out), "err": str(err), "limits": dict(limits)}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        pid = self.said()
        while until and not self._speaks(GLANCE):
            if until():
                os.kill(pid, signal.SIGKILL)
                break
        if not self._speaks(PATIENCE):
            os.kill(pid, signal.SIGKILL)
        code, seconds, cpu, peak = self.said()
        return Crawled(code, out.read_text("utf-8"), err.read_text("utf-8"), seconds, cpu, peak)

    def _speaks(self, seconds: float) -> bool:
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
