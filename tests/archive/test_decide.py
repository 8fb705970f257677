"""Laws of decisions: tables of what is known, what is asked, and what comes of it; the time is given."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import decide
from archive.decide import MAX_ATTEMPTS, Asked, Known, Outcome, State
from archive.exchange import Exchange, from_wire

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
STORY = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20231026-a"
OTHER = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20231026-b"
LATER = [State.REJECTED, State.FAILED, State.GONE]
"""States of which a listing may want another look."""


def ago(hours):
    return NOW - timedelta(hours=hours)


def answer(head, url=STORY, truncated=None):
    return Exchange(url, NOW, b"", head.encode() + b"\r\n\r\n", b"", None, (), truncated)


def moved(location, url=STORY, status=301):
    return decide.outcome(answer(f"HTTP/1.1 {status} Moved\r\nLocation: {location}", url))


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize("known", [None, Known(State.LISTED, 0, None), Known(State.LISTED, 9, NOW)])
def test_what_was_never_fetched_is_fetched(known, asked):
    """Law: whoever asks, a URL without an answer so far is fetched."""
    assert decide.fetch(known, asked, NOW)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("attempts", [0, 1, MAX_ATTEMPTS, 99])
def test_user_who_names_a_url_gets_it(state, attempts):
    """Law: a URL that the user names is fetched, whatever is known of it."""
    assert decide.fetch(Known(state, attempts, NOW), Asked.USER, NOW)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.MOVED])
@pytest.mark.parametrize("asked", [Asked.LISTING, Asked.FILE])
@pytest.mark.parametrize("last", [None, ago(0), ago(99_999)])
def test_archived_is_not_fetched_again(state, asked, last):
    """Law: no listing and no file of many fetches again what is archived or moved, however old."""
    assert not decide.fetch(Known(state, 0, last), asked, NOW)


@pytest.mark.parametrize("state", [State.ARCHIVED, State.MOVED])
@pytest.mark.parametrize(
    ("last", "fetched"),
    [
        (None, True),
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 12, 1, tzinfo=UTC), True),
        (datetime(2026, 11, 1, tzinfo=UTC), False),
        (NOW, False),
        (datetime(2026, 12, 1, tzinfo=UTC), False),
        (datetime(2027, 1, 1, tzinfo=UTC), False),
    ],
)
def test_a_requisite_is_fetched_once_a_calendar_month(state, last, fetched):
    """Law: what pages need is fetched anew if its last fetch lies in an earlier month, UTC; a clock put back asks less."""
    assert decide.fetch(Known(state, 0, last), Asked.REQUISITE, NOW) is fetched


@pytest.mark.parametrize("state", LATER)
@pytest.mark.parametrize(
    ("attempts", "hours", "fetched"),
    [
        (0, 0.99, False),
        (0, 1, True),
        (1, 0.99, False),
        (1, 1, True),
        (2, 1.99, False),
        (2, 2, True),
        (3, 3.99, False),
        (3, 4, True),
        (7, 63.9, False),
        (7, 64, True),
        (8, 99_999, False),
        (9, 99_999, False),
    ],
)
def test_failed_is_tried_again_when_its_wait_is_over(state, attempts, hours, fetched):
    """Law: after 1, 2, 4 ... hours a listing may try again, after 8 attempts never; a file of the user's at once."""
    known = Known(state, attempts, ago(hours))

    assert decide.fetch(known, Asked.LISTING, NOW) is fetched
    assert decide.fetch(known, Asked.REQUISITE, NOW) is fetched
    assert decide.fetch(known, Asked.FILE, NOW)


@pytest.mark.parametrize("state", LATER)
def test_failed_without_a_date_is_tried(state):
    """Law: a failure that nobody dated does not wait."""
    assert decide.fetch(Known(state, MAX_ATTEMPTS, None), Asked.LISTING, NOW)


@pytest.mark.parametrize(("attempts", "hours"), list(enumerate([1, 1, 2, 4, 8, 16, 32, 64, 128, 128, 128])))
def test_waits_double(attempts, hours):
    """Law: waits are 1, 2, 4 ... hours and stop growing at MAX_ATTEMPTS."""
    assert decide.again(NOW, attempts) - NOW == timedelta(hours=hours)


@given(st.integers(), st.integers())
def test_waits_never_shrink(one, two):
    """Law: more attempts never wait less, and any number of them waits an hour at least."""
    assert NOW < decide.again(NOW, min(one, two)) <= decide.again(NOW, max(one, two))


@pytest.mark.parametrize(
    ("heard", "needed"),
    [
        ({"feed": True, "sitemap": True}, False),
        ({"feed": True, "sitemap": False}, True),
        ({"feed": False, "sitemap": False}, True),
        ({"feed": True}, False),
        ({}, False),
    ],
)
def test_sections_are_the_net_below(heard, needed):
    """Law: section pages are read if and only if a surface that was asked was not heard."""
    assert decide.sections_needed(heard) is needed


