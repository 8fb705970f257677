"""Aftermath: what a run leaves for those who look after it: a report, figures for Prometheus, messages, a memory."""

import logging
import os
import socket
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.utils.misc import load_object

from archive.errors import ArchiveError, BadUsage, CannotWrite, Locked, Unsupported
from archive.rfi.editions import BY_SPIDER
from archive.runs import memory, metrics, notify, report, review
from archive.runs.ending import FAILED, Ending
from archive.runs.memory import End, Memory
from archive.runs.metrics import Totals
from archive.runs.notify import Hurried
from archive.runs.report import Report
from archive.runs.tally import Tally
from crawler import secrets

logger = logging.getLogger(__name__)

BY_HAND = frozenset(("url", "urls", "since"))
"""Arguments of a run that looks for nothing new: whoever gave them sees how it ends."""
TITLES = {"failed": "a crawl failed", "recovered": "crawls are well again"}
"""What a message begins with, by what `notify.due` says."""


def settle(settings: Mapping[str, Any], told: Report, known: Memory, given_up: int, hurried: Hurried) -> Memory:
    """Leave all of it after a run that looked for what is new; return the memory to be kept.  Raises CannotWrite.

    given_up: URLs that are not tried again by themselves.  hurried: tells that nobody is to be waited for.
    """
    before = known.ends.get(told.spider)
    end = _end(before, told.code, told.ended, _tell(settings, told, before.told if before else 0, hurried))
    _measure(settings, told, Totals(given_up, end.runs))
    if told.code in notify.WELL and (url := settings["HEARTBEAT_URL"]):
        notify.ping(url, hurried)
    return replace(known, ends={**known.ends, told.spider: end})


def write(root: Path, settings: Mapping[str, Any], told: Report) -> None:
    """Write a run's report, without secrets.  Raises CannotWrite."""
    report.write(root, replace(told, line=secrets.hider(os.environ, settings)(told.line)))


def of_none(
    settings: Mapping[str, Any], spider: str, error: ArchiveError, arguments: Container[str], hurried: Hurried
) -> Ending:
    """Return how a run ended that could not begin, and leave what can be left of it, unless the user is there to read.

    The archive may refuse all of it; one that keeps no memory has the same told again by the next run.
    arguments: names of the spider's.
    """
    ended = Ending(error.exit_code, FAILED, str(error))
    if not isinstance(error, Locked | BadUsage | Unsupported):
        root, now = Path(settings["ARCHIVE_DIR"]), load_object(settings["CLOCK"])()
        told = review.reported(root, None, Tally(), {}, ended, spider=spider, started=now, now=now, seconds=0)
        if spider in BY_SPIDER and not any(name in arguments for name in BY_HAND):
            with suppress(CannotWrite):
                memory.save(root, settle(settings, told, memory.load(root), 0, hurried))
        with suppress(CannotWrite):
            write(root, settings, told)
    return ended


def _end(before: End | None, code: int, now: datetime, told: int) -> End:
    """Return how a spider's runs ended lately, with one more."""
    if before and before.code == code:
        return replace(before, runs=before.runs + 1, told=told)
    return End(code, now.replace(microsecond=0), 1, told)


def _tell(settings: Mapping[str, Any], run: Report, told: int, hurried: Hurried) -> int:
    """Tell a first failure, and a recovery; return the code that people know of from now on."""
    due = notify.due(told, run.code)
    if not due or not settings["NOTIFY"]:
        return told
    hide = secrets.hider(os.environ, settings)
    title = f"rfi-archive on {socket.gethostname()}: {TITLES[due]} ({run.spider})"
    taken = notify.send(settings["NOTIFY"], title, hide(f"exit code {run.code}: {run.line}"), hurried)
    return told if not taken else 0 if due == "recovered" else run.code


def _measure(settings: Mapping[str, Any], run: Report, totals: Totals) -> None:
    """Write the figures for Prometheus; a file of theirs that cannot be written is no failure of the archive."""
    if path := settings["METRICS_FILE"]:
        try:
            metrics.write(Path(path), run, totals)
        except CannotWrite as error:
            logger.warning("METRICS_FILE: %s", error)
