"""Decide with values: fetch it? what has become of it? try again when?  Pure rules, no clock of their own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive import urls
from archive.errors import BadUrl
from archive.exchange import Cut, Exchange

MAX_ATTEMPTS = 8
"""Failed attempts after which a URL is given up until somebody asks for it."""
FIRST_WAIT = timedelta(hours=1)
"""How long after a failed attempt the next may come; doubled with each attempt."""
SAME_ATTEMPT = timedelta(minutes=30)
"""Failures of one URL closer together than this are retries of one run, and count as one attempt."""
REDIRECTS = frozenset((301, 302, 303, 307, 308))
GONE = frozenset((404, 410, 451))
BROKEN_OFF: Cut = "unspecified"
"""Why an answer is not whole that the crawler broke off itself, told to stop: it says nothing of its URL."""


class State(StrEnum):
    """What is known of a URL."""

    LISTED = "listed"
    """Something named it; nothing was fetched yet, or no more than we broke off ourselves."""
    ARCHIVED = "archived"
    """Its whole answer is recorded; for an article, its file is made."""
    REJECTED = "rejected"
    """A page came, but no article."""
    FAILED = "failed"
    """Refused, broken off or not to be reached."""
    GONE = "gone"
    """The site says that there is no such page."""
    MOVED = "moved"
    """It redirects to another URL, which has a state of its own."""
    IMPORTED = "imported"
    """Its text was taken from another archiver's article file; no record of it is here."""


FAILURES = frozenset((State.REJECTED, State.FAILED, State.GONE))
"""What a fetch makes of a URL that counts as an attempt more."""
TOLD = frozenset((State.ARCHIVED, State.GONE, State.MOVED))
"""What tells how an article stands, when it is looked at again; all else is another try's."""


class Asked(StrEnum):
    """Who wants a URL fetched."""

    LISTING = "listing"
    """A listing, or the backlog, named it."""
    FILE = "file"
    """The user, in a file of many."""
    USER = "user"
    """The user, by this one URL."""
    LOOK = "look"
    """It is archived, and due to be looked at again."""
    REQUISITE = "requisite"
    """A page or a stylesheet that needs it to look like itself."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of a URL."""

    state: State
    """What has become of it so far."""
    attempts: int
    """Fetches that failed since the last good one."""
    last: datetime | None
    """When it was last fetched, UTC; None if never."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer makes of the URL that was asked for."""

    state: State
    """The URL's state from now on."""
    why: str = ""
    """One line for people; "" for archived."""
    target: str | None = None
    """Canonical URL it moved to."""

    def __str__(self) -> str:
        """Return what to tell people of it."""
        return self.why or str(self.state)


def attempts(fetches: Iterable[tuple[datetime, State]]) -> int:
    """Return how many fetches of a URL failed since the last good one.

    fetches: when each was, and what it made of the URL, in their order; one that we broke off ourselves is none.
    That what was archived is gone is no failure: it is told.
    """
    number, last, archived = 0, None, False
    for at, state in fetches:
        failed = state in FAILURES and not (archived and state is State.GONE)
        number = number + (last is None or at - last >= SAME_ATTEMPT) if failed else 0
        last, archived = at, archived or state is State.ARCHIVED
    return number


def fetch(known: Known | None, asked: Asked, now: datetime) -> bool:
    """Tell whether a URL should be fetched now.

    Archived pages only if the user names this very URL or a look is due, requisites once a calendar month;
    what was imported if the user asks for it, in a file of many too; what failed then too, and when
    its wait is over, fewer than MAX_ATTEMPTS times.
    """
    if known is None or known.state is State.LISTED or asked in (Asked.USER, Asked.LOOK):
        return True
    if known.state is State.IMPORTED:
        return asked is Asked.FILE
    if known.state in (State.ARCHIVED, State.MOVED):
        return asked is Asked.REQUISITE and in_an_earlier_month(known.last, now)
    if asked is Asked.FILE or known.last is None:
        return True
    return known.attempts < MAX_ATTEMPTS and now >= again(known.last, known.attempts)


def in_an_earlier_month(last: datetime | None, now: datetime) -> bool:
    """Tell whether a fetch lies in a calendar month before that of `now`, both UTC; None: never, which does."""
    return last is None or (last.year, last.month) < (now.year, now.month)


def again(last: datetime, attempts: int) -> datetime:
    """Return when a URL whose `attempts`-th fetch failed at `last` may be tried again: 1, 2, 4 ... hours later."""
    return last + FIRST_WAIT * int(2 ** max(0, min(attempts, MAX_ATTEMPTS) - 1))


def sections_needed(heard: Mapping[str, bool]) -> bool:
    """Tell whether section pages must serve as the net below feed and sitemap: where one of those was not heard.

    heard: name of each surface that was asked, and whether it gave links or said that nothing is new.
    """
    return not all(heard.values())


def outcome(exchange: Exchange) -> Outcome | None:
    """Return what an answer's head makes of its URL; None for a whole 200, where the content decides."""
    if exchange.truncated == BROKEN_OFF:
        return Outcome(State.LISTED, "broken off by the crawler itself")
    if exchange.status in REDIRECTS and not exchange.truncated:
        return _redirected(exchange)
    if exchange.status in GONE:
        return Outcome(State.GONE, f"HTTP {exchange.status}")
    if exchange.status != 200 and exchange.status not in REDIRECTS:  # noqa: PLR2004
        return Outcome(State.FAILED, f"HTTP {exchange.status}" if exchange.status else "no status line")
    return Outcome(State.FAILED, f"cut short: {exchange.truncated}") if exchange.truncated else None


def _redirected(exchange: Exchange) -> Outcome:
    """Return the outcome of a redirect: moved to another article; or gone, if an article leads elsewhere."""
    location = re.sub("[\x80-\xff]", lambda byte: f"%{ord(byte[0]):02X}", exchange.header("location") or "")
    if not location:
        return Outcome(State.FAILED, f"HTTP {exchange.status} to nowhere")
    try:
        own, target = urls.canonical(exchange.url), urls.join(exchange.url, location)
    except BadUrl as error:
        return Outcome(State.FAILED, f"HTTP {exchange.status} to nowhere ({error})")
    if own == target:
        return Outcome(State.FAILED, f"HTTP {exchange.status} to itself")
    if urls.kind(own) is urls.Kind.ARTICLE and urls.kind(target) is not urls.Kind.ARTICLE:
        return Outcome(State.GONE, f"HTTP {exchange.status} to {target}, no article")
    return Outcome(State.MOVED, f"HTTP {exchange.status} to {target}", target)