@pytest.mark.parametrize(
    ("head", "truncated", "outcome"),
    [
        ("HTTP/1.1 200 OK", None, None),
        ("HTTP/1.1 200 OK", "time", Outcome(State.FAILED, "cut short: time")),
        ("HTTP/1.1 206 Partial Content", None, Outcome(State.FAILED, "HTTP 206")),
        ("HTTP/1.1 304 Not Modified", None, Outcome(State.FAILED, "HTTP 304")),
        ("HTTP/1.1 403 Forbidden", None, Outcome(State.FAILED, "HTTP 403")),
        ("HTTP/1.1 404 Not Found", None, Outcome(State.GONE, "HTTP 404")),
        ("HTTP/1.1 410 Gone", "disconnect", Outcome(State.GONE, "HTTP 410")),
        ("HTTP/1.1 451 No", None, Outcome(State.GONE, "HTTP 451")),
        ("HTTP/1.1 429 Too Many", None, Outcome(State.FAILED, "HTTP 429")),
        ("HTTP/1.1 503 No", "length", Outcome(State.FAILED, "HTTP 503")),
        ("HTTP/1.1 300 Choose", None, Outcome(State.FAILED, "HTTP 300")),
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://www.rfi.fr/cn/a/2023",
            "disconnect",
            Outcome(State.FAILED, "cut short: disconnect"),
        ),
        ("<html>", "disconnect", Outcome(State.FAILED, "no status line")),
        ("HTTP/1.1 200 OK", "unspecified", Outcome(State.LISTED, "broken off by the crawler itself")),
        ("", "unspecified", Outcome(State.LISTED, "broken off by the crawler itself")),
    ],
)
def test_what_an_answer_makes_of_its_url(head, truncated, outcome):
    """Law: gone where the site says so, failed where the answer is no good or cut; a whole 200 is left to its content.

    What the crawler broke off itself says nothing of its URL.
    """
    assert decide.outcome(answer(head, truncated=truncated)) == outcome


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        OTHER,
        OTHER + "?a=b#c",
        "20231026-b",
        "/cn/国际/20231026-b",
        "//www.rfi.fr/cn/国际/20231026-b/",
        " " + OTHER.lower(),
    ],
)
def test_redirect_to_an_article_has_moved(status, location):
    """Law: a redirect to another article has moved to its canonical URL, however it is written, raw UTF-8 too."""
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n\r\n".encode()
    exchange = from_wire(url=STORY, date=NOW, sent=b"", received=head, ip=None, protocols=(), failed=None)

    assert decide.outcome(exchange) == Outcome(State.MOVED, f"HTTP {status} to {OTHER}", OTHER)


@pytest.mark.parametrize(
    "target",
    [
        "https://www.rfi.fr/cn/",
        "https://www.rfi.fr/fr/europe/20231026-a",
        "https://example.org/",
        "https://www.rfi.fr/",
    ],
)
def test_article_that_leads_elsewhere_is_gone(target):
    """Law: an article's URL that redirects to what is no article is gone; any other URL has moved there."""
    assert moved(target) == Outcome(State.GONE, f"HTTP 301 to {target}, no article")
    listing = "https://www.rfi.fr/cn/rss"
    assert moved(target, url=listing) == Outcome(State.MOVED, f"HTTP 301 to {target}", target)


@pytest.mark.parametrize(
    "location", [STORY, STORY + "?a", "#b", STORY.replace("https", "http"), "//cn.rfi.fr/国际/20231026-a"]
)
def test_redirect_to_itself_failed(location):
    """Law: a URL that redirects to another spelling of itself has failed, and may be tried again."""
    assert decide.outcome(
        answer("HTTP/1.1 301 Moved\r\nLocation: " + location.replace("国际", "%E5%9B%BD%E9%99%85"))
    ) == Outcome(State.FAILED, "HTTP 301 to itself")


@pytest.mark.parametrize("location", ["", "mailto:a@b", "https://[::1", "https://a:b@www.rfi.fr/cn/", "javascript:0"])
def test_redirect_to_nowhere_failed(location):
    """Law: a redirect without a place that could be fetched has failed, and says so."""
    found = moved(location)

    assert found is not None
    assert (found.state, found.target) == (State.FAILED, None)
    assert found.why.startswith("HTTP 301 to nowhere")


@given(st.binary())
def test_any_answer_has_an_outcome(head):
    """Law: no bytes in a Location, and no head at all, raise anything."""
    for received in (head, b"HTTP/1.1 302 Found\r\nLocation: " + head + b"\r\n\r\n"):
        exchange = from_wire(url=STORY, date=NOW, sent=b"", received=received, ip=None, protocols=(), failed=None)
        outcome = decide.outcome(exchange)
        assert outcome is None or (outcome.why and "\n" not in outcome.why)
