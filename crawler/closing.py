"""Closing: the extension that ends a run: it is judged, the archive is sealed, and whom it concerns is told."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.errors import CannotWrite
from archive.export import cdxj, lists
from archive.runs import drift, review
from archive.runs.drift import Gone, Past
from archive.runs.ending import Went, ending
from archive.tables.rows import DRIFT
from crawler import aftermath
from crawler.run import UNEXPECTED, Run

logger = logging.getLogger(__name__)


class Closing:
    """Hears when a run has nothing more to do."""

    def __init__(self, crawler: Crawler) -> None:
        """Wait for the end of this crawler's run."""
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        closing = cls(crawler)
        crawler.signals.connect(closing.closed, signal=signals.spider_closed)
        return closing

    def closed(self) -> None:
        """End the run; each step is tried, whatever the one before it met."""
        run, settings = Run.of(self._crawler), self._crawler.settings
        now, before, gone = run.now(), list[Past](), list[Gone]()
        with _noting(run):
            run.together.flush()
            before = [] if run.backfills else review.earlier(run.archive.index, run.spider.name, now)
            gone = drift.gone(run.tally.fields, before)
            run.end = run.end or ending(_went(run, gone, now, settings.getfloat("QUIET_HOURS")))
            _seal(run, DRIFT if gone else run.end.word)
        with _noting(run):
            _tell(run, settings, now, before, gone)
        with _noting(run):
            run.second.close()
            run.archive.close()


def _went(run: Run, gone: Sequence[Gone], now: datetime, hours: float) -> Went:
    """Return how a run went."""
    heard = run.tally.heard.values()
    return Went(
        summary=run.tally.summary(run.lasted()),
        unexpected=run.tally.counts[UNEXPECTED] > 0,
        refused=run.refused,
        unheard=() if any(listing.spoke for listing in heard) else tuple(listing.surface for listing in heard),
        gone=tuple(map(str, gone)),
        quiet=review.quiet(run.archive.index, run.spider.name, now, hours) if heard and run.looks else "",
        spent=run.spent,
        stopped=run.stopped,
    )


def _seal(run: Run, word: str) -> None:
    """Write down what hosts asked for, seal the archive, and bring lists and CDXJ up to date."""
    run.guest.leave()
    read = {} if run.backfills else run.tally.fields  # what old pages have is no measure of new ones
    fields = {name: (fill.having, fill.of) for name, fill in read.items()}
    run.archive.finish(word, run.tally.counts, fields)
    lists.write(run.archive.root, run.archive.index)
    cdxj.write(run.archive.root, run.archive.index)


def _tell(run: Run, settings: BaseSettings, now: datetime, before: Sequence[Past], gone: Sequence[Gone]) -> None:
    """Leave a report; and tell those who look after the archive, if the run looked for what is new."""
    given_up, index = 0, None
    with _noting(run):
        given_up, index = run.archive.index.given_up_count(), run.archive.index
    assert run.end
    told = review.reported(
        run.archive.root, index, run.tally, run.guest.memory.hosts, run.end,
        spider=run.spider.name, started=run.started, now=now, seconds=run.lasted(), before=before, gone=gone,
    )  # fmt: skip
    with _noting(run):
        aftermath.write(run.archive.root, settings, told)
    told = replace(told, code=run.end.code, line=run.end.line)
    if run.looks and not run.stopped:  # whoever stopped it knows, and waits
        run.guest.keep(aftermath.settle(settings, told, run.guest.memory, given_up, lambda: run.hurried))


@contextmanager
def _noting(run: Run) -> Iterator[None]:
    """Note what the archive refuses; and a mistake of ours, with its traceback: what comes after is done as well."""
    try:
        yield
    except CannotWrite as error:
        run.fail(error)
    except Exception:
        logger.exception("the run cannot be ended in order")
        run.unexpected()
        run.end = ending(Went("", unexpected=True))
