"""Moment: the text of a date -> UTC, or None.  Pure; imports nothing of the house.

Sitemaps and pages write ISO 8601, feeds RFC 822.  Neither this machine's clock nor its
time zone has a say.
"""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from dateutil import parser as dates

STAMP = "%Y-%m-%dT%H:%M:%SZ"
"""How a time is written wherever a program may read it: ISO 8601, UTC, whole seconds."""
MAX_DATE = 64
"""Characters; a longer text is not read."""
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
"""Hours of the zone names of RFC 822, 5.1, and of Paris."""
_UNSAID = datetime(2000, 1, 1), datetime(2004, 2, 2)  # noqa: DTZ001 - a date that differs with these is not whole


class _Years(dates.parserinfo):
    """Two-digit years as RFC 2822, 4.3 has them; dateutil's own reading depends on the clock."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        return year if century_specified or year > 99 else year + (2000 if year < 50 else 1900)  # noqa: PLR2004


_DATES = dates.parser(_Years())


def read(text: str | None) -> datetime | None:
    """Return a date in UTC, or None for one that is not whole or cannot be read; without a zone it is UTC.

    Never raises.
    """
    return None if text is None or len(text) > MAX_DATE else _read(text)


@lru_cache(4_096)  # a feed names the dates of the one before it again, all but one
def _read(text: str) -> datetime | None:
    try:
        first = second = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            first, second = (_DATES.parse(text, default=unsaid, tzinfos=_zone) for unsaid in _UNSAID)
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):  # dateutil's, for nonsense
            return None
    try:
        return utc(first) if first == second else None
    except OverflowError:  # year 1 or 9999, moved over the edge by its zone
        return None


def utc(date: datetime) -> datetime:
    """Return a time in UTC; without a zone it is UTC already.  Raises OverflowError at the edges of the calendar."""
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)


def stamp(date: datetime) -> str:
    """Return a time as STAMP has it.  Raises OverflowError at the edges of the calendar."""
    return utc(date).strftime(STAMP)


def _zone(name: str | None, offset: int | None) -> timezone:
    """Return a date's zone: its offset in seconds, else its name, else UTC; never this machine's."""
    return timezone(timedelta(hours=_ZONES.get(name or "", 0)) if offset is None else timedelta(seconds=offset))
