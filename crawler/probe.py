"""Probe: the spider that asks each surface of the site once, one after the other, whatever the last one said."""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive import heard, urls
from archive.errors import BadUsage
from archive.probing import surfaces
from archive.rfi.editions import BY_CODE
from archive.terminal.telling import say
from crawler.agent import introduce
from crawler.run import Run


class Probe(Spider):
    """Stands outside SPIDER_MODULES: it is no edition's, and archives into a folder of its own."""

    name = "probe"
    custom_settings = {
        "RETRY_ENABLED": False,  # one request for each surface: a failure is an answer here
        **dict.fromkeys(("NOTIFY", "HEARTBEAT_URL", "METRICS_FILE"), ""),  # it is none of the runs that these watch
    }
    allowed_domains = urls.DOMAINS
    goes_on = True
    """Refusals do not end this run, nor does what earlier runs were told: to see them is what it goes out for."""

    def __init__(self, edition: str = "cn") -> None:
        """Take the arguments of the command line.  Raises BadUsage."""
        super().__init__(self.name)
        if edition not in BY_CODE:
            raise BadUsage(f"-a edition={edition}: it is one of {', '.join(BY_CODE)}")
        self.edition = BY_CODE[edition]
        self.left = [surface for surface in surfaces.SURFACES if surface is not surfaces.ROBOTS]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way in."""
        try:
            return super().from_crawler(crawler, *args, **kwargs)
        except TypeError as error:
            raise BadUsage(f"an argument -a that a probe does not have ({error}): it has edition") from None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Say honestly who asks."""
        super().update_settings(settings)
        introduce(settings)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first; robots.txt goes ahead of it by itself."""
        _tell(surfaces.ROBOTS.name)
        for request in self.next(None):
            yield request

    def next(self, _: Any) -> Iterator[Request]:
        """Ask for the next surface that what came so far says where to find, whether the last one came or failed."""
        known = heard.read(Run.of(self.crawler).archive.root)
        while self.left:
            surface = self.left.pop(0)
            if url := surface.where(known, self.edition):
                _tell(surface.name)
                yield Request(url, callback=self.next, errback=self.next, dont_filter=True)
                return


def _tell(name: str) -> None:
    """Tell whoever waits at a terminal what is asked for now."""
    if sys.stderr and sys.stderr.isatty():
        say(f"asking for {name}")
