"""Shown: times, days and texts from outside, as a page shows them.  Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.language import moment
from archive.terminal.plain import plain

PARIS = ZoneInfo("Europe/Paris")
"""The clock of the newsroom: what articles and days are dated by."""
EDITIONS = {"cn": "zh-Hans", "tw": "zh-Hant"}
"""The script of an edition, as HTML's `lang` has it."""
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = {"zh": "一二三四五六日", "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()}
_BLANK = re.compile(r"\s+")
Say = Callable[..., str]


def day(say: Say, of: date) -> str:
    """Return a day in full, with its weekday."""
    return say("form.day", **_parts(say, of))


def short(say: Say, of: date) -> str:
    """Return a day without its weekday."""
    return say("form.short", **_parts(say, of))


def month(say: Say, of: date) -> str:
    """Return the month of a day."""
    return say("form.month", **_parts(say, of))


def paris(say: Say, at: datetime) -> str:
    """Return a time on the clock of Paris."""
    there = at.astimezone(PARIS)
    return say("form.paris", day=short(say, there), clock=f"{there:%H:%M}")


def utc(_: Say, at: datetime) -> str:
    """Return a time to the second, UTC, as one finds it in a record."""
    return moment.stamp(at).replace("T", " ").replace("Z", " UTC")


def clock(_: Say, at: datetime) -> str:
    """Return hours and minutes, Paris."""
    return f"{at.astimezone(PARIS):%H:%M}"


FORMS: dict[str, Callable[..., str]] = {
    "day": day,
    "short": short,
    "month": month,
    "paris": paris,
    "utc": utc,
    "clock": clock,
    "machine": lambda _, at: moment.stamp(at),
}
"""What templates know as `time.NAME`."""


def _parts(say: Say, of: date) -> dict[str, str | int]:
    weekday = _WEEKDAYS[say("language.code")][of.weekday()]
    return {"year": of.year, "month": of.month, "name": _MONTHS[of.month - 1], "day": of.day, "weekday": weekday}


def tongue(edition: str) -> str:
    """Return the language of an edition's texts, as HTML's `lang` has it."""
    return EDITIONS.get(edition, "zh")


def quiet(text: str) -> str:
    """Return a text from outside on one line, with nothing in it that turns the direction of what stands around it."""
    return piece(text).strip()


def piece(text: str) -> str:
    """Return a stretch of such a text the same way, with the blanks at its ends."""
    return plain(_BLANK.sub(" ", text))
