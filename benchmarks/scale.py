"""Scale: what archives of different sizes ask for, and how fresh they are: the tables of docs/SCALE.md."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import simpy

from benchmarks.measure import table
from benchmarks.model import GB, SIZES, Assumed, Measured, load
from benchmarks.scheduler import Crawl, Habit, Story
from tests.torture.play import RHYTHM

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAYS, WARM = 21, 8
"""Days that are simulated, and how many of them before anything is counted: looks a week later have begun by then."""
WARM_AT = BEGIN + timedelta(days=WARM)
CROWDS = (1, 10), (1, 60), (1, 240), (17, 10), (17, 60), (40, 10), (40, 60), (80, 60), (120, 60)
"""Editions on one host, and minutes between two runs for each."""
Crowds = Iterable[tuple[int, int]]


def scale(_scratch: Path, crowds: Crowds = CROWDS) -> Iterator[str]:
    """Reckon what archives of different sizes ask for; simulate how fresh they are."""
    yield constants(Measured(), Assumed())
    yield needs(Measured(), Assumed())
    yield freshness(crowds)


def constants(*of: Measured | Assumed) -> str:
    """Return what is multiplied; what each is stands in model.py."""
    rows = [(kind, name.replace("_", " "), f"{value:,}") for kind, name, value in _named(of)]
    return table(("", "constant", "value"), rows) + "\n"


def _named(of: Iterable[Measured | Assumed]) -> Iterator[tuple[str, str, float]]:
    for some in of:
        for name, value in asdict(some).items():
            yield type(some).__name__.lower(), name, value


def needs(is_: Measured, let: Assumed) -> str:
    """Return what each size asks for."""
    heads = "a day", *(size.name for size in SIZES)
    loads = [load(size, is_, let) for size in SIZES]
    rows = {
        "requests": [f"{one.requests:,.0f}" for one in loads],
        "of a day, the busiest host is asked for something": [f"{one.busiest:.1%}" for one in loads],
        "comes in, GB": [f"{one.wire / GB:,.2f}" for one in loads],
        "cores, a process for each run": [f"{one.cpu:,.3f}" for one in loads],
        "cores, processes that live on": [f"{one.cpu_long:,.3f}" for one in loads],
        "memory of the runs under way, GB": [f"{one.memory / GB:,.1f}" for one in loads],
        "warc/ grows in a year, GB": [f"{one.warc / GB:,.0f}" for one in loads],
        "the index, GB": [f"{one.index / GB:,.1f}" for one in loads],
        "article files": [f"{one.files:,.0f}" for one in loads],
        "hours to rebuild a year": [f"{one.rebuild / 3600:,.2f}" for one in loads],
        "EUR a month, after a year": [f"{one.cost:,.0f}" for one in loads],
    }
    return table(heads, [(name, *cells) for name, cells in rows.items()]) + "\n"


def freshness(crowds: Crowds) -> str:
    """Return how old articles are when they are archived: by editions that share a host, and how often runs begin."""
    late = "runs not begun, since the last still went on"
    heads = "editions on a host", "a run every", "requests a day", "minutes old: median", "95 of 100", late
    rows = [(sites, f"{minutes} min", *_told(simulated(sites, minutes))) for sites, minutes in crowds]
    return table(heads, rows) + "\n"


def _told(seen: "Seen") -> tuple[str, ...]:
    minutes = median(seen.ages) / 60, quantiles(seen.ages, n=20)[-1] / 60
    return f"{seen.requests:,.0f}", *(f"{some:,.0f}" for some in minutes), f"{seen.missed:.1%}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a simulation shows."""

    ages: tuple[float, ...]
    """Seconds from publication to first capture, of each article that came out after the first days."""
    requests: float
    """A day, to the host."""
    missed: float
    """Share of the runs that did not begin, since the one before still went on."""


def simulated(sites: int, minutes: int) -> Seen:
    """Crawl so many sites on one host for some weeks, each every so many minutes, one after the other begun."""
    env = simpy.Environment(BEGIN.timestamp())
    host, every = simpy.Resource(env), timedelta(minutes=minutes)
    crawls = [
        Crawl(env, newsroom(random.Random(number)), habit(every, number / sites), host=host) for number in range(sites)
    ]
    for crawl in crawls:
        env.process(crawl.runs())
    env.run((BEGIN + DAYS * timedelta(days=1)).timestamp())
    tallies = [crawl.tally for crawl in crawls]
    begun, missed = sum(tally.runs for tally in tallies), sum(tally.missed for tally in tallies)
    ages = tuple(
        age for crawl in crawls for number, age in crawl.tally.ages.items() if crawl.published(number) >= WARM_AT
    )
    return Seen(tuple(ages), sum(tally.requests for tally in tallies) / DAYS, missed / (begun + missed))


def habit(every: timedelta, shift: float) -> Habit:
    """Return runs at even distances, the first one after this share of one."""
    return Habit(
        [BEGIN + every * (shift + number) for number in range(int(DAYS * timedelta(days=1) / every))], Assumed().delay
    )


def newsroom(chance: random.Random) -> list[Story]:
    """Return what comes out: as many articles as an edition has, more by day than by night, at random moments."""
    at, found = BEGIN, list[Story]()
    while at < BEGIN + DAYS * timedelta(days=1):
        share = RHYTHM[at.hour] / sum(RHYTHM)
        at += timedelta(hours=chance.expovariate(SIZES[0].articles * share))
        found.append(Story(at))
    return found
