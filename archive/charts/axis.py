"""Axis: round numbers to measure by, and which months get a name.  Pure."""

from collections.abc import Sequence
from itertools import count

from archive.charts.figures import Month

TICKS = 5
"""Numbers at an axis, at most, beside 0."""
_LABELS = 12
"""Months with a name, at most."""
_YEAR = 12
_STEPS = 1, 2, 3, 6, _YEAR, 2 * _YEAR, 5 * _YEAR, 10 * _YEAR


def ticks(most: int) -> list[int]:
    """Return round numbers from 0 up to the first that is no less than `most`, which is 1 or more."""
    step = next(step for power in count() for first in (1, 2, 5) if (step := first * 10**power) * TICKS >= most)
    return [*range(0, most + step, step)]


def labels(months: Sequence[Month]) -> list[tuple[int, str]]:
    """Return the places of the months that get a name, and the name: the year where it begins, else year and month."""
    step = next((step for step in _STEPS if len(months) <= step * _LABELS), _STEPS[-1])
    named = [(at, month) for at, month in enumerate(months) if (month.year * _YEAR + month.month - 1) % step == 0]
    return [(at, f"{month.year}" if step >= _YEAR else str(month)) for at, month in named]
