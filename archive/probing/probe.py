"""Probe: what each surface of the site answered, as rows of a table; a function of the recorded exchanges.  Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from archive import decide
from archive.errors import BadAnswer
from archive.exchange import Exchange, content
from archive.heard import Heard
from archive.manners import guest
from archive.manners.robots import Robots
from archive.probing import reading
from archive.probing.reading import Reading
from archive.probing.surfaces import ROBOTS, SURFACES, Surface
from archive.rfi.editions import Edition

WELL, ODD, REFUSED, UNREAD, NOTHING = 0, 1, 11, 12, 14
"""Exit codes, as in the table of DESIGN.md."""
SERVER_ERROR, FOUND = 500, 200
SILENCES = (
    ("SSL|TLS|certificate", "TLS"),
    ("Tunnel|[Pp]roxy", "proxy"),
    ("CannotResolve|DNS", "DNS"),
    ("Refused", "no connection"),
    ("Timeout|TimedOut", "timeout"),
    ("", "broken off"),
)
"""What went wrong where no byte came, by what is found in the crawl's own words; the first row decides."""


class State(StrEnum):
    """What became of a surface."""

    WELL = "well"
    UNREAD = "unread"
    """It came whole, but holds not what it should."""
    REFUSED = "refused"
    """403, 429 or a challenge."""
    FAILED = "failed"
    """Another status, an answer that was cut, a redirect to nowhere."""
    SILENT = "silent"
    """No byte came."""
    FORBIDDEN = "forbidden"
    """By robots.txt, so it was not asked for."""
    UNASKED = "unasked"
    """Nothing named it, or what would have allowed it did not come."""


ANSWERED = frozenset((State.WELL, State.UNREAD, State.REFUSED, State.FAILED))


@dataclass(frozen=True, slots=True)
class Row:
    """One surface."""

    surface: str
    """Its name."""
    url: str | None
    """Canonical URL that was to be asked for; None: nothing named one."""
    state: State
    """What became of it."""
    status: str
    """Each status on the way ("301 200"), or what went wrong ("timeout"), or "-"."""
    sent: int | None
    """Bytes of the last body as it was sent; None: no answer."""
    opened: int | None
    """The same with its content coding undone; None: no answer, or it cannot be undone."""
    validators: tuple[str, ...]
    """Which of ETag and Last-Modified it bears."""
    robots: str
    """"allowed", "unknown", or the line that forbids it; "-" where nobody asks."""
    found: str
    """What it holds, or why there is nothing."""
    missing: tuple[str, ...] = ()
    """Fields that an article page lacks."""
    generation: str | None = None
    """Make of an article page, as `Reading.generation`."""


def rows(heard: Heard, edition: Edition) -> list[Row]:
    """Return a row for each surface, in the order of asking."""
    return [_row(surface, heard, edition) for surface in SURFACES]


def code(found: Iterable[Row]) -> int:
    """Return the exit code of a probe: refused, nothing came, not to be read, otherwise odd, well; the first that fits.

    A robots.txt that forbids all that was to be asked is a refusal, too.
    """
    states = {row.surface: row.state for row in found}
    asked = {state for name, state in states.items() if name != ROBOTS.name}
    needed = {states[surface.name] for surface in SURFACES if surface.needed}
    came = not asked.isdisjoint(ANSWERED)
    if State.REFUSED in states.values() or (State.FORBIDDEN in asked and not came and State.SILENT not in asked):
        return REFUSED
    if not came:
        return NOTHING
    if State.UNREAD in needed:
        return UNREAD
    return WELL if needed.isdisjoint((State.FAILED, State.SILENT)) else ODD


def robots_of(heard: Heard, url: str) -> Robots | None:
    """Return what the robots.txt of a URL's host says; None if it could not be had.

    Refused with a 4xx there is none, which allows all.  Source: RFC 9309, 2.3.1.
    """
    parts = urlsplit(url)
    way = heard.way(f"{parts.scheme}://{parts.netloc}/robots.txt")
    last = way[-1] if way else None
    if not isinstance(last, Exchange) or not FOUND <= last.status < SERVER_ERROR or last.truncated:
        return None
    try:
        return Robots(reading.text(last) if last.status == FOUND else "")
    except BadAnswer:
        return None


def _row(surface: Surface, heard: Heard, edition: Edition) -> Row:
    """Return the row of a surface."""
    url = surface.where(heard, edition)
    if url is None:
        return Row(surface.name, None, State.UNASKED, "-", None, None, (), "-", surface.unnamed)
    verdict = "-" if surface is ROBOTS else _verdict(heard, url)
    way = heard.way(url)
    last = way[-1] if way else None
    status = " ".join(map(_status, way)) or "-"
    if not isinstance(last, Exchange):
        state, found = _silence(last, verdict)
        return Row(surface.name, url, state, status, None, None, (), verdict, found)
    state, got = _judged(surface, last)
    return Row(
        surface=surface.name,
        url=url,
        state=state,
        status=status,
        sent=len(last.body),
        opened=_opened(last),
        validators=tuple(name for name in ("ETag", "Last-Modified") if last.header(name)),
        robots=verdict,
        found=got.says,
        missing=got.missing,
        generation=got.generation,
    )


def _verdict(heard: Heard, url: str) -> str:
    robots = robots_of(heard, url)
    return "unknown" if robots is None else robots.against(url) or "allowed"


def _status(answer: Exchange | str) -> str:
    if isinstance(answer, str):
        return next(word for pattern, word in SILENCES if re.search(pattern, answer))
    return f"{answer.status}{' cut' if answer.truncated else ''}"


def _silence(why: str | None, verdict: str) -> tuple[State, str]:
    """Tell why there is no answer."""
    if why is not None:
        return State.SILENT, why[:120]
    if verdict == "allowed":
        return State.UNASKED, "the probe ended before it"
    if verdict == "unknown":
        return State.UNASKED, "not asked: robots.txt cannot be had, which allows nothing"
    return State.FORBIDDEN, "not asked: robots.txt forbids it"


def _judged(surface: Surface, answer: Exchange) -> tuple[State, Reading]:
    """Tell what an answer is worth."""
    if whose := reading.challenge(answer):
        return State.REFUSED, Reading(f"refused: a challenge ({whose})")
    if answer.status in guest.REFUSALS:
        wait = answer.header("retry-after")
        return State.REFUSED, Reading(f"refused{f': Retry-After {wait[:40]}' if wait else ''}")
    if outcome := decide.outcome(answer):
        none = surface is ROBOTS and outcome.state is decide.State.GONE
        return State.FAILED, Reading("there is none, so nothing is forbidden" if none else str(outcome))
    got = reading.read(surface.name, answer)
    return (State.WELL if got.good else State.UNREAD), got


def _opened(answer: Exchange) -> int | None:
    try:
        return len(content(answer))
    except BadAnswer:
        return None
