"""Recheck: when an archived article is due to be looked at again, and what a look found.  Pure, no clock of its own.

An article is looked at when it reaches certain ages, counted from its first capture; and
earlier where a listing says that it was edited since.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from archive import decide
from archive.decide import MAX_ATTEMPTS
from archive.errors import BadUsage
from archive.runs.tally import BACK, CHANGED, GONE
from archive.tables.stood import Stood

RECENT = timedelta(days=7)
"""An article that was published longer than this before its first capture has no ages: backfills meet those."""
MISSED = 2
"""Times its last age after which an article is too old for what was missed to be made up for."""
_AGE = re.compile("([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def ages(setting: str | Sequence[str]) -> tuple[timedelta, ...]:
    """Read the setting RECHECK, ages with blanks between or a list of them; none: nothing is looked at again.

    Return each once, the youngest first.  Raises BadUsage.
    """
    found = set[timedelta]()
    for age in setting.split() if isinstance(setting, str) else setting:
        match = _AGE.fullmatch(str(age))
        if not match:
            raise BadUsage(f"RECHECK: {str(age)!r:.60} is no age: give some like '1h 6h 1d' (m, h or d), or nothing")
        found.add(int(match[1]) * _UNITS[match[2]])
    return tuple(sorted(found))


def oldest(wanted: Sequence[timedelta], now: datetime) -> datetime:
    """Return before when no article was first captured that may be due by its age."""
    return now - MISSED * max(wanted)


def by_age(stood: Stood, wanted: Sequence[timedelta], now: datetime) -> bool:
    """Tell whether an article has reached an age since it was last looked at, and may be asked for now.

    However many ages went by unused, one look makes up for them.  What failed waits as any URL
    does that failed; failed too often, it is tried once more at each age that is still to come.
    """
    reached = max((stood.first + age for age in wanted if stood.first + age <= now), default=None)
    if reached is None or not _unseen(stood, reached) or not _is_recent(stood) or stood.first < oldest(wanted, now):
        return False
    return _may_be_tried(stood, now) or (stood.attempts >= MAX_ATTEMPTS and (stood.last or reached) < reached)


def by_edit(stood: Stood, edited: datetime, now: datetime) -> bool:
    """Tell whether an article is to be looked at because a listing says that it was edited then.

    Not if that lies ahead of our clock, or if the page that we have says itself that it is as
    new, whose clock is the listing's.  A listing that always says "now" has it looked at ever
    more rarely: no sooner after the last look than that came after the newest version.
    """
    if edited > now or not _unseen(stood, edited) or (stood.modified and edited <= stood.modified):
        return False
    waits = stood.looked - stood.version if stood.looked else timedelta()
    return _may_be_tried(stood, now) and (stood.looked is None or now - stood.looked >= waits)


def _unseen(stood: Stood, since: datetime) -> bool:
    return stood.looked is None or stood.looked < since


def _is_recent(stood: Stood) -> bool:
    return stood.first - stood.published <= RECENT


def _may_be_tried(stood: Stood, now: datetime) -> bool:
    if not stood.attempts or stood.last is None:
        return True
    return stood.attempts < MAX_ATTEMPTS and now >= decide.again(stood.last, stood.attempts)


def news(before: Stood, after: Stood) -> Iterator[str]:
    """Yield what a look found, of how an article stood before it and after: CHANGED, GONE, BACK."""
    if before.gone and not after.gone:
        yield BACK
    if after.gone and not before.gone:
        yield GONE
    if before.made != after.made:
        yield CHANGED
