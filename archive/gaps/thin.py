"""Thin: days of which fewer articles are known than chance explains, beside the same weekday before and behind.  Pure.

The rule: of the same weekdays, the nearest REACH before a day and the nearest REACH behind it
that had an article at all, take the median; were articles to come as chance has it, so many in
the mean, then so few as on this day would come less than once in RARE days (Poisson's lower
tail).  Empty days are no measure, so that a hole of months does not become usual; the median
stands for a mean that a few thin days among them cannot draw down.  tests/archive/gaps/test_thin.py
lives through archives of two years in which nothing is missing: less than one alarm in each,
even where days differ by half as much again as chance has it.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

REACH = 8
"""Weeks to each side."""
LEAST = 6
"""Fewer days to compare with say nothing."""
RARE = 10_000
"""Days, once in which chance may make a day that thin: 27 years."""
_WEEK = timedelta(days=7)
_FARTHEST = 104
"""Weeks, beyond which no day is like this one."""


@dataclass(frozen=True, slots=True)
class Thin:
    """A day with too few articles."""

    day: date
    """By the URLs of its articles."""
    known: int
    """Articles of that day, archived or not."""
    usual: float
    """Median of the days that it was compared with."""
    once: int
    """In how many days chance makes one that thin, at most a billion."""


def thin(known: Mapping[date, int], covered: Collection[date], asked: Iterable[date]) -> Iterator[Thin]:
    """Yield those of the days asked for that are too thin.

    known: articles by day.  covered: days that listings speak of as a whole; no others are judged or compared with.
    """
    for day in asked:
        others = [*_nearest(known, covered, day, -_WEEK), *_nearest(known, covered, day, _WEEK)]
        if day in covered and len(others) >= LEAST:
            usual = float(median(others))
            chance = tail(known.get(day, 0), usual)
            if chance * RARE < 1:
                yield Thin(day, known.get(day, 0), usual, int(1 / max(chance, 1e-9)))


def _nearest(known: Mapping[date, int], covered: Collection[date], day: date, step: timedelta) -> list[int]:
    """Return how many articles the nearest days in one direction had that had any."""
    left = (date.max - day if step > timedelta() else day - date.min) // abs(step)
    days = (day + step * number for number in range(1, min(left, _FARTHEST) + 1))
    found = (known[other] for other in days if other in covered and known.get(other))
    return [number for number, _ in zip(found, range(REACH), strict=False)]


def tail(number: int, mean: float) -> float:
    """Return the chance of so many events or fewer where `mean` come in the mean, after Poisson."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(number + 1))
