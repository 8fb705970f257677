"""Listings, robots.txt, pictures and whole sites that go wrong, one row a fault, as in test_faults.py."""

import pytest

from tests.crawler.faults import Fault, holds, strike
from tests.crawler.listings import (
    ALL,
    ASTRAY,
    DRIFT,
    EMPTY,
    LATE,
    LED_AWAY,
    LINKS,
    NOTHING,
    READ,
    SHUT,
    SITEMAP,
    picture,
    refused,
    robots,
    unread,
)
from tests.site import broken

pytestmark = pytest.mark.slow
FAULTS = (
    # the feed; the news sitemap lists one of its articles
    Fault("laughs", **READ),
    Fault("quadratic", **READ),
    Fault("outside", **READ),
    Fault("nul-feed", **READ),
    Fault("links", **LINKS),
    Fault("void", **unread(200, "no feed", lost="rejected"), state="rejected"),
    Fault("jpeg", **unread(200, "no feed", lost="rejected"), state="rejected"),
    Fault("consent", **unread(200, "no article in this HTML page", lost="rejected"), state="rejected"),
    Fault("500", **unread(500, "HTTP 500", 2), got=(500, 500)),
    Fault("304", **unread(None, "HTTP 304, though"), got=(), notes=1),
    Fault("bomb-size", **unread(200, ".* open to more than", lost="rejected"), state="rejected"),
    Fault("flood", **unread(200, "cut short: length"), cut="length", endless=broken.BLOCK, least=4 << 20),
    Fault("drip-forever", **unread(200, "cut short: time", 2), got=(200, 200), cut="time", endless=b"<", waits=2),
    Fault("to-metadata", **LED_AWAY),
    Fault("to-file", **unread(302, "HTTP 302 to nowhere"), got=(302,)),
    Fault("403", **unread(403, "HTTP 403", lost="refused"), got=(403,)),
    Fault("challenge", **unread(200, "challenge", lost="refused"), state="rejected"),
    # the news sitemap
    Fault("laughs", **SITEMAP),
    Fault("outside", **SITEMAP),
    Fault("hang-body", **LATE, got=(200, 200), cut="time", why="cut short: time", waits=2),
    # robots.txt
    Fault("500", "robots", **SHUT, got=(500, 500), why="HTTP 500"),
    Fault("hang", "robots", **SHUT, got=(), notes=2, waits=2),
    Fault("loop", "robots", **SHUT, got=(302,), state="moved", attempts=0, lost=0),
    Fault("to-other-site", "robots", **SHUT, got=(302,), state="moved", attempts=0, lost=0),
    Fault("403", **robots("failed"), got=(403,), why="HTTP 403"),
    Fault("challenge", **robots("rejected"), why="challenge"),
    Fault("robots-nul", "robots", **ALL),
    Fault("robots-long", "robots", **ALL, most=8 << 20),
    # a picture
    Fault("reset", **picture(12, "failed", "failed"), got=(), notes=2),
    Fault("flood", **picture(6, "failed", "failed"), cut="length", endless=broken.BLOCK),
    Fault("challenge", **picture(3, "refused", "rejected"), rests="s.rfi.fr"),
    Fault("to-other-site", **ASTRAY),
    Fault("to-loopback", **ASTRAY),
    # pages that are no articles: up to a fifth of them, and more
    Fault("empty", **EMPTY, last="5 found, 4 archived, 1 rejected", archived="10111", heard=(("rss", 200, 5, ""),)),
    Fault("empty", "articles", **EMPTY, **DRIFT, archived="10101", lost=2, heard=(("rss", 200, 5, ""),)),
    # everything
    Fault("reset", "everything", **NOTHING, got=(), notes=2),
    Fault("http-0.9", "everything", **NOTHING, got=(0, 0), cut="disconnect", why="no status line"),
    Fault("403", "listings", **refused(r"3 times in a row \(HTTP 403\)", 3, "HTTP 403", 403), got=(403,)),
    Fault(
        "challenge", "everything", **refused(r"3 times in a row \(a challenge\)", 3, "challenge", 200), state="rejected"
    ),
    Fault(
        "429-hours",
        "everything",
        **refused(r"and named a time to come back \(HTTP 429\)", 1, "HTTP 429", None, hours=3),
        got=(429,),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_elsewhere_costs_what_it_must(tmp_path, fault):
    """Law: the row, all of it."""
    holds(fault, strike(fault, tmp_path / "a"))
