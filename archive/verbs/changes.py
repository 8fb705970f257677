"""Changes: silent edits, and what was taken away or came back, the newest last."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from archive.changes import News, changes
from archive.engines.opening import open_index
from archive.errors import BadUsage
from archive.export import atom, edits
from archive.history import Event
from archive.index import NAME as INDEX
from archive.language import moment
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, WRONG, show_next
from archive.versions import marked


def run(options: argparse.Namespace) -> int:
    """Tell each; exit code 1 if a record could not be read."""
    if options.atom and options.json:
        raise BadUsage("one of --atom and --json")
    if options.until and options.since > options.until:
        raise BadUsage(f"--since {options.since} is later than --until {options.until}")
    since = _begin(options.since)
    until = _begin(options.until) + timedelta(days=1) if options.until else _END
    problems = list[str]()
    with closing(open_index(options.archive / INDEX)) as index:
        news = _noting(changes(options.archive, index, since, until), problems)
        for value, line in _told(news, since, as_atom=options.atom):
            show_next(value, line, as_json=options.json)
    return WRONG if problems else WELL


_END = datetime.max.replace(tzinfo=UTC, microsecond=0)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _noting(news: Iterator[News], problems: list[str]) -> Iterator[News]:
    for one in news:
        problems.extend(filter(None, [one.problem]))
        yield one


def _told(news: Iterator[News], since: datetime, *, as_atom: bool) -> Iterator[tuple[Any, str]]:
    """Yield each for programs and for people."""
    if as_atom:
        yield from ((None, line) for line in atom.lines(edits.feed(since), map(edits.entry, news)))
    else:
        yield from ((one.values(), "\n".join(_lines(one))) for one in news)


def _lines(one: News) -> Iterator[str]:
    """Yield one for people."""
    number = f" (v{one.version})" if one.version else f" ({plain(one.what)})" if one.event is Event.GONE else ""
    yield f"{moment.stamp(one.captured)}  {one.event}{number}  {plain(one.title)}"
    yield plain(one.url)
    yield from marked.lines(one.changes, marked.PLAIN)
    if one.problem:
        yield f"WRONG: {plain(one.problem)}"
    yield ""
