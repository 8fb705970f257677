"""One fault as a test tells it: what strikes, where, and all that a run must make of it."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive import cli, urls
from archive.runs import report
from archive.runs.report import Report
from archive.runs.tally import TOLD
from archive.tables import coded
from tests.crawler import evidence, state
from tests.crawler.story import Told, listed, told
from tests.site import Site, serve

FEED = 3
"""Items of the feed, each an article, unless a row says otherwise; the fault strikes the second, or all pictures."""
Row = dict[str, Any]
"""What rows have in common: some of the fields of Fault."""
TRIES = 2
TIMEOUT = 2
"""Seconds."""
MEMORY = 400 << 20
"""Bytes of memory that every run gets here: RLIMIT_DATA, see test_memory.py."""
READ = 1 << 18
"""Bytes that may come at once, beyond the most."""
ALLOWANCE, BUSY = 20, 8
"""Seconds that a run may take beside its timeouts, alone it takes one or two; and how many times what it computes may
take as long, on a machine that is busy."""
SURFACES = {
    "feed": ("/cn/rss$", "https://www.rfi.fr/cn/rss"),
    "news": (r"/sitemaps/cn/news\.xml$", "https://www.rfi.fr/sitemaps/cn/news.xml"),
    "listings": (r"/cn/rss$|\.xml$|/$", "https://www.rfi.fr/cn/rss"),
    "robots": (r"www\.rfi\.fr/robots\.txt$", "https://www.rfi.fr/robots.txt"),
    "everything": ("^https?:", "https://www.rfi.fr/robots.txt"),
}
"""What can be struck beside articles and pictures: by which pattern, and the URL that is looked at afterwards."""
ASKED = {"feed": "rss,news", "news": "news,rss", "listings": "rss,news,sections", "everything": "rss,news,sections"}
"""Where articles are looked for, by what is struck; else in the feed alone."""
OURS = {"www.rfi.fr", "s.rfi.fr", "rfi.my"}
"""Hosts that a run may speak to here."""
LOST = "rejected", "gone", "refused", "failed"
"""Counts of what came to nothing; each has a cause."""
Heard = tuple[str, int | None, int, str]
"""What a report says of a listing: its surface, what answered, how many links it gave, a pattern of why it gave none."""


@dataclass(frozen=True)
class Fault:
    """A row of the table."""

    name: str
    """Of the odd or hostile answer."""
    on: str = "article"
    """What it strikes: "article", "articles" (every second), "picture", or one of SURFACES."""
    items: int = FEED
    """Articles of the feed."""
    code: int = 0
    """Exit code."""
    last: str = f"{FEED} found, 2 archived, 1 failed"
    """Pattern of the last line, between "rfi-archive: " and how long it took."""
    heard: tuple[Heard, ...] = (("rss", 200, FEED, ""),)
    """What the report says of feed and news sitemap."""
    rests: str = ""
    """Hosts that are left alone from now on."""
    got: tuple[int, ...] = (200,)
    """Statuses in the WARC of the URL that is struck, one for each try that brought a byte."""
    cut: str = ""
    """WARC-Truncated of each of them."""
    endless: bytes = b""
    """What its stored bytes repeat behind the head that was sent; none: head and payload are all that was sent."""
    least: int = 1
    """Of what is endless, how many bytes are stored at least; at most what an answer may have, and one read more.  0 where
    the head says that it is too long: it may come alone."""
    most: int = 4 << 20
    """DOWNLOAD_MAXSIZE: bytes of an answer."""
    notes: int = 0
    """Tries that brought no byte, each noted in the WARC."""
    state: str = "failed"
    """Of the URL, in the index; "" if it is not there."""
    why: str = ""
    """Pattern of the reason beside it, from its start."""
    attempts: int = 1
    """Failed attempts beside it."""
    archived: str = "101"
    """Which articles of the feed are archived nevertheless, newest first; no others are."""
    lost: int | None = None
    """Answers and fetches that the report counts as lost; None: all those of the URL that is struck."""
    settings: Row = field(default_factory=dict)
    """Of the crawl, beside those that all rows have."""
    waits: int = 0
    """How often the run waits for its timeout."""

    def __str__(self) -> str:
        """The name of its test."""
        return f"{self.on}-{self.name}"


@dataclass
class Struck:
    """A run that met a fault."""

    url: str
    run: Told
    newest: list[str]
    seconds: float


def strike(fault: Fault, archive: Path, memory: int = MEMORY) -> Struck:
    """Crawl a site that has the fault, with so many bytes of memory."""
    site = Site(feed_items=fault.items)
    newest = listed(site)[: fault.items]
    own = {
        "article": (re.escape(site.article(newest[1]).slug) + r"$|-hop-\d+$", newest[1]),
        "articles": ("|".join(re.escape(site.article(one).slug) + "$" for one in newest[1::2]), newest[1]),
        "picture": ("s.rfi.fr/media/", None),  # the first that is asked for: which one nobody has promised
    }
    pattern, url = (SURFACES | own)[fault.on]
    site.set_fault(pattern, fault.name)
    settings: dict[str, object] = {
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "DOWNLOAD_MAXSIZE": fault.most,
        "RETRY_TIMES": TRIES - 1,
        "REQUISITES": False,
        "IMAGES": "lead" if fault.on == "picture" else "none",
        **fault.settings,
    }
    with serve(site) as running:
        began = time.monotonic()
        run = told(archive, running, settings=settings, discover=ASKED.get(fault.on, "rss"), memory=memory)
    seconds = time.monotonic() - began
    first = next((entry.url for entry in run.log if entry.fault), "")
    return Struck(url or first, run, newest, seconds)


def ended(fault: Fault, struck: Struck) -> None:
    """Exit code and last line are as the row says, there is no traceback, and it was in time."""
    struck.run.crawled.was_clean(fault.code)
    last = struck.run.crawled.last
    assert re.fullmatch(rf"rfi-archive: {fault.last}(, in [0-9.]+ s)?", last), last
    assert struck.seconds < ALLOWANCE + fault.waits * TIMEOUT + BUSY * struck.run.crawled.cpu


def recorded(fault: Fault, struck: Struck) -> None:
    """The WARC holds each try, as far as it came."""
    pairs = [pair for pair in evidence.pairs(struck.run.archive) if pair.url == struck.url]
    entries = [entry for entry in struck.run.log if entry.url == struck.url and (entry.head or fault.endless)]
    assert [(pair.status, pair.truncated) for pair in pairs] == [(status, fault.cut) for status in fault.got]
    assert evidence.failed(struck.run.archive).count(struck.url) == fault.notes
    if not fault.endless:
        kept = [pair.url for pair in evidence.pairs(struck.run.archive)]
        sent = evidence.sent(entry for entry in struck.run.log if entry.url in kept)
        assert evidence.kept(struck.run.archive) == sent
    for pair, entry in zip(pairs, entries, strict=False):
        rest = (pair.head + pair.body).removeprefix(evidence.stored(entry.head))
        if fault.endless:
            assert fault.least <= len(rest) <= fault.most + READ
            assert rest == (fault.endless * (len(rest) // len(fault.endless) + 1))[: len(rest)]


def indexed(fault: Fault, struck: Struck) -> None:
    """The index knows what became of the URL, and that it failed."""
    with state.opened(struck.run.archive) as db:
        row = db.execute(
            "select state, attempts, why from urls where url = ?", (urls.canonical(struck.url),)
        ).fetchone()
    known, attempts, why = row or (None, 0, "")
    assert (known is not None and coded.state(known), attempts) == (fault.state, fault.attempts), why
    assert re.match(fault.why, why), why


def archived(fault: Fault, struck: Struck) -> None:
    """The articles that could be had are archived, each as the site expects it, and no others."""
    wanted = [url for url, there in zip(struck.newest, fault.archived, strict=True) if there == "1"]
    evidence.holds_exactly(struck.run.archive, struck.run.site, wanted)


def reported(fault: Fault, struck: Struck) -> None:
    """The run left one report, which says the same as exit code, last line, WARC and the site's own log."""
    told, *others = report.latest(struck.run.archive, 2)
    assert others == []
    assert (told.code, f"rfi-archive: {told.line}") == (fault.code, struck.run.crawled.last)
    assert told.started <= told.ended
    assert told.seconds <= struck.seconds
    answers = [entry for entry in struck.run.log if entry.head]
    assert len(answers) <= told.requests <= len(struck.run.log)  # Twisted may send one again by itself
    assert told.received == sum(map(_size, evidence.pairs(struck.run.archive)))
    assert told.free > 0
    assert {host.host for host in told.hosts} == set(fault.rests.split())
    lost = len(fault.got) + fault.notes if fault.lost is None else fault.lost
    _counted(told, lost)
    _heard(told, fault.heard)


