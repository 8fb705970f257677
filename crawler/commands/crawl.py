"""`scrapy crawl`, with one clear line for what went wrong and an exit code that tells."""

import argparse
import asyncio
import sys

from scrapy.commands.crawl import Command as Crawl
from scrapy.crawler import Crawler

from archive.errors import ArchiveError, BadUsage
from crawler.run import UNEXPECTED, Run

FAILED, NOTHING_FOUND, SPENT = 1, 14, 15


class Command(Crawl):
    """Scrapy's own command but for its end."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; set the exit code."""
        assert self.crawler_process
        spiders = self.crawler_process.spider_loader.list()
        if len(args) != 1 or args[0] not in spiders:
            self.exitcode = BadUsage.exit_code
            print(f"rfi-archive: no spider {' '.join(args)!r}: name one of {', '.join(spiders)}", file=sys.stderr)
            return
        crawler = self._create_crawler(args[0])
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        assert isinstance(crawling, asyncio.Task)
        error = crawling.exception() if crawling.done() else None
        if isinstance(error, ArchiveError):
            self.exitcode, line = error.exit_code, str(error)
        elif error:
            raise error
        else:
            self.exitcode, line = ending(crawler)
        print(f"rfi-archive: {line}", file=sys.stderr)


def ending(crawler: Crawler) -> tuple[int, str]:
    """Return exit code and last line of a run that has ended."""
    run = Run.of(crawler)
    if run.error:
        return run.error.exit_code, str(run.error)
    if run.spent and not run.counts().get(UNEXPECTED):
        return SPENT, f"{run.spent} is used up, the rest is left for the next run: {run.summary()}"
    heard = getattr(crawler.spider, "heard", {})
    if heard and not any(heard.values()):
        return NOTHING_FOUND, f"nothing could be discovered: {', '.join(heard)} failed or were empty; see the log above"
    if run.counts().get(UNEXPECTED):
        return FAILED, "something unexpected happened; see the log above"
    return 0, run.summary()
