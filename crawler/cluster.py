"""Cluster: what QUEUE_URL turns on, and what one worker holds of what all share.

An add-on, since whatever it turns on must be known before the engine is made.  Without QUEUE_URL
it changes nothing and imports nothing.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from archive.files import worker
from archive.rfi.editions import BY_SPIDER

if TYPE_CHECKING:
    from crawler.shared import Shared

SETTINGS = {
    "SCHEDULER": "crawler.frontier.Frontier",
    "SCHEDULER_QUEUE_CLASS": "crawler.frontier.Queue",
    "SCHEDULER_QUEUE_KEY": "rfi-archive:%(spider)s:requests",
    "SCHEDULER_SERIALIZER": "crawler.letter",
    "DUPEFILTER_CLASS": "crawler.frontier.Doubles",
}
"""What stands in the place of Scrapy's own."""
ADDED = {
    "DOWNLOADER_MIDDLEWARES": {"crawler.leases.Leased": 990},
    "ITEM_PIPELINES": {"crawler.leases.Fenced": 50},
    "EXTENSIONS": {"crawler.joining.Joining": 3},
}
"""What stands beside the others."""
WAIT = 0.2
"""Seconds between two looks whether another worker is done."""
BEATS = 3
"""Signs of life in the time of one lease."""


@dataclass(slots=True)
class Held:
    """A request that this worker has taken."""

    text: str
    """As it stands in Redis."""
    fingerprint: str = ""
    """Of its URL; "": it is this worker's own, and nobody else can take it up."""
    lease: tuple[str, str] | None = field(default=None)
    """URL and token of its lease, once it has one."""


class Cluster:
    """One worker."""

    shared: "Shared"

    def __init__(self, crawler: Crawler) -> None:
        """Raises NotConfigured, unless this crawl is one of many workers."""
        if not crawler.settings["QUEUE_URL"] or crawler.spidercls.name not in BY_SPIDER:
            raise NotConfigured
        self._crawler = crawler
        self.held: dict[Request, Held] = {}
        """What is taken and not settled yet."""
        self._marks = 0
        self._over = threading.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the worker that a crawler is."""
        return next(addon for addon in crawler.addons.addons if isinstance(addon, cls))

    @classmethod
    def alone(cls, crawler: Crawler, what: str) -> AbstractContextManager[None]:
        """Return what keeps other workers, if there are any, from doing something meanwhile."""
        return next((one.first(what) for one in crawler.addons.addons if isinstance(one, cls)), nullcontext())

    def update_settings(self, settings: BaseSettings) -> None:
        """Turn on what workers need, and give signs of life, before the archive is opened: that may take its time.

        Raises BadUsage, CannotWrite.
        """
        from crawler.shared import Shared

        for name, value in {**SETTINGS, "REDIS_URL": settings["QUEUE_URL"]}.items():
            settings.set(name, value, "project")  # above what settings.py says
        for name, more in ADDED.items():
            settings[name].update(more, "addon")
        lease = settings.getfloat("LEASE")
        name = worker.name(Path(settings["ARCHIVE_DIR"]))
        self.shared = Shared(settings["QUEUE_URL"], self._crawler.spidercls.name, name, lease)
        self.shared.beat()
        threading.Thread(target=self._live, args=(lease / BEATS,), daemon=True).start()

    def _live(self, pause: float) -> None:
        """Give signs of life, whatever else this process waits for."""
        while not self._over.wait(pause):
            with suppress(ArchiveError):  # who works finds out, and ends the run
                self.shared.beat()

    # What this worker holds

    def mark(self, url: str) -> Held:
        """Say that there is something to do that only this worker can."""
        self._marks += 1
        mark = Held(f"!{self._marks} {url}")
        self.shared.hold(mark.text)
        return mark

    def settle(self, *, ending: bool) -> None:
        """Let go of the requests that have ended.  ending: what was not begun is for others, not dropped."""
        slot = self._crawler.engine._slot  # noqa: SLF001 - nothing else tells when a request has wholly ended
        under_way = slot.inprogress if slot else ()
        for request in [one for one in self.held if one not in under_way]:
            self.let_go(request, again=ending and "began" not in request.meta)

    def let_go(self, request: Request, *, again: bool) -> None:
        """Let go of a request.  again: it waits once more."""
        held = self.held.pop(request)
        if held.lease:
            self.shared.release(*held.lease)
        if held.fingerprint and again:
            self.shared.back(held.text, request.priority)
        elif held.fingerprint:
            self.shared.done(held.text, held.fingerprint)
        else:
            self.shared.unhold(held.text)

    @contextmanager
    def first(self, what: str) -> Iterator[None]:
        """Do something while no other worker does it; one that dies over it is waited for, no longer than a lease."""
        while (token := self.shared.lease(what)) is None:
            time.sleep(WAIT)
        try:
            yield
        finally:
            self.shared.release(what, token)

    def end(self) -> None:
        """Let go of all, and give no more signs of life."""
        self._over.set()
        self.shared.leave()
