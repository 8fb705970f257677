"""Figures: what the pictures show, as plain values from the index.  An archive's time is that of its newest capture."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from archive.gaps.thin import thin
from archive.index import Index
from archive.tables.trends import Totals
from archive.terminal.month import between

YEARS = 30
"""Drawn at most, so that an article with a nonsensical day in its URL makes no endless picture."""
NAMES = 7
"""Sections or shows that have a colour of their own; the others are one."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
LAGS = (0, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)
"""Limits between publication and first capture, seconds; below 0: captured before the page says that it was there."""
AGES = (_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY)
"""Limits between first capture and edit, seconds."""
_STARTED = date(1970, 1, 1)
_RECORDED = (date(1996, 1, 1) - _STARTED).days, (date(2100, 1, 1) - _STARTED).days
"""Days of which records may be: where another tool's has a nonsensical date, the nearest of these stands for it."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year."""

    year: int
    """Four digits."""
    month: int
    """1 to 12."""

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Calendar:
    """Articles by the day of their publication, on the clock of Paris."""

    counts: Mapping[date, int]
    """Each day from the first to the last, and how many articles it has; nothing for an empty archive."""
    thin: frozenset[date]
    """Days with fewer than chance explains beside like days; the last day, which may not be over, is none."""
    outside: int
    """Articles whose day is none, or lies beyond the newest capture or too long before the others."""

    @cached_property
    def gaps(self) -> tuple[date, ...]:
        """The days without any article."""
        return tuple(day for day, count in self.counts.items() if not count)


@dataclass(frozen=True, slots=True)
class Shares:
    """Articles by month and name."""

    months: tuple[Month, ...]
    """Each from the first to the last."""
    names: tuple[str, ...]
    """Most first, as the site writes them, NAMES at most."""
    counts: tuple[tuple[int, ...], ...]
    """For each name, and then for all others together, how many in each month."""
    others: int
    """How many names have no colour of their own."""

    def total(self, at: int) -> int:
        """Return how many articles a month has, by its place."""
        return sum(row[at] for row in self.counts)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many between fixed limits of time."""

    limits: tuple[int, ...]
    """Seconds, rising."""
    counts: tuple[int, ...]
    """Below each limit but not below the one before; last, beyond all."""
    untold: int
    """Those of which nothing can be said."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes of sealed WARC files by when their records were captured, UTC."""

    months: tuple[Month, ...]
    """Each from the first to the last."""
    added: tuple[int, ...]
    """Bytes that came in each; a file of many days is spread evenly over them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    totals: Totals
    calendar: Calendar
    sections: Shares
    shows: Shares
    lags: Spread
    ages: Spread
    growth: Growth


def gather(index: Index) -> Figures:
    """Return the figures of an archive.  Raises CannotWrite for a damaged index."""
    totals, lags = index.totals(), index.lags(LAGS)
    newest = totals.newest.date() if totals.newest else _STARTED
    days = calendar(index.by_day(), newest)
    span = _months(days.counts)
    return Figures(
        totals,
        days,
        shares(index.monthly("section"), span),
        shares(index.monthly("show"), span),
        Spread(LAGS, tuple(lags), totals.articles - sum(lags)),
        Spread(AGES, tuple(index.ages(AGES)), 0),
        growth(index.grown()),
    )


def calendar(daily: Iterable[tuple[date, int]], newest: date) -> Calendar:
    """Return the days from the first to the last.

    daily: a day, and how many articles it has.  newest: no day behind the next one is an article's.
    """
    read = list(daily)
    known = {day: number for day, number in read if (day - newest).days <= 1}
    begin = max(known, default=_STARTED).year - YEARS
    known = {day: number for day, number in known.items() if day.year > begin}
    every = {day: known.get(day, 0) for day in between(min(known), max(known))} if known else {}
    few = frozenset(one.day for one in thin(every, known.keys(), known)) - {max(known, default=_STARTED)}
    return Calendar(every, few, sum(number for _, number in read) - sum(known.values()))


def shares(monthly: Sequence[tuple[str, str, int]], months: tuple[Month, ...]) -> Shares:
    """Return names over months.  monthly: month as in "2023-10", name, number; those of other months are left out."""
    wanted = {str(month): at for at, month in enumerate(months)}
    inside = [row for row in monthly if row[0] in wanted]
    sums = Counter[str]()
    for _, name, number in inside:
        sums[name] += number
    names = tuple(sorted(sums, key=lambda name: (-sums[name], name))[:NAMES])
    rows = {name: at for at, name in enumerate(names)}
    counts = [[0] * len(months) for _ in range(len(names) + 1)]
    for month, name, number in inside:
        counts[rows.get(name, len(names))][wanted[month]] += number
    return Shares(months, names, tuple(map(tuple, counts)), len(sums) - len(names))


def growth(grown: Iterable[tuple[int, int, int]]) -> Growth:
    """Return bytes by month.  grown: first and last day of records, since 1970, and bytes."""
    added = Counter[Month]()
    for begun, ended, size in grown:
        first, last = (min(max(day, _RECORDED[0]), _RECORDED[1]) for day in (begun, ended))
        days = Counter(_month(_STARTED + timedelta(days=number)) for number in range(first, last + 1))
        left, rest = size, last - first + 1
        for month, number in days.items():  # the last takes what is left, so that no byte is lost
            part = left * number // rest
            added[month] += part
            left, rest = left - part, rest - number
    months = _span(added)
    return Growth(months, tuple(added[month] for month in months))


def _months(days: Mapping[date, int]) -> tuple[Month, ...]:
    return _span(map(_month, (min(days), max(days)))) if days else ()


def _span(months: Iterable[Month]) -> tuple[Month, ...]:
    """Return each month from the first of these to the last."""
    numbers = [month.year * 12 + month.month - 1 for month in months]
    every = range(min(numbers), max(numbers) + 1) if numbers else ()
    return tuple(Month(number // 12, number % 12 + 1) for number in every)


def _month(day: date) -> Month:
    return Month(day.year, day.month)
