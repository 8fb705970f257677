"""One crawl as a test tells it: how it ended, what it left, and what the site saw of it."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from tests.crawler import evidence
from tests.crawler.crawling import Crawled, crawl
from tests.site import ODD, Entry, Running, Site, odd_url


@dataclass
class Told:
    """A crawl that has ended."""

    archive: Path
    crawled: Crawled
    site: Site
    log: list[Entry]
    """What the site was asked for during this crawl."""
    before: list[str]
    """URLs that the simplified edition listed when it began, newest first."""
    files: dict[str, tuple[str, int]]
    """The article files as they were after it: path -> (text, time of last change)."""

    @property
    def pages(self) -> list[str]:
        """URLs of the article pages that were asked for, in this order."""
        return evidence.pages(self.log)

    @property
    def listings(self) -> set[str]:
        """Paths of the listings that were asked for, decoded."""
        paths = (unquote(entry.url).removeprefix("https://www.rfi.fr") for entry in self.log)
        return {p for p in paths if re.search(r"/rss$|\.xml$|/$", p)}

    def pairs_of(self, name: str) -> list[evidence.Pair]:
        """Recorded exchanges of an odd answer."""
        return [pair for pair in evidence.pairs(self.archive) if pair.url == odd_url(name)]

    def archived(self, edition: str = "cn") -> list[str]:
        """URLs of the articles that have a file, in the site's order; each of them equal to what the site expects."""
        there = evidence.files(self.archive)
        urls = [a.url for a in self.site.articles if evidence.path_of(a.url) in there]
        evidence.holds_exactly(self.archive, self.site, urls)
        assert {url.split("/")[3] for url in urls} <= {edition}
        return urls


def told(archive: Path, running: Running, *, direct: bool = False, **more: object) -> Told:
    """Crawl once (more), through the site as a proxy or directly, and gather what can be told of it."""
    running.site.journal.clear()
    before = listed(running.site)
    crawled = crawl(archive, None if direct else running, **more)  # type: ignore[arg-type]  # handed on as they came
    return Told(archive, crawled, running.site, running.log, before, evidence.files(archive))


def listed(site: Site, edition: str = "cn") -> list[str]:
    """What an edition lists, newest first."""
    return [a.url for a in site.live() if a.edition == edition]


UNDER_WAY = 8
"""Requests that a crawl has under way at once (CONCURRENT_REQUESTS): these may overtake each other."""


def in_order(asked: list[str], wanted: list[str]) -> bool:
    """Tell whether all that is wanted was asked for, once, in this order but for what was under way together."""
    together = (abs(asked.index(url) - at) < UNDER_WAY for at, url in enumerate(wanted) if url in asked)
    return sorted(asked) == sorted(wanted) and all(together)


REFUSING = "challenge", "403", "429"
ENDING = "busy"
"""Names a time to come back that no run waits for."""


def bearable() -> list[str]:
    """Odd answers that no run ends by, in an order in which none ends: good ones stand between those that refuse."""
    others = [name for name in ODD if name not in (*REFUSING, ENDING)]
    return [REFUSING[0], *sorted(others, key=lambda name: not ODD[name].good), *REFUSING[1:]]


def one_a_line(path: Path, urls: list[str]) -> Path:
    """A file of URLs."""
    path.write_text("".join(url + "\n" for url in urls), "utf-8")
    return path
