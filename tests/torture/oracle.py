"""Oracle: what each run of a play must end with and whom it must tell, by the rules that README.md states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from tests.torture.play import HOUR, Play

QUIET = timedelta(hours=12)
"""QUIET_HOURS."""
FIRST_REST, LONGEST_REST = HOUR, timedelta(days=1)
"""How long a site that refuses is left alone; twice as long each time."""
WELL, REFUSED, DRIFT, NOTHING, KILLED = 0, 11, 12, 14, -9
DONE, SILENT = (WELL, 15), (KILLED, 10)
"""Ends of runs that did their work; 15: the next one takes up the rest.  And ends that tell neither way."""
COMING = frozenset("drift quiet messages reports".split())
"""What the crawler cannot tell yet: a word goes as soon as it can, and this table with the last."""
Told = Literal["failed", "recovered"]


@dataclass(frozen=True)
class Due:
    """What a run must do."""

    codes: frozenset[int]
    """One of these it ends with."""
    asks: bool
    """Whether it may ask for anything at all."""


def playable(play: Play) -> Play:
    """Return the play without what the crawler cannot tell yet."""
    acts = {hours: act for hours, act in play.acts.items() if not (act.refused and "refused" in COMING)}
    blind = {DRIFT} if "drift" in COMING else set()
    return replace(
        play, acts={hours: replace(act, code=WELL) if act.code in blind else act for hours, act in acts.items()}
    )


def foretold(play: Play) -> list[Due]:
    """Tell what each run must do."""
    told, rests, until, fed = [], 0, play.begun(0), play.begun(0)
    for hour in range(play.hours):
        act, now = play.act(hour), play.begun(hour)
        if now < until:
            told.append(Due(frozenset({REFUSED}), asks=False))
            continue
        if act.refused:
            until, rests = now + (act.named or min(FIRST_REST * 2**rests, LONGEST_REST)), rests + 1
        elif act.code in (WELL, DRIFT):
            rests, fed = 0, now if play.new(hour) and not act.unread else fed
        quiet = "quiet" not in COMING and act.code == WELL and now - fed >= QUIET
        codes = {NOTHING} if quiet else {act.code, *_slack(play, hour)}
        told.append(Due(frozenset(codes), act.asks))
    return told


def _slack(play: Play, hour: int) -> Iterator[int]:
    """Yield what a run may end with as well, since a rule needs several articles to tell."""
    act = play.act(hour)
    if play.hours_since(hour) < act.slack:
        yield WELL
    for hours, before in play.acts.items():
        if act.code == WELL and hours.stop <= hour < hours.stop + before.slack:
            yield before.code


def messages(codes: Sequence[int]) -> list[Told | None]:
    """Tell who must be told what after which run: the first failure of a kind, and recovery."""
    told, known = list[Told | None](), WELL
    for code in codes:
        now = known if code in SILENT else WELL if code in DONE else code
        told.append(None if now == known else "recovered" if now == WELL else "failed")
        known = now
    return told
