"""`scrapy crawl`, with one clear line at its end and an exit code that tells."""

import argparse
import asyncio
import sys

from scrapy.commands.crawl import Command as Crawl

from archive.ending import LOG, UNEXPECTED
from archive.errors import ArchiveError, BadUsage
from crawler.run import Run

FAILED = 1


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
            self.exitcode, line = Run.of(crawler).end or (FAILED, f"{UNEXPECTED}; {LOG}")
        print(f"rfi-archive: {line}", file=sys.stderr)
