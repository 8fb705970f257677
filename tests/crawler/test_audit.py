"""A site lists articles, and then refuses, breaks or hides forty of them: an audit names these and no others."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive import cli
from archive.gaps.causes import Cause
from tests.crawler import evidence
from tests.crawler.crawling import crawl, verify
from tests.crawler.refusing import Refusing
from tests.crawler.story import listed, one_a_line
from tests.site import Running, Site, serve
from tests.site.answer import Answer, typed

FEED = 110
"""Items of the feed."""
KINDS = (
    ("403", 3, Cause.REFUSED, "HTTP 403"),
    ("500", 3, Cause.FAILED, "HTTP 500"),
    ("404", 3, Cause.GONE, "HTTP 404"),
    ("429", 3, Cause.REFUSED, "HTTP 429"),
    ("empty", 3, Cause.REJECTED, "empty template"),
    ("home", 3, Cause.GONE, "HTTP 302 to https://www.rfi.fr/cn/, no article"),
    ("challenge", 3, Cause.REFUSED, "challenge"),
    ("cut-length", 3, Cause.FAILED, "cut short: disconnect"),
    ("foreign", 3, Cause.REJECTED, "other edition"),
    ("reset", 2, Cause.FAILED, "the connection was lost"),
    ("410", 2, Cause.GONE, "HTTP 410"),
)
"""What stands at an article's URL instead: its name, at how many, and what the audit must say."""
BEYOND, FORBIDDEN, HIDDEN = 3, 3, 3
"""Articles that `-a limit=` leaves out, that robots.txt forbids, and that only a listing too long to be read names."""
SETTINGS = {"IMAGES": "none", "REQUISITES": False, "RETRY_TIMES": 0}


@dataclass
class Lost:
    """A crawl that lost forty articles."""

    archive: Path
    site: Running
    missing: dict[str, tuple[Cause, str]]
    """URL -> cause, and what its detail holds."""


def spoilt(news: list[str]) -> bytes:
    """A sitemap that names these, the first of them within what is read of it."""
    rows = [f"<url><loc>{url}</loc></url>" for url in news]
    return f"<urlset>{rows[0]}<!-- {'=' * 500_000} -->{''.join(rows[1:])}</urlset>".encode()


@pytest.fixture(scope="module")
def lost(tmp_path_factory) -> Iterator[Lost]:
    archive = tmp_path_factory.mktemp("audit") / "a"
    plain = Site(clones=140, feed_items=FEED)
    urls = listed(plain)
    assert len(urls) > FEED + HIDDEN
    feed, hidden = urls[:FEED], urls[FEED : FEED + HIDDEN]
    beyond, within = feed[-BEYOND:], iter(feed[1:-BEYOND:2])
    forbidden = [next(within) for _ in range(FORBIDDEN)]
    rules = "".join(f"Disallow: {urlsplit(url).path}\n" for url in forbidden)
    robots = typed("text/plain", f"User-agent: *\n{rules}".encode())
    says: dict[str, Iterable[Answer]] = {
        r"/robots\.txt$": [robots],
        r"/cn/news\.xml$": [typed("application/xml", spoilt([feed[0], *hidden]))],
    }
    site = Refusing(says, clones=140, feed_items=FEED)
    missing = dict.fromkeys(beyond, (Cause.NEVER, f"{BEYOND} beyond the limit"))
    missing |= dict.fromkeys(forbidden, (Cause.REFUSED, "by robots.txt, line "))
    missing |= dict.fromkeys(hidden, (Cause.DROPPED, "only read up to the 500,000th"))
    for turn in range(max(number for _, number, _, _ in KINDS)):  # in turns: no three refusals in a row end the run
        for name, _, cause, said in (kind for kind in KINDS if kind[1] > turn):
            site.set_fault(re.escape(site.article(url := next(within)).slug) + "$", name)
            missing[url] = cause, said
    site.set_fault(re.escape(site.article(next(within)).slug) + "$", "chain")  # moved, and archived where it leads
    assert len(missing) == 40
    with serve(site) as running:
        crawl(archive, running, settings=SETTINGS, limit=FEED - BEYOND)
        verify(archive)
        yield Lost(archive, running, missing)


def audited(archive: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and stdout of an audit."""
    capsys.readouterr()
    code = cli.main(["audit", "--archive", str(archive), *words])
    return code, capsys.readouterr().out


@pytest.mark.slow
def test_the_forty_and_none_else(lost, capsys):
    """Law: each article that was listed and is not archived is named with its cause, and nothing else is."""
    code, out = audited(lost.archive, capsys, "--json")

    found = {row["url"]: row for row in map(json.loads, out.splitlines()) if row["is"] == "article" and row["missing"]}
    assert code == 1
    assert {url: row["cause"] for url, row in found.items()} == {url: cause for url, (cause, _) in lost.missing.items()}
    assert [(url, row["detail"]) for url, row in found.items() if lost.missing[url][1] not in row["detail"]] == []
    assert {
        row["url"]: row["surfaces"]
        for row in found.values()
        if row["surfaces"] not in (["feed"], ["feed", "front page"])
    } == {url: ["news sitemap"] for url, (cause, _) in lost.missing.items() if cause is Cause.DROPPED}


@pytest.mark.slow
def test_a_rebuilt_index_says_the_same(lost, capsys):
    """Law: an audit follows from the WARC alone: after a rebuild it says the same, byte for byte."""
    before = audited(lost.archive, capsys, "--json")

    assert cli.main(["rebuild", "--archive", str(lost.archive)]) == 0
    assert audited(lost.archive, capsys, "--json") == before


@pytest.mark.slow
def test_what_is_served_empties_it(lost, tmp_path, capsys):
    """Law: once they are served, one crawl of the URLs that an audit prints leaves nothing missing."""
    _, printed = audited(lost.archive, capsys, "--urls")
    lost.site.site.clear_faults()
    lost.site.site.journal.clear()

    crawl(
        lost.archive, lost.site, settings=SETTINGS, urls=one_a_line(tmp_path / "urls", printed.splitlines())
    ).was_clean()

    assert {line for line in printed.splitlines() if line[0] != "#"} == lost.missing.keys()
    assert set(evidence.pages(lost.site.log)) == lost.missing.keys()
    assert audited(lost.archive, capsys, "--urls") == (0, "")
    assert lost.missing.keys() <= {
        url for url in listed(lost.site.site) if evidence.path_of(url) in evidence.files(lost.archive)
    }
    verify(lost.archive)
