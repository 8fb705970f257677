"""Status: what the archive holds, how its crawls end, and what waits."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from archive import page
from archive.runs.health import gather
from archive.terminal.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Tell its figures."""
    found = gather(options.archive, datetime.now(UTC))
    show(found, lambda found: [*_holds(found), *_waits(found), *_ran(found)], as_json=options.json)
    return WELL


def _holds(found: dict[str, Any]) -> Iterator[str]:
    """Yield what is in it, for people."""
    articles, captures, files = found["articles"], found["captures"], found["warc"]
    yield f"articles   {sum(articles.values()):,}   " + "  ".join(f"{name} {n:,}" for name, n in articles.items())
    yield f"captures   {captures['count']:,}   first {captures['first']}  last {captures['last']}"
    yield f"WARC       {files['files']:,} files, {files['bytes']:,} bytes"
    if found["imported"]["files"]:
        yield "imported   {files:,} article files, {wanted:,} of them wanted".format(**found["imported"])
    yield from _read(found["parsers"])
    yield f"disk       {found['disk']['free']:,} bytes free"
    for row in found["urls"]:
        yield f"urls       {row['kind']:<8} {row['state']:<9} {row['count']:,}"


def _read(parsers: dict[str, int]) -> Iterator[str]:
    """Yield which pages were not read by today's parser, for people."""
    for version, count in parsers.items():
        if version != str(page.VERSION):
            what = f"{count:,} read by page.py {version}, this is {page.VERSION}"
            yield f"pages      {what}: `rfi-archive rebuild --dry-run` tells what would be different"


def _waits(found: dict[str, Any]) -> Iterator[str]:
    """Yield what later runs will do, for people."""
    backlog = found["backlog"]
    waiting = "  ".join(f"{kind} {number:,}" for kind, number in backlog["waiting"].items()) or "nothing"
    due = f"   next try {backlog['next']}" if backlog["next"] else ""
    gone = f"   given up {backlog['given_up']:,}" if backlog["given_up"] else ""
    yield f"waiting    {waiting}{due}{gone}"


def _ran(found: dict[str, Any]) -> Iterator[str]:
    """Yield how its runs ended, for people."""
    if found["running"]:
        yield f"running    {found['running']}"
    for crawl in found["runs"]:
        counts = "  ".join(f"{name} {number:,}" for name, number in crawl["counts"].items())
        told = f"{crawl['line']}   {counts}" if crawl["code"] is None else f"exit code {crawl['code']}, {crawl['line']}"
        yield f"run        {crawl['spider']} {crawl['started']} to {crawl['ended']}: {told}"
    for streak in found["streaks"]:
        ended = f"{streak['spider']} exit code {streak['code']}"
        yield f"streak     {ended}: {streak['runs']:,} in a row since {streak['since']}"
    for host in found["hosts"]:
        rest = f"nothing is asked of it before {host['until']}" if host["until"] else "it may be asked"
        refused = f" ({host['why']} in {host['rests']:,} runs)" if host["rests"] else ""
        yield f"host       {host['host']}: {rest}{refused}, {host['delay']:g} s between two requests"
