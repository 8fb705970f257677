"""Leases: two workers never archive one article, however often it is asked for, and whoever falls asleep over it."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest

from archive import decide, urls
from archive.decide import Asked, State
from crawler.cluster import Cluster
from crawler.pipelines import Fetched, step
from crawler.run import Run


class _OfCluster:
    def __init__(self, run: Run, cluster: Cluster) -> None:
        self._run, self._cluster = run, cluster

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(Run.of(crawler), Cluster.of(crawler))

    def _is_archived(self, url: str, asked: Asked) -> bool:
        """Tell whether an index that others write, too, has a URL by now, and nothing more is wanted of it."""
        known = self._run.archive.known([url]).get(url)
        there = known is not None and known.state is State.ARCHIVED
        return there and not decide.fetch(known, asked, self._run.now())


class Leased(_OfCluster):
    """Before the download: whoever fetches something holds its lease, until it is committed."""

    def process_request(self, request: Request) -> None:
        """Let a request through, or raise IgnoreRequest: another worker is at it, or was."""
        held = self._cluster.held.get(request)
        if held is None or "asked" not in request.meta:
            return
        url = urls.canonical(request.url)
        with self._run.writing():
            token = self._cluster.shared.lease(url)
        if token is None:
            raise IgnoreRequest(f"another worker is fetching it: {url}")
        held.lease = (url, token)
        if self._is_archived(url, request.meta["asked"]):  # not before: now it cannot change any more
            self._run.tally.counts["skipped"] += 1
            raise IgnoreRequest(f"archived meanwhile: {url}")


class Fenced(_OfCluster):
    """Before anything of an article is recorded: who slept longer than its lease comes too late."""

    def process_item(self, item: Fetched) -> Fetched:
        """Let an item through, or raise DropItem."""
        url = urls.canonical(item.url)
        lease = next((one.lease for one in self._cluster.held.values() if one.lease and one.lease[0] == url), None)
        with step(self._run, url):
            if lease and not self._cluster.shared.holds(*lease):
                self._run.tally.counts["late"] += 1
                raise DropItem(f"its lease has run out, so another worker has it: {url}")
        return item
