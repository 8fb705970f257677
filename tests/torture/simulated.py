"""Simulated: a play once more, as the scheduler of benchmarks/ has it: no process, no page, only rules and time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import fmean, median, quantiles

import simpy

from archive.rfi.editions import BY_CODE
from benchmarks.scheduler import TRIES, Crawl, Habit, Story, Weather
from tests.site.source import read_all
from tests.torture.month import PACE, WWW, Hour, Month
from tests.torture.play import BEGIN, NEW, Act, Play

CLOSE = 0.05
"""How far the simulation may be off, as a share."""
LISTINGS = 3
"""Requests of a run before its first page: robots.txt, feed, news sitemap."""
FIRST_FAILS: dict[tuple[str, str, int | None], int] = {(NEW, "500", 1): 1, (NEW, "500", TRIES): TRIES}
"""Faults of an hour's first article, and how often in a row it fails."""


@dataclass(frozen=True)
class Lived:
    """What a play took."""

    requests: int
    """To the site itself, not to those of its pictures."""
    ages: tuple[float, ...]
    """Seconds between publication and first capture, of what came out during the play and was archived."""


def simulate(play: Play) -> Lived:
    """Live through a play by rules alone."""
    env = simpy.Environment(BEGIN.timestamp())
    habit = Habit([play.begun(hour) for hour in range(play.hours)], PACE)
    early, new = earlier(), stories(play)
    crawl = Crawl(env, [*early, *new], habit, lambda hour: weather(play.act(hour)))
    env.run(env.process(crawl.runs()))
    return Lived(crawl.tally.requests, tuple(age for number, age in crawl.tally.ages.items() if number >= len(early)))


def measured(month: Month, hours: Sequence[Hour]) -> Lived:
    """Return what a play took that was lived through by real runs."""
    out = {article.url: article.published for article in month.play.articles}
    first = dict[str, float]()
    for hour in hours:
        for entry in hour.log:
            if entry.url in out and (entry.status, entry.cut, entry.fault) == (200, False, ""):
                first.setdefault(entry.url, (month.play.begun(hour.number) - out[entry.url]).total_seconds())
    requests = sum(entry.url.startswith(WWW) for hour in hours for entry in hour.log)
    return Lived(requests, tuple(first.values()))


def compared(simulated: Lived, real: Lived) -> dict[str, float]:
    """Return, by figure, what the simulation says to what was measured; 1: the same."""
    ratios = {"requests": simulated.requests / real.requests, "articles": len(simulated.ages) / len(real.ages)}
    for name, figure in FIGURES.items():
        ratios[name] = figure(simulated.ages) / figure(real.ages)
    return ratios


def apart(month: Month, hours: Sequence[Hour], close: float = CLOSE) -> Iterator[str]:
    """Yield the figures in which the simulation of a play is not close to what was measured, by a share of it."""
    for name, ratio in compared(simulate(month.play), measured(month, hours)).items():
        if abs(ratio - 1) > close:
            yield f"simulated, {name} is {ratio:.3f} of what was measured"


def _late(ages: Sequence[float]) -> float:
    return quantiles(ages, n=20)[-1]


FIGURES: dict[str, Callable[[Sequence[float]], float]] = {
    "mean age": fmean,
    "median age": median,
    "95 of 100 by": _late,
}


def earlier() -> list[Story]:
    """Return what the site's folder holds, which came out before the play."""
    return [
        Story(article.published)
        for article in sorted(read_all(), key=attrgetter("published"))
        if article.edition == "cn"
    ]


def stories(play: Play) -> list[Story]:
    """Return all that comes out during a play."""
    lost = {sum(map(play.new, range(hour))) for hour in range(play.hours) if play.act(hour).taken_down}
    return [Story(article.published, number not in lost) for number, article in enumerate(play.articles)]


def weather(act: Act) -> Weather:
    """Return how it is while an act lasts."""
    spent = int(str(act.settings["MAX_REQUESTS"])) - LISTINGS if "MAX_REQUESTS" in act.settings else None
    return Weather(
        asks=act.asks and not act.deaf,
        knocks=TRIES if "DOWNLOAD_TIMEOUT" in act.settings else 0,
        refuses=(act.refused and not act.named) or any(fault == "429-hours" for _, fault, _ in act.faults),
        busy=any(fault == "busy" for _, fault, _ in act.faults),
        named=act.named,
        readable=not act.unread,
        most=act.kill or spent or float("inf"),
        net=len(BY_CODE["cn"].section_pages) if any(pattern == "/cn/rss$" for pattern, _, _ in act.faults) else 0,
        failing=max((FIRST_FAILS.get(fault, 0) for fault in act.faults), default=0),
    )
