"""Review: a run beside those before it, at its end, and its report.  Costs the same in any archive."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from pathlib import Path

from archive.files import disk
from archive.index import Index
from archive.manners.guest import Host
from archive.rfi.editions import BY_SPIDER
from archive.runs import drift, report
from archive.runs.drift import Fill, Gone, Past
from archive.runs.ending import Ending
from archive.runs.report import Filled, GivenUp, Listing, Report, Slow
from archive.runs.tally import Tally, lasting
from archive.tables.rows import DRIFT

USUAL = timedelta(days=30)
"""How far back the runs lie that tell what is usual."""


def earlier(index: Index, spider: str, now: datetime) -> list[Past]:
    """Return a spider's runs of the last 30 days that read a page, newest first."""
    told = index.fills(spider, now - USUAL)
    return [Past({name: Fill(*fill) for name, fill in fields.items()}, word == DRIFT) for word, fields in told]


def quiet(index: Index, spider: str, now: datetime, hours: float) -> str:
    """Return for how long no article was new, for people, if that is longer than so many hours; else ""."""
    newest = index.newest(BY_SPIDER[spider].code)
    return lasting((now - newest).total_seconds()) if newest and drift.quiet(newest, now, hours) else ""


def reported(  # noqa: PLR0913 - what a run is; each is a field of Report, or what one is made of
    root: Path,
    index: Index | None,
    tally: Tally,
    hosts: Mapping[str, Host],
    ended: Ending,
    *,
    spider: str,
    started: datetime,
    now: datetime,
    seconds: float,
    before: Sequence[Past] = (),
    gone: Sequence[Gone] = (),
) -> Report:
    """Return the report of a run that ends now, after so many seconds.  index: None if it could not be opened."""
    waiting, due = index.waiting() if index else (0, None)
    given_up = index.given_up(started, report.MOST) if index else []
    return Report(
        version=report.VERSION,
        spider=spider,
        started=started,
        ended=now,
        seconds=round(seconds, 3),
        code=ended.code,
        line=ended.line,
        counts=dict(tally.counts),
        causes=dict(tally.causes),
        requests=tally.requests,
        received=tally.received,
        listings=tuple(Listing(h.surface, h.url, h.status, h.links, h.new, h.why) for h in tally.heard.values()),
        slowest=tuple(Slow(url, took, size) for took, url, size in sorted(tally.slow, reverse=True)),
        fields={name: _filled(fill, name, before) for name, fill in tally.fields.items()},
        gone=tuple(map(str, gone)),
        hosts=tuple(report.Host(name, h.delay, h.until, h.rests, h.why) for name, h in sorted(hosts.items())),
        given_up=tuple(GivenUp(url, why) for url, why in given_up),
        waiting=waiting,
        next=due,
        free=_free(root),
    )


def _free(root: Path) -> int:
    """Return the bytes free on the archive's disk; 0 where there is none."""
    try:
        return disk.free(root)
    except OSError:
        return 0


def _filled(fill: Fill, name: str, before: Sequence[Past]) -> Filled:
    past = reduce(add, (run.fields.get(name, Fill()) for run in before), Fill())
    return Filled(fill.having, fill.of, past.having, past.of)
