"""Health: what an archive holds, how its crawls end, and what waits: plain values, for `status` and for programs.

Reads only, and keeps nobody waiting: a crawl may write at the same time.  The counts of
`urls`, `captures` and `parsers` read their tables through, about a second for a million URLs; all
else costs the same in any archive.
"""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.engines.opening import open_index
from archive.files import disk
from archive.files.lock import holder
from archive.index import NAME as INDEX
from archive.index import Index
from archive.language.moment import stamp
from archive.runs import memory, report
from archive.runs.memory import Memory
from archive.tables.figures import first_due

LATEST = 5
"""Runs that are told."""


def gather(root: Path, now: datetime) -> dict[str, Any]:
    """Return how an archive is, for JSON; times are texts in UTC.  Raises NotFound if there is no index, CannotWrite.

    running: who writes to it now, since when; None if nobody does.
    articles, urls, captures, warc: as `Figures.counts` has them.
    imported: `files` of other archivers, and how many of them are `wanted`.
    parsers: how many pages were read by which version of page.py, the version as a text.
    backlog: `waiting`, URLs that later runs will still try, by kind; `next`, when the first of
    them that failed is due, None if none failed; `given_up`, how many wait until somebody asks.
    disk: `free`, bytes for whoever may write there.
    runs: the latest, newest first, as their reports tell them; `code` is None, and `line` the
    outcome, where the WARC is all that is left of them.
    streaks: of each spider the exit code of its last runs in a row, how many, and when the first ended.
    hosts: those that asked for something: `until`, nothing is asked of it before, None if it may be asked now.
    """
    with closing(open_index(root / INDEX)) as index:
        remembered = memory.load(root)
        return {
            "running": holder(root),
            **index.counts(),
            "imported": index.import_counts(),
            "parsers": {str(version): count for version, count in index.parsers().items()},
            "backlog": _backlog(index),
            "disk": {"free": disk.free(root)},
            "runs": _runs(root, index),
            "streaks": _streaks(remembered),
            "hosts": _hosts(remembered, now),
        }


def _runs(root: Path, index: Index) -> list[dict[str, Any]]:
    """Return the latest runs by their reports; where there is none, by the index, which is made of the WARC."""
    reports = [
        {
            "spider": told.spider,
            "started": stamp(told.started),
            "ended": stamp(told.ended),
            "code": told.code,
            "line": told.line,
            "counts": told.counts,
        }
        for told in report.latest(root, LATEST)
    ]
    return reports or [
        {"spider": run.spider, "started": stamp(run.started), "ended": stamp(run.ended), "code": None}
        | {"line": run.outcome, "counts": dict(run.counts)}
        for run in index.runs(LATEST)
    ]


def _backlog(index: Index) -> dict[str, Any]:
    backlog = index.backlog()
    waiting, due = {some.kind.value: some.count for some in backlog}, first_due(backlog)
    return {"waiting": waiting, "next": due and stamp(due), "given_up": index.given_up_count()}


def _streaks(remembered: Memory) -> list[dict[str, Any]]:
    return [
        {"spider": spider, "code": end.code, "runs": end.runs, "since": stamp(end.since)}
        for spider, end in sorted(remembered.ends.items())
    ]


def _hosts(remembered: Memory, now: datetime) -> list[dict[str, Any]]:
    return [
        {"host": name, "rests": host.rests, "why": host.why, "delay": host.delay}
        | {"until": stamp(host.until) if host.until and host.until > now else None}
        for name, host in sorted(remembered.hosts.items())
    ]
