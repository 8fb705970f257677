"""Real crawls: what `python -m scrapy crawl` does, against a site on loopback; forked, which saves each its imports."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.site import Running

if TYPE_CHECKING:
    from tests.torture.forked import Going

ROOT = Path(__file__).parents[2]
CONTACT = "mailto:archivist@example.org"
AT_ONCE = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False", "MIN_FREE_BYTES": "0"}
PROXIES = frozenset("http_proxy https_proxy no_proxy all_proxy ftp_proxy".split())
PATIENCE = 60
"""Seconds after which a crawl that does not end has failed."""


@dataclass(frozen=True)
class Crawled:
    """How a crawl ended."""

    code: int
    out: str
    err: str
    seconds: float = 0
    """From its fork to its end."""
    cpu: float = 0
    """Seconds of processor time, which a busy machine does not stretch as much."""
    peak: int = 0
    """Bytes of memory it held at most, what it shares with its parent among them."""

    @property
    def last(self) -> str:
        """The last line on stderr: what a person sees of a run."""
        return self.err.splitlines()[-1] if self.err else ""

    def was_clean(self, code: int = 0) -> "Crawled":
        """Return itself, if it ended as told and without a traceback."""
        assert "Traceback" not in self.err, self.err
        assert self.code == code, self.err
        return self


def environment(site: Running | None) -> dict[str, str]:
    """What a crawl's environment is: this process's, with no proxy but the site, and buffers, as cron has them."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    for name in ("ARCHIVE_DIR", "CONTACT", "PYTHONUNBUFFERED"):
        kept.pop(name, None)
    return {**kept, **(site.env() if site else {})}


def command(archive: Path, spider: str, settings: Mapping[str, object], arguments: dict[str, object]) -> list[str]:
    """The command line of a crawl."""
    words = [sys.executable, "-m", "scrapy", "crawl", spider]
    for name, value in {"ARCHIVE_DIR": archive, "CONTACT": CONTACT, **AT_ONCE, **settings}.items():
        words += ["-s", f"{name}={value}"]
    for name, value in arguments.items():
        words += ["-a", f"{name}={value}"]
    return words


def limited(**limits: int) -> list[str]:
    """What stands before a command that may have so much of each; `data` is all memory that is the process's own."""
    return ["prlimit", *(f"--{name}={size}" for name, size in limits.items())] if limits else []


def crawl(
    archive: Path,
    site: Running | None,
    *,
    spider: str = "rfi_cn",
    env: dict[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    most: int | None = None,
    memory: int | None = None,
    words: list[str] | None = None,
    **arguments: object,
) -> Crawled:
    """Crawl `site` into `archive`, writing files of `most` bytes, in `memory` bytes.

    words: more of the command line.  arguments: the spider's own (`-a`).
    """
    from tests.torture import forked  # it stands on this room

    limits = {name: size for name, size in (("fsize", most), ("data", memory)) if size}
    line = command(archive, spider, settings or {}, arguments) + (words or [])
    return forked.shared().run(line, environment(site) | (env or {}), limits=limits)


def started(
    archive: Path,
    site: Running | None,
    *,
    env: dict[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    err: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    """Start a crawl, a process of its own from the beginning, and return at once; what it says goes to `err`."""
    return subprocess.Popen(
        command(archive, "rfi_cn", settings or {}, {}),
        cwd=ROOT,
        env=environment(site) | (env or {}),
        stdout=subprocess.DEVNULL,
        stderr=err,
    )


def set_off(
    archive: Path,
    site: Running | None,
    *,
    env: dict[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
) -> "Going":
    """Begin a crawl, forked, and return at once.  There is one at a time."""
    from tests.torture import forked  # it stands on this room

    return forked.shared().begin(command(archive, "rfi_cn", settings or {}, {}), environment(site) | (env or {}))


def verify(archive: Path) -> None:
    """Hold an archive against its own rules: `rfi-archive verify` finds nothing wrong."""
    from tests.torture import forked  # it stands on this room

    words = [sys.executable, "-m", "archive.cli", "verify", "--archive", str(archive)]
    done = forked.shared().run(words, dict(os.environ))
    assert done.code == 0, done.out + done.err
    assert not list(archive.glob("warc/*.open"))