def _size(pair: evidence.Pair) -> int:
    """Bytes of an answer, as they came."""
    return len(pair.head.replace(b"X-Archive-Orig-", b"")) + len(pair.body)


def _counted(told: Report, lost: int) -> None:
    """The counts are those of the last line, if it has any, and what was lost has its causes."""
    said = {name: int(number) for number, name in re.findall(rf"(\d+) ({'|'.join(TOLD)})", told.line)}
    assert said in (told.counts, {})
    assert sum(told.counts.get(name, 0) for name in LOST) == lost
    assert sum(told.causes.values()) == lost


def _heard(told: Report, wanted: Iterable[Heard]) -> None:
    """The listings gave what they gave."""
    listings = {listing.surface: listing for listing in told.listings}
    assert len(listings) == len(told.listings)
    for surface, answer, links, why in wanted:
        listing = listings[surface]
        assert (listing.answer, listing.links) == (answer, links)
        assert listing.new <= links
        assert re.match(why or "$", listing.why), listing.why


def holds(fault: Fault, struck: Struck) -> None:
    """All that the row says is so; nobody else was asked, and `verify` finds nothing wrong."""
    ended(fault, struck)
    recorded(fault, struck)
    indexed(fault, struck)
    archived(fault, struck)
    reported(fault, struck)
    assert {entry.url.split("/")[2] for entry in struck.run.log} <= OURS
    assert cli.main(["verify", "--archive", str(struck.run.archive)]) == 0
