"""`rfi-archive serve` as a user starts it, with a replay beside it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crawler.crawling import ROOT, environment

PATIENCE = 60
"""Seconds after which a reader that does not end has failed."""


@dataclass(frozen=True)
class Served:
    """A reader that is running."""

    url: str
    """Of its front page, with a slash at the end."""
    replay: str
    """The same of the replay."""

    def at(self, path: str) -> str:
        """The address of one of its pages."""
        return self.url + path.removeprefix("/")


@contextmanager
def served(archive: Path) -> Iterator[Served]:
    """Serve an archive while the block runs; it must say nothing but where it is, and end well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "archive.cli", "serve", "--archive", archive, "--port", "0", "--json"],
        cwd=ROOT,
        env=environment(None),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    with process:
        try:
            yield Served(**json.loads("".join(iter(process.stdout.readline, "}\n")) + "}"))
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.stderr.read()
            code = process.wait(PATIENCE)
    assert (code, said) == (0, ""), (code, said)
