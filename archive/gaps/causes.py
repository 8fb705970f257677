"""Causes: why an article that is known is not archived, from a fixed table.  Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from archive.decide import MAX_ATTEMPTS, State
from archive.runs.tally import REFUSALS
from archive.tables.standing import Last, Standing


class Cause(StrEnum):
    """Why there is no article file made of a record."""

    NEVER = "never fetched"
    """A listing named it, or another URL led to it, and it was not asked for yet."""
    REFUSED = "refused"
    """With 403, 429 or a challenge; or robots.txt forbids it."""
    FAILED = "failed"
    """Broken off, another error of the site, or no answer."""
    GONE = "gone"
    """404, 410, 451, or it led to no article, before we had it."""
    REJECTED = "rejected"
    """A page came that is no article of this edition."""
    DROPPED = "dropped by rule"
    """No crawl takes the link."""
    MOVED = "moved"
    """It led to another article's URL."""
    IMPORTED = "imported"
    """Its text is kept, of which there is no record."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an article is not archived."""

    cause: Cause
    """The row of the table."""
    detail: str
    """What there is to say of it, one line; may hold the site's own words."""
    gap: bool = True
    """Whether something is missing: not where its text is here under another name, nor where it is none of ours."""


_OF_STATE = {
    State.LISTED: Cause.NEVER,
    State.FAILED: Cause.FAILED,
    State.GONE: Cause.GONE,
    State.REJECTED: Cause.REJECTED,
    State.MOVED: Cause.MOVED,
    State.IMPORTED: Cause.IMPORTED,
}
_COUNTED = (Cause.FAILED, Cause.REFUSED, Cause.GONE, Cause.REJECTED)
_HOPS = 10
"""As many redirects as a crawl follows."""
LIMIT = "beyond the limit"
"""Count of a run: articles that `-a limit=` left out."""


def of(
    standing: Standing, forbids: Callable[[str], str], look: Callable[[str], Standing | None], last: Last | None
) -> Verdict | None:
    """Return why an article is not archived; None if it is.

    forbids: returns what in robots.txt forbids a URL, "" if nothing does.  look: returns how
    another URL stands.  last: the latest run of the edition; None if there was none.
    """
    if standing.state is State.ARCHIVED:
        return None
    found = _of_state(standing, forbids, look, last)
    if standing.kept or found.cause is Cause.IMPORTED:
        later = "" if found.cause in (Cause.IMPORTED, Cause.NEVER) else f"{found.cause}, {found.detail}"
        return Verdict(Cause.IMPORTED, later, gap=False)
    return found


def _of_state(
    standing: Standing, forbids: Callable[[str], str], look: Callable[[str], Standing | None], last: Last | None
) -> Verdict:
    cause = _OF_STATE[standing.state]
    if cause is Cause.MOVED:
        return _moved(standing, look)
    if cause is Cause.NEVER:
        return _never(standing.url, forbids, last)
    if cause is not Cause.GONE and standing.why.startswith(tuple(REFUSALS)):
        cause = Cause.REFUSED
    times = f"{_times(standing.attempts)}: " if cause in _COUNTED else ""
    return Verdict(cause, times + standing.why)


def _times(attempts: int) -> str:
    given_up = ", given up" if attempts >= MAX_ATTEMPTS else ""
    return f"{attempts:,} times{given_up}" if attempts > 1 else "once"


def _never(url: str, forbids: Callable[[str], str], last: Last | None) -> Verdict:
    if line := forbids(url):
        return Verdict(Cause.REFUSED, f"by robots.txt, {line}")
    if last is None:
        return Verdict(Cause.NEVER, "no run of its edition has ended")
    limit = f", {last.counts[LIMIT]:,} {LIMIT}" if last.counts.get(LIMIT) else ""
    return Verdict(Cause.NEVER, f"the last run of {last.spider} ended: {last.outcome}{limit}")


def _moved(standing: Standing, look: Callable[[str], Standing | None]) -> Verdict:
    """Follow a redirect to where it ends: what is archived there is not missing here."""
    at, seen = standing, {standing.url}
    target = ""
    while at.state is State.MOVED:
        target = at.why.partition(" to ")[2]
        found = look(target)
        if found is None:
            return Verdict(Cause.MOVED, f"to {target}, of which nothing is known")
        if found.url in seen or len(seen) > _HOPS:
            return Verdict(Cause.MOVED, f"to {target}, in a circle")
        at = found
        seen.add(found.url)
    here = at.kept or at.state in (State.ARCHIVED, State.IMPORTED)
    return Verdict(Cause.MOVED, f"to {target}, {at.state}", gap=not here)
