"""Month: a play lived through, hour by hour: real runs, forked, on one archive, by a clock that is set for each."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from tests.crawler import evidence
from tests.crawler.crawling import Crawled, command, environment
from tests.site import Entry, Running, Site, lists, serve
from tests.site.feeds import NEWS_WINDOW
from tests.torture import clockwork
from tests.torture.bell import Bell, bell
from tests.torture.forked import Hatchery, hatchery
from tests.torture.play import BEGIN, HOUR, NEW, Act, Play

WWW = "https://www.rfi.fr"
FEED, NEWS = f"{WWW}/cn/rss", f"{WWW}/sitemaps/cn/news.xml"
FEED_ITEMS = 30
HEARD = 200, 304
PACE = 0.001
"""Seconds between two requests: with none at all Scrapy has more than one under way at a host, whatever it was told."""
KILLED = -9
WIDTH = 160
"""Characters of a line for people."""


@dataclass(frozen=True)
class Hour:
    """What came of one hour."""

    number: int
    act: Act
    ended: Crawled
    log: tuple[Entry, ...]
    """What the site was asked for, and how it answered."""
    listed: frozenset[str]
    """Articles that the answered listings named."""
    rung: tuple[tuple[str, str], ...]
    """What the bell was told."""

    @property
    def answered(self) -> set[str]:
        """What was asked for and had, URLs."""
        return {entry.url for entry in self.log if entry.status in HEARD}

    @property
    def state(self) -> tuple[str, int]:
        """What is the matter, and what the run says to it: a log tells of changes only."""
        return self.act.says, self.ended.code

    def __str__(self) -> str:
        """Return one line for people."""
        when = BEGIN + HOUR * self.number
        last = self.ended.last.removeprefix("rfi-archive: ") if self.ended.code != KILLED else ""
        return f"{when:%d %b %H h} {self.number:4}  {self.act.says:33} {self.ended.code:3}  {last}"[:WIDTH]


@dataclass
class Month:
    """A play on one archive."""

    play: Play
    archive: Path
    running: Running
    parent: Hatchery
    bell: Bell
    deaf: str
    """A proxy that nobody listens at."""
    gone: list[str] = field(default_factory=list)
    """Articles that were listed, but never to be had."""

    def hours(self) -> Iterator[Hour]:
        """Live through the play."""
        for number in range(self.play.hours):
            yield self._hour(number)

    def _hour(self, number: int) -> Hour:
        act, site = self.play.act(number), self.running.site
        self._set(act, site.publish(self.play.new(number)))
        site.journal.clear()
        settings = {"CLOCK": clockwork.SETTING, "DOWNLOAD_DELAY": PACE, **act.settings}
        words = command(self.archive, "rfi_cn", settings, {})
        until = (lambda: len(evidence.pages(self.running.log)) >= act.kill) if act.kill else None
        ended = self.parent.run(words, self._env(act, number), until)
        log = tuple(self.running.log)
        listed = {url for url in {e.url for e in log if e.status in HEARD} for url in named(site, url)}
        return Hour(number, act, ended, log, frozenset(listed), tuple(self.bell.taken()))

    def _env(self, act: Act, number: int) -> dict[str, str]:
        deaf = dict.fromkeys(("http_proxy", "https_proxy"), self.deaf) if act.deaf else {}
        clock = clockwork.set_to(self.play.begun(number))
        return environment(self.running) | self.bell.env() | clock | deaf

    def _set(self, act: Act, new: list[str]) -> None:
        """Set the scene of an hour."""
        site = self.running.site
        self.gone += new[:1] if act.taken_down else []
        if act.withdrawn:
            site.withdraw(next(a.url for a in site.live() if a.edition == "cn" and a.url not in new))
        site.clear_faults()
        for url in self.gone:
            site.set_fault(only(url), "410")
        for pattern, fault, times in act.faults:
            site.set_fault(only(new[0]) if pattern == NEW else pattern, fault, times)


def only(url: str) -> str:
    """Return a pattern that is found in one URL only."""
    return f"^{re.escape(unquote(url))}$"


def named(site: Site, url: str) -> set[str]:
    """Return the articles that a listing names now."""
    live = [article for article in site.live() if article.edition == "cn"]
    if url == FEED:
        return {article.url for article in live[:FEED_ITEMS]}
    if url == NEWS:
        return {article.url for article in live if live[0].published - article.published <= NEWS_WINDOW}
    names = [part for part in unquote(url).removeprefix(f"{WWW}/cn/").split("/") if part]
    is_section = url.startswith(f"{WWW}/cn/") and url.endswith("/")
    return {article.url for article in lists.select("cn", names, live)[: lists.CARDS_A_PAGE]} if is_section else set()


@contextmanager
def begun(play: Play, archive: Path) -> Iterator[Month]:
    """Serve the play's site."""
    site = Site(given=play.articles, unpublished=len(play.articles))
    with closing(socket.socket()) as nobody, serve(site) as running, hatchery() as parent, bell() as ear:
        nobody.bind(("127.0.0.1", 0))
        yield Month(play, archive, running, parent, ear, f"http://127.0.0.1:{nobody.getsockname()[1]}")
