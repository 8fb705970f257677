"""Frontier: scrapy-redis' scheduler and queue, but nothing is lost that a dead worker had taken.

A request is under way from the moment it is taken until what came of it is committed; then only is
it forgotten, and may be asked for again.  Listings are the affair of the run that asks for them:
they wait in its own memory, and others know only that there are some.
"""

import heapq
from contextlib import suppress
from itertools import count

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy_redis.dupefilter import RFPDupeFilter
from scrapy_redis.queue import PriorityQueue
from scrapy_redis.scheduler import Scheduler

from crawler.cluster import Cluster, Held
from crawler.run import Run
from crawler.shared import refusals


class Doubles(RFPDupeFilter):
    """Scrapy-redis' fingerprints of what waits or is under way; the index knows what is archived, and may change."""

    def request_seen(self, request: Request) -> bool:
        """Leave it to the queue, which looks and writes in one step."""
        return False

    def close(self, reason: str = "") -> None:
        """Leave what others wait for."""


class Queue(PriorityQueue):
    """Scrapy-redis' queue, newest first, of letters."""

    def put(self, cluster: Cluster, request: Request, fingerprint: str) -> bool:
        """Let a request wait; False: it does already."""
        told = {name: getattr(request, name) for name in ("url", "priority", "dont_filter", "meta")}
        named = {name: getattr(request, name).__name__ for name in ("callback", "errback")}
        text = self.serializer.dumps({**told, **named, "fingerprint": fingerprint})
        return cluster.shared.push(text, request.priority, fingerprint, doubles=request.dont_filter)

    def take(self, cluster: Cluster) -> Request | None:
        """Take the first request that waits."""
        text = cluster.shared.pop()
        if text is None:
            return None
        request: Request = self._decode_request(text)
        cluster.held[request] = Held(text, self.serializer.loads(text)["fingerprint"])
        return request


class Frontier(Scheduler):
    """What all workers of a spider have to do."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Frontier":
        """Scrapy's way in.  Raises CannotWrite."""
        with refusals():
            frontier: Frontier = super().from_crawler(crawler)
        frontier.cluster, frontier._crawler = Cluster.of(crawler), crawler
        frontier._own, frontier._number = list[tuple[int, int, Request, Held]](), count()
        return frontier

    def open(self, spider: Spider) -> None:
        """Begin.  Not scrapy-redis' own way: it warns by what Scrapy 2.19 wants to be rid of."""
        self.spider = spider
        self.queue = Queue(self.server, spider, self.queue_key, self.serializer)
        self.df = Doubles(self.server, "")

    def close(self, reason: str) -> None:
        """Leave what waits to others, and the next run."""

    def enqueue_request(self, request: Request) -> bool:
        """Let a request wait, in order of its priority; False: it does already."""
        put = False
        with suppress(IgnoreRequest), self._run.writing():
            if "asked" in request.meta:
                put = self.queue.put(self.cluster, request, self.df.request_fingerprint(request))
            else:
                own = (-request.priority, next(self._number), request, self.cluster.mark(request.url))
                heapq.heappush(self._own, own)
                put = True
        return put

    def next_request(self) -> Request | None:
        """Take a request; None: there is none now, or this run asks for nothing more."""
        request: Request | None = None
        with suppress(IgnoreRequest), self._run.writing():
            self._settle()
            if self._own:
                _, _, request, self.cluster.held[request] = heapq.heappop(self._own)
            elif not self._is_ending:
                request = self.queue.take(self.cluster)
        return request

    def has_pending_requests(self) -> bool:
        """Tell whether anything waits, or is under way with another worker, which may bring more, or die."""
        waiting = bool(self._own)
        with suppress(IgnoreRequest), self._run.writing():
            self._settle()
            waiting = waiting or self.cluster.shared.waiting() > 0
        return waiting

    def _settle(self) -> None:
        self.cluster.settle(ending=self._is_ending)

    @property
    def _is_ending(self) -> bool:
        return bool(self._run.ends or self._run.spent)

    @property
    def _run(self) -> Run:
        return Run.of(self._crawler)
