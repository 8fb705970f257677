"""`scrapy crawl`, with one clear line at its end and an exit code that tells."""

import argparse

from scrapy.commands.crawl import Command as Crawl

from archive.errors import BadUsage
from crawler.outing import Outing


class Command(Outing, Crawl):
    """Scrapy's own command, as an outing."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; set the exit code."""
        assert self.crawler_process
        spiders = self.crawler_process.spider_loader.list()
        if len(args) != 1 or args[0] not in spiders:
            self.exitcode = BadUsage.exit_code
            self.say(f"no spider {' '.join(args)!r}: name one of {', '.join(spiders)}")
        else:
            self.say(self.go(self._create_crawler(args[0]), opts.spargs))
