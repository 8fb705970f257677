"""Oracle: what each run of a play must end with and whom it must tell, by the rules that README.md states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tests.torture.play import HOUR, WELL, Act, Play

QUIET = timedelta(hours=12)
"""QUIET_HOURS."""
AGES = 1, 6, 24, 7 * 24, 30 * 24
"""Hours after its first capture at which an article is looked at again: RECHECK."""
FIRST_REST, LONGEST_REST = HOUR, timedelta(days=1)
"""How long a site that refuses is left alone; twice as long each time."""
SAMPLE = 20
"""Articles that say whether something is missing: when as many have come that have all, it is not."""
FINE, REFUSED, DRIFT, NOTHING, KILLED = 0, 11, 12, 14, -9
READING = FINE, DRIFT
"""Ends of runs that read what they can get."""
DONE, SILENT = (FINE, 15), (KILLED, 10)
"""Ends of runs that did their work; 15: the next one takes up the rest.  And ends that tell neither way."""
Told = Literal["failed", "recovered"]


@dataclass(frozen=True)
class Due:
    """What a run must do."""

    codes: frozenset[int]
    """One of these it ends with."""
    asks: bool
    """Whether it may ask for anything at all."""


@dataclass
class _Past:
    """What the rules make of the hours so far."""

    until: datetime
    """Until when the site is left alone."""
    fed: datetime
    """When a run archived something last."""
    rests: int = 0
    """Runs in a row that the site has ended."""
    waiting: int = 0
    """Articles that no run has read yet."""
    alarm: Act = WELL
    """The last drift."""
    within: int = 0
    """Articles read since it began."""
    after: int = SAMPLE
    """Articles read since it was over."""

    def refused(self, act: Act, now: datetime) -> None:
        """The first time that is named is taken at its word; else, and then, it is an hour, two, four ..."""
        doublings = self.rests - (act.named is not None)
        grown = min(FIRST_REST * 2**doublings, LONGEST_REST) if doublings >= 0 else timedelta()
        self.until, self.rests = now + max(grown, act.named or grown), self.rests + 1

    def read(self, act: Act, now: datetime) -> None:
        """Take up all that waits."""
        self.fed = now if self.waiting and not act.unread else self.fed
        if act.code == DRIFT:
            self.within = self.waiting + (self.within if act is self.alarm and not self.after else 0)
            self.alarm, self.after = act, 0
        else:
            self.after += self.waiting
        self.rests = self.waiting = 0

    def codes(self, act: Act, now: datetime) -> frozenset[int]:
        """What a run that was not kept away may end with."""
        if act.code == FINE and now - self.fed >= QUIET:
            return frozenset({NOTHING})
        unsure = self.within < act.within if act.code == DRIFT else act.code == FINE and self.after < SAMPLE
        return frozenset({act.code, *(READING if unsure else ())})


def foretold(play: Play) -> list[Due]:
    """Tell what each run must do."""
    told, past = list[Due](), _Past(play.begun(0), play.begun(0))
    for hour in range(play.hours):
        act, now = play.act(hour), play.begun(hour)
        past.waiting += play.new(hour)
        if now < past.until:
            told.append(Due(frozenset({REFUSED}), asks=False))
            continue
        if act.refused:
            past.refused(act, now)
        elif act.code in READING:
            past.read(act, now)
        told.append(Due(past.codes(act, now), act.asks))
    return told


def messages(codes: Sequence[int]) -> list[Told | None]:
    """Tell who must be told what after which run: the first failure of a kind, and recovery."""
    told, known = list[Told | None](), FINE
    for code in codes:
        now = known if code in SILENT else FINE if code in DONE else code
        told.append(None if now == known else "recovered" if now == FINE else "failed")
        known = now
    return told
