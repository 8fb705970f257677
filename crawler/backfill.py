"""Backfill: how one run goes for the articles of days gone by, by the rules of `archive.gaps.backfill`.

Listings come first, all of them.  What they name is then in the index, beside what earlier runs
left there, so a backfill that was killed is taken up by the index alone, and a listing that has
not changed since need not be read again.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from scrapy.settings import BaseSettings

from archive import decide, urls
from archive.decide import Asked
from archive.gaps import backfill
from archive.gaps.backfill import DAY, Answer, Ask, Span, Walk, Work
from archive.listing import Listing
from archive.rfi.editions import Edition
from crawler.arguments import Plan
from crawler.guest import HOME
from crawler.run import Run

PORTION = 200
"""Articles that are asked for together, and then their pictures: years of them, as requests, would fill the memory."""
LEAST = 2
"""Pictures that an article has at least, nearly always: its lead picture as file and page have it."""

logger = logging.getLogger(__name__)


class Backfill:
    """The backfill of one run."""

    def __init__(self, run: Run, edition: Edition, plan: Plan, span: Span) -> None:
        """Begin to walk."""
        self._run, self._edition, self._plan, self._span = run, edition, plan, span
        self._walk = Walk(edition, span, backfill.today(run.now()))
        self._found: set[str] = set()
        self._work: Work | None = None
        self._left: Sequence[tuple[str, int]] = ()

    @property
    def asks(self) -> Sequence[Ask]:
        """Listings of the present step; none: all are heard, and the articles are next."""
        return self._walk.asks

    def heard(self, surface: str, answer: Answer) -> bool:
        """Take what a listing answered; tell whether that was the last of its step."""
        if answer.listing:
            self._count(surface, answer.listing)
        return self._walk.heard(surface, answer)

    def _count(self, surface: str, listing: Listing) -> None:
        """Count the articles of these days that no other listing of this run has named."""
        named = {link.url for link in listing.links if self._holds(link.url)} - self._found
        known, now = self._run.archive.index.known(named), self._run.now()
        new = sum(decide.fetch(known.get(url), Asked.LISTING, now) for url in named)
        self._found |= named
        self._run.tally.heard[surface].new = new
        self._run.tally.counts.update({"found": len(named), "skipped": len(named) - new})

    def plan(self, settings: BaseSettings, pictures: int | None) -> None:
        """Find out which articles to fetch, and say how long all that takes.

        pictures: how many of each are fetched; None: all.
        """
        found, now = self._run.archive.index.open_urls(urls.Kind.ARTICLE), self._run.now()
        left = [(url, rank, known) for url, rank, known in found if self._holds(url)]
        sign = -1 if self._plan.oldest_first else 1
        due = [(url, sign * rank) for url, rank, known in left if decide.fetch(known, Asked.LISTING, now)]
        taken = sorted(due, key=lambda article: article[1], reverse=True)[: self._plan.limit]
        self._run.tally.counts["beyond the limit"] += len(due) - len(taken)
        delay = max(settings.getfloat("DOWNLOAD_DELAY"), self._run.guest.host(HOME).delay)
        requests = len(taken) * (1 + (LEAST if pictures is None else pictures))
        slower = pictures is None or settings.getbool("AUTOTHROTTLE_ENABLED")
        self._work = Work(self._archived(), len(left) - len(due), len(due), len(taken), requests, delay, slower)
        self._left = taken
        logger.info("%s", self._work)

    def portion(self) -> Sequence[tuple[str, int]]:
        """Take the next articles, each with a rank that is higher the sooner it should come; none: that was all."""
        some, self._left = self._left[:PORTION], self._left[PORTION:]
        return some

    def near(self, rank: int) -> bool:
        """Tell whether a picture of this rank belongs to an article of these days: it has its article's."""
        day = backfill.today(datetime.fromtimestamp(rank, UTC)) if rank else None
        return day is not None and self._span.since - DAY <= day <= self._span.until + DAY

    def to_come(self) -> int:
        """Return how many requests will come that nobody knows of yet: articles of later portions, and pictures."""
        work = self._work
        if not work or not work.now:
            return 0
        unfetched = max(0, work.now - self._run.tally.counts["archived"])
        return len(self._left) + unfetched * (work.requests - work.now) // work.now

    def _archived(self) -> int:
        return self._run.archive.index.archived_between(self._edition.code, self._span.since, self._span.until)

    def _holds(self, url: str) -> bool:
        return urls.is_article(url, self._edition) and self._span.holds(url)
