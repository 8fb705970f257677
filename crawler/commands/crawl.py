"""`scrapy crawl`, with one clear line at its end and an exit code that tells."""

import argparse
import asyncio
import sys

from scrapy.commands.crawl import Command as Crawl
from scrapy.crawler import Crawler, CrawlerProcessBase

from archive.ending import LOG, UNEXPECTED
from archive.errors import ArchiveError, BadUsage
from crawler.run import Run

FAILED = 1
Told = tuple[int, str]
"""How a run ended: exit code, and the line that people read."""


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
        self.exitcode, line = crawled(self.crawler_process, self._create_crawler(args[0]), opts.spargs)
        print(f"rfi-archive: {line}", file=sys.stderr)


def crawled(process: CrawlerProcessBase, crawler: Crawler, arguments: dict[str, str]) -> Told:
    """Crawl, and return how it ended."""
    crawling = process.crawl(crawler, **arguments)
    process.start()
    assert isinstance(crawling, asyncio.Task)
    error = crawling.exception() if crawling.done() else None
    if isinstance(error, ArchiveError):
        return error.exit_code, str(error)
    if error:
        raise error
    return Run.of(crawler).end or (FAILED, f"{UNEXPECTED}; {LOG}")
