"""Shipping: the extension that sends what is finished to the store, and the pipeline that does it for article files."""

import asyncio
import logging
from contextlib import closing, suppress
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archive import urls
from archive.engines.opening import open_index
from archive.errors import CannotWrite
from archive.export import lists
from archive.files import cloud
from archive.index import NAME as INDEX
from archive.warcs import shipping
from crawler.cluster import Cluster
from crawler.pipelines import Doorstep, Fetched, step
from crawler.run import Run

logger = logging.getLogger(__name__)

EVERY = 5
"""Seconds between two looks whether a WARC file was sealed meanwhile."""


class Shipping:
    """Sends WARC files when they are sealed, and what a dead run left; lists at the end."""

    def __init__(self, crawler: Crawler) -> None:
        """Choose the store.  Raises NotConfigured: there is none; BadUsage, Unsupported."""
        cloud.choose(crawler.settings["STORE_URL"])
        if not cloud.store():
            raise NotConfigured
        self._crawler = crawler
        self._going: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        one = cls(crawler)
        crawler.signals.connect(one.opened, signal=signals.spider_opened)
        crawler.signals.connect(one.stopped, signal=signals.engine_stopped)
        return one

    def opened(self) -> None:
        """Send what a dead run left, before anybody is let at its articles; then look now and then."""
        self._run, self._root = Run.of(self._crawler), Run.of(self._crawler).archive.root
        with suppress(IgnoreRequest), self._run.writing():
            shipping.articles(self._root)
            shipping.warcs(self._root)
        self._going = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while not self._run.ends:
            await asyncio.sleep(EVERY)
            try:
                await asyncio.to_thread(shipping.warcs, self._root)
            except CannotWrite as error:  # the end of the run tries again, and tells
                logger.warning("%s", error)

    def stopped(self) -> None:
        """Send what the run has sealed; and the lists, made once more, one worker after the other: the last has all."""
        if self._going:
            self._going.cancel()
        try:
            shipping.warcs(self._root)
            with Cluster.alone(self._crawler, "lists"), closing(open_index(self._root / INDEX)) as index:
                lists.write(self._root, index)
                shipping.lists(self._root)
        except CannotWrite as error:
            self._run.fail(error)


class Shipped(Doorstep):
    """The last pipeline: the file of an article that was archived just now goes to the store."""

    def __init__(self, run: Run) -> None:
        """Raises NotConfigured: there is no store."""
        if not cloud.url():
            raise NotConfigured
        super().__init__(run)

    async def process_item(self, item: Fetched) -> Fetched:
        """Send it; where that fails the run ends, and the file waits here for the next one."""
        path = self.run.archive.root / urls.article_path(urls.canonical(item.url))
        with step(self.run, item.url):
            await asyncio.to_thread(shipping.article, path)
        return item
