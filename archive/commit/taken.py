"""Taken: what an exchange turns out to hold, and what that makes of its URL.  Pure."""

from archive import decide, listing, page, urls
from archive.decide import Outcome, State
from archive.errors import ArchiveError, BadAnswer
from archive.exchange import Exchange
from archive.exchange import content as body
from archive.listing import Listing
from archive.page import NotAnArticle, Page, Why
from archive.pages import requisites
from archive.pages.requisites import Sheet

Taken = Page | NotAnArticle | Listing | Sheet | Outcome
"""What an exchange turned out to hold."""


def read(exchange: Exchange) -> Taken:
    """Return what an exchange holds.  Raises BadUrl."""
    kind, outcome = urls.kind(urls.canonical(exchange.url)), decide.outcome(exchange)
    if outcome is None and kind is urls.Kind.ARTICLE:
        return page.of(exchange)
    if outcome is None and kind is urls.Kind.LISTING:
        return _listing(exchange)
    outcome = outcome or _challenge(exchange)
    if outcome is None and requisites.MEDIA_TYPE in (exchange.header("content-type") or "").lower():
        return _sheet(exchange)
    return outcome or Outcome(State.ARCHIVED)


def outcome(found: Taken) -> Outcome:
    """Return what that makes of the URL."""
    if isinstance(found, NotAnArticle):
        return Outcome(State.REJECTED, str(found))
    return found if isinstance(found, Outcome) else Outcome(State.ARCHIVED)


def is_apart(found: Taken, url: str) -> bool:
    """Tell whether no step of the run leans on what is noted of this: a picture, say, or a stylesheet, that is whole.

    url: canonical.
    """
    return outcome(found).state is State.ARCHIVED and urls.kind(url) not in (urls.Kind.ARTICLE, urls.Kind.LISTING)


def _listing(exchange: Exchange) -> Listing | Outcome:
    try:
        return listing.read(body(exchange), urls.canonical(exchange.url))
    except ArchiveError as error:
        why = f"{Why.UNDECODABLE}: {error}" if isinstance(error, BadAnswer) else str(error)
        return _challenge(exchange) or Outcome(State.REJECTED, why)


def _sheet(exchange: Exchange) -> Sheet:
    try:
        return requisites.of_sheet(body(exchange), urls.canonical(exchange.url))
    except BadAnswer:  # recorded as it came; a browser can make nothing of it either
        return Sheet(())


def _challenge(exchange: Exchange) -> Outcome | None:
    """Return what becomes of a URL, no article's, that was answered with a challenge; None if it was not."""
    found = page.of(exchange) if "html" in exchange.media_type else None
    challenged = isinstance(found, NotAnArticle) and found.why is Why.CHALLENGE
    return Outcome(State.REJECTED, str(found)) if challenged else None
