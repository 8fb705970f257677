"""Pipelines: Warc -> Normalize -> Index.  Each is a doorstep to one step of `archive`.

An item leaves the last one when its article is archived for good, which it waits for together with others.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest

from archive import urls
from archive.commit.draft import Made
from archive.decide import Outcome, State
from archive.exchange import Exchange
from archive.manners import guest
from archive.page import NotAnArticle, Page, Why
from archive.records.record import Capture
from crawler.run import Run

logger = logging.getLogger(__name__)


@dataclass
class Fetched:
    """A whole answer to an article's URL, and what the pipelines have made of it so far."""

    exchange: Exchange = field(repr=False)
    url: str
    capture: Capture | None = field(default=None, repr=False)
    made: Made | None = field(default=None, repr=False)


@contextmanager
def step(run: Run, url: str) -> Iterator[None]:
    """A step of a pipeline, which a disk may refuse: that ends the run, not the process, and drops the URL's item."""
    try:
        with run.writing():
            yield
    except IgnoreRequest as error:
        raise DropItem(f"{error}: {url}") from None


class Doorstep:
    """A pipeline of a run."""

    def __init__(self, run: Run) -> None:
        """Work on this run's archive."""
        self.run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(Run.of(crawler))


class Warc(Doorstep):
    """Record the exchange."""

    def process_item(self, item: Fetched) -> Fetched:
        """Bytes first."""
        with step(self.run, item.url):
            item.capture = self.run.archive.record(item.exchange)
        return item


class Normalize(Doorstep):
    """Read the page, and make its article file."""

    async def process_item(self, item: Fetched) -> Fetched:
        """Make what an article makes of it, or note why it is none."""
        found = await self.run.second.read(item.exchange)
        with step(self.run, item.url):
            item.made = self._taken(item, found)
        return item

    def _taken(self, item: Fetched, found: Made | NotAnArticle) -> Made:
        """Tell what was read; drop the item if it is no article."""
        assert item.capture
        challenged = isinstance(found, NotAnArticle) and found.why is Why.CHALLENGE
        self.run.heard(item.url, guest.CHALLENGED if challenged else guest.WELCOME)
        self._count(item.url, found if isinstance(found, NotAnArticle) else found.page)
        if isinstance(found, NotAnArticle):
            self.run.archive.settle(item.capture, Outcome(State.REJECTED, str(found)))
            self.run.tally.lost("rejected", found.why)
            raise DropItem(f"no article ({found}): {item.url}")
        return found

    def _count(self, url: str, found: Page | NotAnArticle) -> None:
        """Count what the page has, but not once more what was read before: one page, odd or archived, would be many."""
        url = urls.canonical(url)
        known = self.run.archive.known([url]).get(url)
        if not known or known.state not in (State.REJECTED, State.ARCHIVED):
            self.run.tally.read(found)


class Index(Doorstep):
    """Say that the article is archived."""

    async def process_item(self, item: Fetched) -> Fetched:
        """The commit."""
        assert item.capture
        assert item.made
        with step(self.run, item.url):
            look, article = self.run.look(item.url), item.made.page.article
            await self.run.together.committed(partial(self.run.archive.commit, item.capture, item.made))
            if not look.took(State.ARCHIVED):
                self.run.tally.counts["archived"] += 1
                logger.info("archived %s %s", urls.article_path(article.url), article.title)
        return item
