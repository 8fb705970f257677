"""Outing: what every command that goes out shares: its log, the signals it hears, and the line and code of its end."""

import argparse
import asyncio
import gc
import logging
import os

from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import Crawler

from archive.engines import opening
from archive.errors import ArchiveError, BadUsage
from archive.runs.ending import Went, ending
from crawler import aftermath, log, secrets
from crawler.run import Run
from crawler.stop import Stop

logger = logging.getLogger(__name__)

YOUNG = 10_000
"""Objects after which the newest are looked through for rings that nobody holds; an article makes a few hundred."""
LOST = ending(Went("", unexpected=True))
"""How a run ended that cannot tell."""


class Outing(BaseRunSpiderCommand):
    """Scrapy's own command but for its log and its end."""

    default_settings = {"LOG_INSTALL_ROOT_HANDLER": False}

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take what Scrapy takes; hear signals, and tell what happens, from the start."""
        super().process_options(args, opts)
        assert self.settings
        self.stop = Stop()
        log.install(self.settings)
        opening.choose(self.settings["INDEX_URL"])

    def go(self, crawler: Crawler, arguments: dict[str, str]) -> str:
        """Crawl; set the exit code, and return the line that says how it ended."""
        try:
            secrets.check_proxies(os.environ)
            error = self._crawled(crawler, arguments)
        except BadUsage as refused:
            error = refused
        if isinstance(error, ArchiveError):
            ended = aftermath.of_none(
                crawler.settings, crawler.spidercls.name, error, arguments, lambda: bool(self.stop.told)
            )
        elif error:
            logger.error("the run cannot begin", exc_info=error)
            ended = LOST
        else:
            ended = Run.of(crawler).end or LOST
        self.exitcode = ended.code
        return ended.line

    def say(self, line: str) -> None:
        """Say the last line."""
        assert self.settings
        log.last(f"rfi-archive: {line}", self.settings)
        self.stop.over()

    def _crawled(self, crawler: Crawler, arguments: dict[str, str]) -> BaseException | None:
        """Crawl; return what ended it before its time."""
        assert self.crawler_process
        crawling = self.crawler_process.crawl(crawler, **arguments)
        self.stop.of(crawler)
        gc.freeze()  # what is imported stays, and need not be looked through again
        gc.set_threshold(YOUNG)
        self.crawler_process.start(install_signal_handlers=False)
        assert isinstance(crawling, asyncio.Task)
        return crawling.exception() if crawling.done() else None
