"""Notify: who is told of a failure and a recovery, and when.

Telling never fails a run and takes ten seconds at most, whatever the other side does: it is done by a
process of its own, post.py, which is killed then, or as soon as whoever waits for it is in a hurry.
What is logged holds nothing of a URL, for a token is part of it.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

logger = logging.getLogger(__name__)

LONGEST = 10
"""Seconds that telling may take in all."""
WELL = frozenset((0, 15))
"""Exit codes of runs that did their work; 15: a budget is used up, and the next run takes up the rest."""
SILENT = frozenset((10,))
"""Exit codes that tell neither way; 10: another run holds the lock, and has an end of its own."""
GLANCE = 0.1
"""Seconds between two looks whether somebody is in a hurry."""
Hurried = Callable[[], bool]
"""Tells whether nobody should be waited for any more; what was not taken by then counts as not told."""
_LOOPBACK = "localhost,127.0.0.1,::1,[::1]"


def due(told: int, code: int) -> Literal["failed", "recovered"] | None:
    """Return what is to be told at the end of a run; None: nothing that was not told before.

    told: exit code that people were told of last, 0 = well.  code: that of this run.  The first failure of
    a kind is told, and so is the next of another kind, and the first run after them that did its work.
    """
    if code in SILENT or code == told:
        return None
    if code in WELL:
        return "recovered" if told not in WELL else None
    return "failed"


def _never() -> bool:
    return False


def send(urls: str, title: str, body: str, hurried: Hurried = _never) -> bool:
    """Send a message to apprise URLs, written with blanks between; return whether anybody has taken it.

    Never raises: for each that has not, a warning is logged which names it by its place.
    """
    wanted = urls.split()
    if not wanted:
        return False
    lines = _posted({"urls": wanted, "title": title, "body": body}, hurried)
    for number in range(len(wanted)):
        if str(number) not in lines:
            logger.warning("NOTIFY: number %d of %d did not take the message", number + 1, len(wanted))
    return bool(lines)


def ping(url: str, hurried: Hurried = _never) -> bool:
    """Ask for HEARTBEAT_URL, http or https, once; return whether the answer was good.

    Never raises: if it was not, a warning is logged which says why.
    """
    lines = _posted({"get": url}, hurried)
    good = lines == ["good"]
    if not good:
        none = "it was not waited for" if hurried() else f"none in {LONGEST} seconds"
        logger.warning("HEARTBEAT_URL: no good answer (%s)", lines[0] if lines else none)
    return good


def _posted(told: dict[str, Any], hurried: Hurried) -> list[str]:
    """Return the lines that the other process says before its time is over."""
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "archive.runs.post"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],  # where this package lies: no other `archive` is meant
            env=_environment(),
        ) as process:
            said = _said(process, json.dumps(told).encode(), hurried)
    except OSError as error:
        logger.warning("no process can be started: %s", error.strerror)
        said = b""
    return said.decode("utf-8", "replace").splitlines()


def _said(process: "subprocess.Popen[bytes]", told: bytes, hurried: Hurried) -> bytes:
    """Return what a process says to this; it is killed when its time is over."""
    until, unsent = time.monotonic() + LONGEST, told
    while True:
        try:
            return process.communicate(unsent, timeout=GLANCE)[0]
        except subprocess.TimeoutExpired:
            unsent = b""  # it has been taken over
        if hurried() or time.monotonic() > until:
            process.kill()
            return process.communicate()[0]


def _environment() -> dict[str, str]:
    """Return the environment, in which no proxy stands between this machine and itself."""
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return {**os.environ, "no_proxy": direct if direct == "*" else f"{direct},{_LOOPBACK}".lstrip(",")}
