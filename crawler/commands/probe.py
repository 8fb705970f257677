"""`scrapy probe`: the doorstep of `rfi-archive probe`, which starts it and tells what came."""

import argparse
import sys

from scrapy.commands import BaseRunSpiderCommand

from crawler.commands.crawl import crawled
from crawler.probe import Probe


class Command(BaseRunSpiderCommand):
    """Runs one spider that is no edition's."""

    requires_project = True

    def syntax(self) -> str:
        return "-s ARCHIVE_DIR=DIR [-a edition=cn|tw]"

    def short_desc(self) -> str:
        return "Ask each surface of the site once, into an archive of its own; see rfi-archive probe"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Go out; set the exit code."""
        assert self.crawler_process
        crawler = self.crawler_process.create_crawler(Probe)
        self.exitcode, line = crawled(self.crawler_process, crawler, opts.spargs)
        if self.exitcode:
            print(f"rfi-archive: {line}", file=sys.stderr)
