"""Budget: the middleware that lets no request out once the run's budget is used up."""

import logging
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive.runs.budget import Budget
from crawler.run import Run

logger = logging.getLogger(__name__)


class WithinBudget:
    """Before the download, of every request."""

    def __init__(self, run: Run, budget: Budget) -> None:
        """Hold what the run takes against its budget."""
        self._run, self._budget = run, budget
        self._let_out = 0
        """Requests; not all of them are sent, since what waits for its turn may be dropped."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        settings = crawler.settings
        budget = Budget(settings.getfloat("MAX_RUNTIME"), settings.getint("MAX_REQUESTS"), settings.getint("MAX_BYTES"))
        return cls(Run.of(crawler), budget)

    def process_request(self, request: Request) -> None:
        """Let a request out, or end the run in order: what is under way is still taken."""
        run = self._run
        if run.stopped:
            raise IgnoreRequest("told to stop")
        spent = run.spent or self._budget.spent(run.lasted(), self._let_out, run.tally.received)
        if spent:
            run.spend(spent)
            raise IgnoreRequest(f"{spent} is used up")
        self._let_out += 1
