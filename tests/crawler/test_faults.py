"""Articles that go wrong on their way, one row a fault: exit code, last line, WARC, index, and what is archived."""

import pytest

from tests.crawler.faults import FEED, Fault, Row, holds, strike
from tests.site import broken

pytestmark = pytest.mark.slow
TWICE = (200, 200)
AGAIN: Row = {"last": f"{FEED} found, 2 archived, 2 failed"}
REJECTED: Row = {"last": f"{FEED} found, 2 archived, 1 rejected", "state": "rejected"}
REFUSED: Row = {"last": f"{FEED} found, 2 archived, 1 refused"}
WHOLE: Row = {
    "last": f"{FEED} found, {FEED} archived",
    "archived": "111",
    "state": "archived",
    "attempts": 0,
    "lost": 0,
}
GONE: Row = {"last": f"{FEED} found, 2 archived, 1 gone", "got": (302,), "state": "gone"}
NOWHERE: Row = {"got": (302,), "why": "HTTP 302 to nowhere"}
TIMED_OUT: Row = {**AGAIN, "cut": "time", "why": "cut short: time", "waits": 2}
CUT: Row = {**AGAIN, "got": TWICE, "cut": "disconnect", "why": "cut short: disconnect"}
TOO_LONG: Row = {"cut": "length", "why": "cut short: length"}

FAULTS = (
    # connections
    Fault("reset", **AGAIN, got=(), notes=2, why="DownloadFailedError"),
    Fault("hang", **AGAIN, got=(), notes=2, why="DownloadTimeoutError", waits=2),
    Fault("reset-body", **CUT),
    Fault("hang-body", got=TWICE, **TIMED_OUT),
    Fault("drip-forever", got=TWICE, **TIMED_OUT, endless=b"<"),
    # framing
    Fault("cut-head", **CUT),
    Fault("cut-length", **CUT),
    Fault("cut-chunk", **CUT),
    Fault("length-small", **TOO_LONG),
    Fault("length-negative", **CUT),
    Fault("length-twice", **CUT),
    Fault("garbage", **AGAIN, got=(0, 0), cut="disconnect", why="no status line"),
    Fault("http-0.9", **AGAIN, got=(0, 0), cut="disconnect", why="no status line"),
    # too much
    Fault("flood", **TOO_LONG, endless=broken.BLOCK, least=4 << 20),
    Fault("flood-length", **TOO_LONG, endless=broken.BLOCK, least=0),
    Fault("tiny-chunks", **TOO_LONG, endless=b"x", least=1 << 9, most=1 << 19),
    Fault("endless-head", **TOO_LONG, endless=broken.LINE, least=200_000, most=1 << 19),
    Fault("interim-flood", got=(), notes=1, why="DownloadCancelledError"),
    Fault("many-headers", **WHOLE),
    Fault("long-header", **WHOLE),
    # status
    Fault("999", got=(999,), why="HTTP 999"),
    Fault("000", got=(0,), why="no status line"),
    Fault("204", got=(204,), why="HTTP 204"),
    Fault("205", got=(205,), why="HTTP 205"),
    Fault("206", got=(206,), why="HTTP 206"),
    Fault("304", got=(), notes=1, why="HTTP 304, though"),
    # refusals
    Fault("403", **REFUSED, got=(403,), why="HTTP 403"),
    Fault("429", **REFUSED, got=(429,), why="HTTP 429", waits=1),
    Fault("challenge", **REFUSED, state="rejected", why="challenge"),
    # content coding
    Fault("gzip-cut", **REJECTED, why="undecodable: gzip stream ends early"),
    Fault("gzip-broken", **REJECTED, why="undecodable: broken gzip"),
    Fault("gzip-not", **REJECTED, why="undecodable: broken gzip"),
    Fault("bomb", **REJECTED, why="undecodable: .* open to more than"),
    Fault("bomb-nested", **REJECTED, why="undecodable: .* open to more than"),
    # what it says
    Fault("gbk", **REJECTED, why="undecodable: .* unreadable as utf-8"),
    Fault("big5", **REJECTED, why="undecodable: .* unreadable as utf-8"),
    Fault("not-gbk", **WHOLE),
    Fault("utf-16", **WHOLE),
    Fault("nul", **REJECTED, why="empty template"),
    Fault("deep", **REJECTED, why="too large"),
    Fault("attribute", **REJECTED, why="too large"),
    Fault("pdf", **REJECTED, why="not HTML"),
    Fault("void", **REJECTED, why="not HTML"),
    # redirections
    Fault("to-self", got=(302,), why="HTTP 302 to itself"),
    Fault("hop", last=f"{FEED} found, 2 archived", got=(302,), state="moved", attempts=0, lost=0),
    Fault("to-loopback", **GONE),
    Fault("to-metadata", **GONE),
    Fault("to-six", **GONE),
    Fault("to-localhost", **GONE),
    Fault("to-hex", **GONE),
    Fault("to-decimal", **GONE),
    Fault("to-other-site", **GONE),
    Fault("to-ftp", **NOWHERE),
    Fault("to-file", **NOWHERE),
    Fault("to-data", **NOWHERE),
    Fault("to-script", **NOWHERE),
    Fault("to-gopher", **NOWHERE),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_costs_its_article_and_no_more(tmp_path, fault):
    """Law: the row, all of it."""
    holds(fault, strike(fault, tmp_path / "a"))
