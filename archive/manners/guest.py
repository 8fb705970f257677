"""Guest: what a host asks of us, and how long it is left alone when it refuses.  Pure rules with values, no clock.

A host refuses with 403 or 429, or with a challenge in place of what was asked for.  MANY
refusals in a row, or a Retry-After that no run waits for, and nothing more is asked of it;
the next runs stay away too, longer each time that it has ended one.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MANY = 3
"""Refusals in a row, without a good answer between, after which a host is asked for nothing more."""
FIRST_REST = timedelta(hours=1)
"""How long a host that refused is left alone; doubled with each run in a row that it has ended."""
LONGEST_REST = timedelta(days=1)
"""No rest is longer, whatever the host asks for."""
PATIENCE = timedelta(minutes=2)
"""A Retry-After up to this is waited out within the run."""
SLOWEST = 60.0
"""Seconds between two requests to a host, the most that its robots.txt gets."""
REFUSALS = frozenset((403, 429))
GOOD = frozenset((200, 304))
WAITS = frozenset((429, 503))
"""Statuses whose Retry-After counts.  Source: RFC 9110, 10.2.3; RFC 6585, 4."""
CHALLENGE = "a challenge"
"""What a host says that answers with a puzzle for browsers."""
_DIGITS = 9
"""More digits of a Retry-After than any rest has seconds."""


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of a host from run to run."""

    rests: int = 0
    """Runs in a row that it ended by refusing."""
    until: datetime | None = None
    """Nothing is asked of it before, UTC; None = it may be asked.  Past ones mean nothing."""
    why: str = ""
    """What it refused with: "HTTP 403"; "" while it does not."""
    delay: float = 0.0
    """Seconds that its robots.txt asks for between two requests, at most SLOWEST."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a host has done in one run."""

    row: int = 0
    """Refusals since its last good answer."""
    good: bool = False
    """It gave a good answer."""
    over: bool = False
    """It is asked for nothing more in this run."""
    until: datetime | None = None
    """It is asked for nothing before, UTC: a Retry-After that the run waits for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says of being welcome."""

    refused: str = ""
    """What it refuses with; "" if it does not."""
    good: bool = False
    """It gives what was asked for, or says that nothing is new."""
    told: datetime | None = None
    """When to come back, UTC."""


WELCOME, CHALLENGED = Answer(good=True), Answer(refused=CHALLENGE)
"""What a page says, once it was read."""


def answer(status: int, retry_after: str | None, date: str | None, now: datetime) -> Answer:
    """Read what the head of an answer says; a challenge is told by its body alone.

    retry_after, date: these headers' values, None if absent.
    """
    told = come_back(retry_after, date, now) if status in WAITS else None
    return Answer(f"HTTP {status}" if status in REFUSALS else "", status in GOOD, told)


def come_back(retry_after: str | None, date: str | None, now: datetime) -> datetime | None:
    """Return the time that a Retry-After names, a day from now at most; None if it names none that is to come.

    A date is taken beside the answer's own, where there is one: the two clocks may differ.
    Source: RFC 9110, 10.2.3: seconds, or an HTTP date.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        pause = timedelta(seconds=int(text)) if len(text) <= _DIGITS else LONGEST_REST
    elif named := _http_date(text):
        pause = named - (_http_date(date or "") or now)
    else:
        return None
    return now + min(pause, LONGEST_REST) if pause > timedelta() else None


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def after(host: Host, visit: Visit, heard: Answer, now: datetime) -> tuple[Host, Visit]:
    """Return what is known of a host after one more answer, and how the visit goes on.

    A good answer ends the row, and only that: a host that refuses most of what it is asked
    for has its rest although its feed is fine.  What still comes in when the visit is over changes nothing.
    """
    if visit.over:
        return host, visit
    if heard.good:
        return host, replace(visit, row=0, good=True)
    row = visit.row + bool(heard.refused)
    enough = row >= MANY
    if enough or (heard.told and heard.told - now > PATIENCE):
        return rest(host, heard, enough, now), replace(visit, row=row, over=True)
    if heard.told:
        until = max(heard.told, visit.until or now)
        return replace(host, until=until, why=_why(heard)), replace(visit, row=row, until=until)
    return host, replace(visit, row=row)


def rest(host: Host, heard: Answer, enough: bool, now: datetime) -> Host:
    """Return a host that is left alone from now on: for an hour, then two, then four ... a day at most.

    enough: it refused MANY times.  Else the first Retry-After is taken at its word; when that was
    not enough, and the host ends the next run as well, its rest grows like any other.
    """
    doublings = host.rests - (not enough)
    pause = min(FIRST_REST * 2 ** min(doublings, 10), LONGEST_REST) if doublings >= 0 else timedelta()
    return replace(host, rests=host.rests + 1, until=max(now + pause, heard.told or now), why=_why(heard))


def _why(heard: Answer) -> str:
    return heard.refused or "HTTP 503"  # the one status that is no refusal and may name a time


def leave(host: Host, visit: Visit, now: datetime) -> Host:
    """Return what is known of a host when a run ends: that it let us in wipes out its earlier refusals."""
    if visit.over or not visit.good:
        return host
    waits = visit.until is not None and visit.until > now
    return Host(until=visit.until, why=host.why, delay=host.delay) if waits else Host(delay=host.delay)


def rests(host: Host, now: datetime) -> bool:
    """Tell whether a host is to be left alone; a time that no rest could name was written by a clock that was wrong."""
    return host.until is not None and now < host.until <= now + LONGEST_REST


def delay(asked: float | None, rate: tuple[int, int] | None = None) -> float:
    """Return the seconds between two requests that a robots.txt asks for: 0 = nothing, SLOWEST at most.

    asked: its Crawl-delay.  rate: its Request-rate, so many requests in so many seconds.
    """
    pauses = [asked or 0.0]
    if rate and rate[0] > 0:
        pauses.append(rate[1] / rate[0])
    return max((min(pause, SLOWEST) for pause in pauses if pause > 0), default=0.0)


def told(name: str, host: Host, now: datetime) -> str:
    """Return, for people, what a host that rests did and when it is asked again."""
    runs = f" in {host.rests} run{'s' if host.rests > 1 else ''}" if host.rests else ""
    return f"{name} refused ({host.why}){runs}: {again(host, now)}"


def told_now(name: str, host: Host, visit: Visit, now: datetime) -> str:
    """Return, for people, what a host did that ended the visit just now, and when it is asked again."""
    times = f"{visit.row} times in a row" if visit.row >= MANY else "and named a time to come back"
    runs = f", in {host.rests} runs now" if host.rests > 1 else ""
    return f"{name} refused {times} ({host.why}){runs}: {again(host, now)}"


def again(host: Host, now: datetime) -> str:
    """Return, for people, when a host that rests is asked again, in whole minutes, never too early."""
    assert host.until
    minute = timedelta(minutes=1)
    shown = host.until + minute - timedelta(microseconds=1)
    hours, minutes = divmod(math.ceil((host.until - now) / minute), 60)
    wait = " ".join(f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number)
    return f"nothing is asked of it before {shown:%Y-%m-%d %H:%M} UTC (in {wait})"
