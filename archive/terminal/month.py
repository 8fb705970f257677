"""Month: days of a month as a calendar of plain text, a line a week.  Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

GAP, THIN = "!", "?"
"""What stands behind a day with gaps, and behind a thin one."""
LEGEND = f"archived, or archived/known; {GAP} something is missing; {THIN} fewer than on days like this"
_WIDTH = 11
"""Columns of a day, so that a week has 77."""
_NAMES = "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"
_RED, _YELLOW, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day of an edition."""

    archived: int = 0
    """Articles that are archived."""
    known: int = 0
    """Those, and all others that are known."""
    gaps: int = 0
    """Those that are missing."""
    thin: bool = False
    """Fewer are known than chance explains."""


def months(title: str, days: Mapping[date, Day], *, coloured: bool) -> Iterator[str]:
    """Yield the lines of a calendar of all months that any of these days lies in, oldest first.

    title: stands before each month.  coloured: gaps red and thin days yellow, for a terminal.
    """
    for (year, month), some in groupby(sorted(days), key=lambda day: (day.year, day.month)):
        yield f"{title} {year:04d}-{month:02d}"
        yield "".join(f"   {name}".ljust(_WIDTH) for name in _NAMES).rstrip()
        yield from _weeks(set(some), days, coloured)
        yield ""


def _weeks(some: set[date], days: Mapping[date, Day], coloured: bool) -> Iterator[str]:
    """Yield the weeks of a month, from the first to the last of its days that are there."""
    month = min(some).month
    monday = min(some) - timedelta(days=min(some).weekday())
    while monday <= max(some):
        week = [monday + timedelta(days=number) for number in range(7)]
        yield "".join(
            _cell(day, days.get(day), coloured) if day.month == month else " " * _WIDTH for day in week
        ).rstrip()
        monday = week[-1] + timedelta(days=1)


def _cell(day: date, what: Day | None, coloured: bool) -> str:
    """Return a day: its number, what is archived of what is known, and its marks."""
    if what is None:
        return f"{day.day:2d}".ljust(_WIDTH)
    numbers = f"{what.archived}" if what.archived == what.known else f"{what.archived}/{what.known}"
    text = f"{day.day:2d} {numbers}{GAP if what.gaps else ''}{THIN if what.thin else ''}"
    colour = _RED if what.gaps else _YELLOW if what.thin else ""
    blanks = " " * max(1, _WIDTH - len(text))
    return f"{colour}{text}{_PLAIN}{blanks}" if colour and coloured else text + blanks


def between(first: date, last: date) -> Iterable[date]:
    """Return each day from the first to the last."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
