"""Laws of causes: why an article that is known is not archived."""

import pytest

from archive.decide import State
from archive.gaps import causes
from archive.gaps.causes import Cause
from archive.tables.standing import Last, Standing

URL = "https://www.rfi.fr/cn/x/20261031-"


def standing(name: str, state: State, why: str = "", attempts: int = 0) -> Standing:
    return Standing(URL + name, state, why, attempts)


def verdict(one: Standing, *others: Standing, forbids: str = "", last: Last | None = None) -> causes.Verdict | None:
    known = {other.url: other for other in (one, *others)}
    return causes.of(one, lambda _: forbids, known.get, last)


@pytest.mark.parametrize(
    ("state", "why", "attempts", "cause", "detail"),
    [
        (State.REJECTED, "challenge: script", 2, Cause.REFUSED, "2 times: challenge: script"),
        (State.REJECTED, "other edition: lang=fr", 1, Cause.REJECTED, "once: other edition: lang=fr"),
        (State.FAILED, "HTTP 403", 8, Cause.REFUSED, "8 times, given up: HTTP 403"),
        (State.FAILED, "HTTP 429", 1, Cause.REFUSED, "once: HTTP 429"),
        (State.FAILED, "HTTP 503", 1, Cause.FAILED, "once: HTTP 503"),
        (State.FAILED, "cut short: length", 3, Cause.FAILED, "3 times: cut short: length"),
        (State.GONE, "HTTP 410", 1, Cause.GONE, "once: HTTP 410"),
        (State.LISTED, "", 0, Cause.NEVER, "no run of its edition has ended"),
    ],
)
def test_of_its_state(state, why, attempts, cause, detail):
    """Law: what became of it in the index decides, with the site's own words and how often it was tried."""
    assert verdict(standing("a", state, why, attempts)) == causes.Verdict(cause, detail)


def test_archived_has_no_cause():
    """Law: what is archived is missing nowhere, whatever came of it later."""
    assert verdict(standing("a", State.ARCHIVED, "HTTP 404", 3)) is None


def test_never_fetched_says_how_the_last_run_ended():
    """Law: what no run came to says how the last one ended, and how many it left out for its limit."""
    last = Last("rfi_cn", "spent", {"beyond the limit": 1_200})

    assert verdict(standing("a", State.LISTED), last=last) == causes.Verdict(
        Cause.NEVER, "the last run of rfi_cn ended: spent, 1,200 beyond the limit"
    )


def test_what_robots_txt_forbids_is_refused():
    """Law: what was never tried, and may not be, is refused by robots.txt, with its line."""
    assert verdict(standing("a", State.LISTED), forbids="line 2: Disallow: /") == causes.Verdict(
        Cause.REFUSED, "by robots.txt, line 2: Disallow: /"
    )


@pytest.mark.parametrize(
    ("end", "gap", "detail"),
    [
        (State.ARCHIVED, False, f"to {URL}c, archived"),
        (State.IMPORTED, False, f"to {URL}c, imported"),
        (State.FAILED, True, f"to {URL}c, failed"),
        (None, True, f"to {URL}c, of which nothing is known"),
    ],
)
def test_moved_is_missing_unless_it_is_here_where_it_led(end, gap, detail):
    """Law: redirects are followed to their end; what is archived or imported there is not missing."""
    hops = standing("a", State.MOVED, f"HTTP 301 to {URL}b"), standing("b", State.MOVED, f"HTTP 302 to {URL}c")

    found = verdict(*hops, *([standing("c", end)] if end else []))

    assert found == causes.Verdict(Cause.MOVED, detail, gap=gap)


def test_moved_in_a_circle_ends():
    """Law: redirects that lead nowhere are missing."""
    found = verdict(
        standing("a", State.MOVED, f"HTTP 301 to {URL}b"), standing("b", State.MOVED, f"HTTP 301 to {URL}a")
    )

    assert found == causes.Verdict(Cause.MOVED, f"to {URL}a, in a circle")


def test_imported_is_not_missing():
    """Law: a text that is kept without a record is told, and not missing."""
    assert verdict(standing("a", State.IMPORTED)) == causes.Verdict(Cause.IMPORTED, "", gap=False)


def test_an_imported_text_stays_when_its_page_is_not_to_be_had():
    """Law: what was imported is not missing, whatever came of a fetch since."""
    failed = Standing(f"{URL}a", State.FAILED, "HTTP 500", 2, kept=True)

    assert verdict(failed) == causes.Verdict(Cause.IMPORTED, "failed, 2 times: HTTP 500", gap=False)
