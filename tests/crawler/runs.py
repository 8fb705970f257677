"""Runs: crawls of one archive, hour by hour: each forked, by a clock that is set, with the report it left."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.runs import report
from archive.runs.report import Report
from tests.crawler.crawling import Crawled, command, environment
from tests.site import Article, Entry, Running
from tests.site.article import PARIS
from tests.site.source import read_all
from tests.torture import clockwork
from tests.torture.forked import Hatchery

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
"""When the first run begins, by its own clock; the site's articles came out in the month before."""
LEAN = {"IMAGES": "none", "REQUISITES": False, "RECHECK": "", "CLOCK": clockwork.SETTING, "RETRY_TIMES": 0}
"""Settings of runs that ask for listings and new articles only, once each."""
LEAN_NOW = {name: value for name, value in LEAN.items() if name != "CLOCK"}
"""For runs that are processes of their own, by the machine's clock."""


@dataclass(frozen=True)
class Ran:
    """A run that has ended."""

    ended: Crawled
    log: list[Entry]
    """What the site was asked for."""
    reports: list[Report]
    """Those that it left."""

    @property
    def report(self) -> Report:
        """The one report that it left."""
        (one,) = self.reports
        return one

    @property
    def line(self) -> str:
        """The last line, without our name."""
        return self.ended.last.removeprefix("rfi-archive: ")

    def was(self, code: int) -> "Ran":
        """Return itself, if it ended with this code, and its report says the same of it as process and site."""
        assert self.ended.code == code, self.ended.err
        assert "Traceback" not in self.ended.err or code == 1, self.ended.err
        told = self.report
        assert (told.code, told.line) == (code, self.line)
        assert told.requests == len(self.log)
        assert told.received == sum(len(entry.head) + entry.entity_length for entry in self.log if not entry.cut)
        return self


@dataclass
class Runs:
    """One archive, and the site that it is fed from."""

    archive: Path
    running: Running
    parent: Hatchery
    env: dict[str, str] = field(default_factory=dict)
    """Of each run, beside the site's."""

    def at(
        self,
        hours: float,
        *,
        spider: str = "rfi_cn",
        settings: Mapping[str, object] | None = None,
        env: dict[str, str] | None = None,
        kill: Callable[[], bool] | None = None,
        **arguments: object,
    ) -> Ran:
        """Crawl when so many hours have gone by; kill -9 as soon as `kill` says so."""
        before = names(self.archive)
        self.running.site.journal.clear()
        clock = clockwork.set_to(BEGIN + timedelta(hours=hours))
        words = command(self.archive, spider, {**LEAN, **(settings or {})}, arguments)
        ended = self.parent.run(words, environment(self.running) | self.env | clock | (env or {}), kill)
        new = sorted(names(self.archive) - before)
        return Ran(ended, self.running.log, [report.read(self.archive / report.FOLDER / name) for name in new])


def names(archive: Path) -> set[str]:
    """Names of all that lies among the reports."""
    folder = archive / report.FOLDER
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def coming(count: int, *, shows: bool = False, edition: str = "cn") -> list[Article]:
    """Articles that have all fields and come out later than those of a site, one a minute; episodes of shows only, if asked."""
    bases = [a for a in _whole(edition) if (a.authors if a.is_show else not shows)]
    start = BEGIN.astimezone(PARIS)
    found = []
    for number in range(count):
        when = start + timedelta(minutes=number)
        clone = bases[number % len(bases)].clone(number, start)
        found.append(replace(clone, published=when, day=when.date()))
    return found


def of_days(days: Iterable[date], each: int, *, edition: str = "cn") -> list[Article]:
    """Articles of days long gone by: so many of each day, by the URL and by what the page shows."""
    bases, found = _whole(edition), list[Article]()
    for day in days:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
        for number in range(each):
            clone = bases[len(found) % len(bases)].clone(len(found), noon)
            found.append(replace(clone, published=noon - timedelta(minutes=number), day=day))
    return found


def _whole(edition: str) -> list[Article]:
    """The articles of an edition that have all fields."""
    return [a for a in read_all() if a.edition == edition and a.picture and a.lead and not a.has("lead-blank")]
