"""Probe: each surface of the live site asked once, and a table of what came."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive import heard
from archive.errors import BadUsage
from archive.probing import advice, probe
from archive.probing.advice import Probed
from archive.rfi.editions import BY_CODE
from archive.terminal.telling import show

_HEAD = ("surface", "status", "bytes", "opened", "validators", "robots", "found")
_HOME = str(Path(__file__).parents[2])
"""Where the packages lie, for the process that goes out."""
_GRACE = 10
"""Seconds that it has to end in order when it is told to."""


def run(options: argparse.Namespace) -> int:
    """Go out, tell, and return what the answers amount to."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    edition = BY_CODE[options.edition]
    with _folder(options.save) as root:
        if went := _go(root, options):
            return went
        found = heard.read(root)
        probed = advice.of(found, edition, probe.rows(found, edition))
    show(told(probed), lambda _: lines(probed), as_json=options.json)
    return probed.code


def told(probed: Probed) -> dict[str, Any]:
    """Return a probe as a value, for programs."""
    says = {"rows": [asdict(row) for row in probed.rows], "user_agent": probed.agent}
    return {**says, "robots": advice.robots(probed), "advice": advice.advise(probed), "exit_code": probed.code}


def lines(probed: Probed) -> list[str]:
    """Return a probe for people: the table, what robots.txt says of us, and what to do."""
    cells = [
        (
            row.surface,
            row.status,
            "-" if row.sent is None else f"{row.sent:,}",
            "-" if row.opened is None else f"{row.opened:,}",
            ", ".join(row.validators) or ("-" if row.sent is None else "none"),
            row.robots,
            row.found,
        )
        for row in probed.rows
    ]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    table = ["  ".join(map(str.ljust, cell, widths)).rstrip() for cell in (_HEAD, *cells)]
    return [*table, "", *advice.robots(probed), "", *advice.advise(probed)]


@contextmanager
def _folder(save: Path | None) -> Iterator[Path]:
    """Give the folder of the probe's own archive: a new one that stays, or one that is gone when the block ends."""
    if save is None:
        with TemporaryDirectory(prefix="rfi-archive-probe-") as name:
            yield Path(name)
        return
    if save.exists() and not (save.is_dir() and not any(save.iterdir())):
        raise BadUsage(f"--save {save}: there is something already; name a folder that is new or empty")
    yield save


def _go(root: Path, options: argparse.Namespace) -> int:
    """Ask, in a process that may import Scrapy; return its exit code.  Ctrl-C ends it in order."""
    words = ["-a", f"edition={options.edition}", "-s", "LOG_LEVEL=WARNING"]
    for pair in options.settings:
        words += ["-s", pair]
    path = os.pathsep.join(filter(None, (_HOME, os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(  # noqa: S603 - the settings are the user's own
        [sys.executable, "-m", "scrapy", "probe", *words, "-s", f"ARCHIVE_DIR={root}"],
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,  # else a Ctrl-C would reach it twice
    )
    try:
        code = child.wait()
        return code if code >= 0 else 128 - code  # as a shell tells that a signal ended it
    except KeyboardInterrupt:
        child.terminate()
        try:
            child.wait(_GRACE)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # an answer that drips, or somebody in a hurry
            child.kill()
            child.wait()
        raise
