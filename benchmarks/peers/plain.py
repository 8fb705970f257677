"""Scrapy with nothing added: a spider that asks for what a file names, and does nothing with what comes."""

from collections.abc import AsyncIterator
from pathlib import Path

from scrapy import Request, Spider
from scrapy.http import Response


class Plain(Spider):
    """Ask for each line of a file, and count the pages that came into another."""

    name = "plain"

    def __init__(self, urls: str, pages: str) -> None:
        super().__init__()
        self.urls, self.pages = Path(urls), Path(pages)

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls.read_text("ascii").split():
            yield Request(url)

    def parse(self, response: Response) -> None:
        pass

    def closed(self, _: str) -> None:
        assert self.crawler.stats
        self.pages.write_text(str(self.crawler.stats.get_value("downloader/response_status_count/200", 0)), "ascii")
