"""Listings, robots.txt, pictures and whole sites that go wrong, one row a fault, as in test_faults.py."""

import pytest

from tests.crawler.faults import Fault, Row, holds, strike
from tests.site import broken

pytestmark = pytest.mark.slow
MADE_UP: Row = {"on": "feed", "last": "1 articles, ", "archived": "100"}
READ: Row = {"on": "feed", "last": "3 articles, ", "archived": "111", "state": "archived", "attempts": 0}
NOTHING: Row = {"code": 14, "last": "nothing could be discovered", "archived": "000"}
FAULTS = (
    # the feed; the news sitemap lists one of its articles
    Fault("laughs", **READ),
    Fault("quadratic", **READ),
    Fault("outside", **READ),
    Fault("nul-feed", **READ),
    Fault("links", **READ),
    Fault("void", **MADE_UP, state="rejected", why="no feed"),
    Fault("jpeg", **MADE_UP, state="rejected", why="no feed"),
    Fault("consent", **MADE_UP, state="rejected", why="no article in this HTML page"),
    Fault("500", **MADE_UP, got=(500, 500), why="HTTP 500"),
    Fault("304", **MADE_UP, got=(), notes=1, why="HTTP 304, though"),
    Fault("bomb-size", **MADE_UP, state="rejected", why=".* open to more than"),
    Fault("flood", **MADE_UP, cut="length", why="cut short: length", endless=broken.BLOCK, least=4 << 20),
    Fault("drip-forever", **MADE_UP, got=(200, 200), cut="time", why="cut short: time", endless=b"<", waits=2),
    Fault("to-metadata", **MADE_UP, got=(302,), state="moved", attempts=0),
    Fault("to-file", **MADE_UP, got=(302,), why="HTTP 302 to nowhere"),
    # the news sitemap
    Fault("laughs", **READ | {"on": "news"}),
    Fault("outside", **READ | {"on": "news"}),
    Fault("hang-body", **READ | {"on": "news", "state": "failed", "attempts": 1}, got=(200, 200), cut="time", waits=2),
    # robots.txt
    Fault("500", "robots", **NOTHING, got=(500, 500), why="HTTP 500"),
    Fault("hang", "robots", **NOTHING, got=(), notes=2, waits=2),
    Fault("loop", "robots", **NOTHING, got=(302,), state="moved", attempts=0),
    Fault("to-other-site", "robots", **NOTHING, got=(302,), state="moved", attempts=0),
    Fault("challenge", **READ | {"on": "robots"}),
    Fault("robots-nul", **READ | {"on": "robots"}),
    Fault("robots-long", **READ | {"on": "robots"}, most=8 << 20),
    # a picture
    Fault("reset", **READ | {"on": "picture", "state": "failed", "attempts": 1}, got=(), notes=2),
    Fault("flood", **READ | {"on": "picture", "state": "failed", "attempts": 1}, cut="length", endless=broken.BLOCK),
    # everything
    Fault("reset", "everything", **NOTHING, got=(), notes=2),
    Fault("http-0.9", "everything", **NOTHING, got=(0, 0), cut="disconnect", why="no status line"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_elsewhere_costs_what_it_must(tmp_path, fault):
    """Law: the row, all of it."""
    holds(fault, strike(fault, tmp_path / "a"))
