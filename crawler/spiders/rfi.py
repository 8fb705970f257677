"""The spiders rfi_cn and rfi_tw: links in, requests out, pages handed over."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self
from weakref import WeakSet

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from archive import decide, urls
from archive.decide import Asked, Outcome, State
from archive.gaps.backfill import Answer, Span, today
from archive.listing import Listing
from archive.page import Page
from archive.pages.requisites import Sheet
from archive.rfi.editions import BY_SPIDER, Edition
from archive.runs.tally import NOT_MODIFIED, Hearing
from crawler import arguments, belongings
from crawler.agent import introduce
from crawler.backfill import Backfill
from crawler.belongings import Belongings
from crawler.pipelines import Fetched
from crawler.recheck import NEW, Recheck
from crawler.run import Run

logger = logging.getLogger(__name__)

FIRST = 1 << 40
"""Priority of listings.  An article's is its rank, so that the newest come first."""
AHEAD, PAUSE = 1000, 0.5
"""Requests to begin with that may wait at once, and seconds until the next look at how many do."""
Requests = Iterator[Request]


class Rfi(Spider):
    """One edition: feed and news sitemap first, section pages where those are not to be had."""

    allowed_domains = urls.DOMAINS

    def __init__(self, /, **given: str) -> None:
        """Take the arguments of the command line.  Raises BadUsage."""
        super().__init__(self.name)
        self.edition: Edition = BY_SPIDER[self.name]
        self.plan = arguments.read(**given)
        self.limit = self.plan.limit
        self.span: Span | None = None
        """Days of a backfill."""
        self.backfill: Backfill | None = None
        self.found: set[str] = set()
        """Articles that listings have named in this run."""
        self.awaited: set[str] = set()
        """Surfaces that were asked and have not been heard yet."""
        self.given = WeakSet[Request]()
        """What the run began with, as long as anybody has it."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way in."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        belongings.pictures(crawler.settings)
        arguments.check_numbers(crawler.settings)
        arguments.check_frontier(spider.plan, crawler.settings["QUEUE_URL"])
        spider.span = arguments.span(spider.plan, today(load_object(crawler.settings["CLOCK"])()))
        crawler.signals.connect(spider.archived, signal=signals.item_scraped)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Say honestly who asks: the archiver, its version, whom to write to."""
        super().update_settings(settings)
        introduce(settings)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for what the user named; else for the listings, and for what earlier runs left undone."""
        self.run = Run.of(self.crawler)
        self.recheck = Recheck(self.run, self.edition, self.settings["RECHECK"], self.page, self.no_page)
        self.belongings = Belongings(self.run, self.settings, self.page, self.sheet, self.no_page)
        for line in self.plan.bad_lines:
            logger.warning("passed over: %s", line)
        for request in self._discover() if self.plan.asked is Asked.LISTING else self._asked():
            while self._ahead():  # noqa: ASYNC110 - nobody tells when a request is let go of
                await asyncio.sleep(PAUSE)
            self.given.add(request)
            yield request

    def _ahead(self) -> bool:
        """Tell whether enough waits for its turn: a user may name very much.  A cluster's queue takes it at once."""
        return len(self.given) >= AHEAD and self.crawler.engine.needs_backout() and not self.settings["QUEUE_URL"]

    def _asked(self) -> Requests:
        return (self._page(url, rank, self.plan.asked) for url, rank in self.plan.urls)

    def _discover(self) -> Requests:
        if not self.settings["CONTACT"]:
            logger.warning(
                "CONTACT is not set: give a URL or mail address, so that the site can write to whoever runs this"
            )
        if self.span:
            self.backfill = Backfill(self.run, self.edition, self.plan, self.span)
            return self._step(self.backfill)
        if self.plan.discover == arguments.FRONTIER:
            return iter(())
        surfaces = {"rss": self.edition.feed, "news": self.edition.news_sitemap}
        upper = {name: surfaces[name] for name in self.plan.discover if name in surfaces}
        return self._listings(upper) if upper else self._sections()

    def _step(self, backfill: Backfill) -> Requests:
        """Ask for the next listings of a backfill; after the last, for the articles."""
        asks = backfill.asks
        yield from (self._listing(a.surface, a.url, whole=a.whole, signpost=a.signpost) for a in asks)
        if not asks:
            backfill.plan(self.settings, belongings.pictures(self.settings))
            yield from self._backlog()

    def idle(self) -> None:
        """Ask for the next portion of a backfill: all that was asked for has come.  Raises DontCloseSpider."""
        if self.backfill and not self.run.ends and (portion := self.backfill.portion()):
            for url, rank in portion:
                self.crawler.engine.crawl(self._page(url, rank, Asked.LISTING))
            raise DontCloseSpider

    def _backlog(self) -> Requests:
        """Ask for what earlier runs left undone: after the last listing, so that what is new goes first.

        A backfill takes its articles from there alone, and only pictures of its days.
        """
        backfill = self.backfill
        left = ((url, rank) for url, rank, _ in self.run.archive.index.open_urls(urls.Kind.ARTICLE))
        for url, rank in backfill.portion() if backfill else left:
            if urls.is_article(url, self.edition):
                yield self._page(url, rank, Asked.LISTING)
        yield from self.belongings.left(backfill.near) if backfill else self.belongings.left()

    def _sections(self) -> Requests:
        return self._listings({urls.section_name(url): url for url in self.edition.section_pages})

    def _listings(self, surfaces: dict[str, str]) -> Requests:
        self.awaited |= surfaces.keys()
        return (self._listing(name, url) for name, url in surfaces.items())

    def _listing(self, name: str, url: str, *, whole: bool = False, signpost: bool = False) -> Request:
        """Ask for a listing, and only for what is new in it, or for the whole.

        Each is heard of once, whatever it redirects to: two that lead to one page are two.
        """
        etag, last_modified = (None, None) if whole else self.run.archive.index.validators(url)
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return Request(
            url,
            callback=self.listed,
            errback=self.not_listed,
            headers={header: value for header, value in headers.items() if value},
            priority=FIRST,
            dont_filter=True,
            meta={"surface": name, "signpost": signpost, "handle_httpstatus_list": [NOT_MODIFIED]},
        )

    def _page(self, url: str, rank: int, asked: Asked, **named: str) -> Request:
        lifted, meta = rank // 60 + (NEW if named else 0), {"asked": asked, **named}
        return Request(url, callback=self.page, errback=self.no_page, priority=lifted, meta=meta)

    def listed(self, response: Response) -> Requests:
        """Ask for the articles of a listing."""
        yield from self._heard(response.meta | {"status": response.status, "body": response.body}, response.url)

    def not_listed(self, failure: Failure) -> Requests:
        """Go on without a listing that could not be had, or could not be read on the way here."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it on every errback's failure
        yield from self._heard(request.meta, request.url, failure.getErrorMessage())

    def _heard(self, meta: dict[str, Any], url: str, why: str = "") -> Requests:
        """Ask for what a surface names; after the last one, cast the net below if need be, or turn to the backlog."""
        surface, found, status = meta["surface"], meta.get("taken"), meta.get("status")
        if self.run.stopped:
            return  # nothing more is asked for, and a listing that we broke off ourselves has not failed
        listing = found if isinstance(found, Listing) else None
        pointed = meta["signpost"] and isinstance(found, Outcome) and found.state is State.ARCHIVED
        if not listing and not pointed and status != NOT_MODIFIED:
            why = "no listing, but an article" if isinstance(found, Page) else str(found or why)
            logger.warning("%s gave no links: %s", surface, why)
        else:
            astray = surface in arguments.SURFACES and self._is_section(url)
            why = "it led to a section page" if astray else ""
        self.run.tally.heard[surface] = Hearing(surface, url, len(listing.links) if listing else 0, status, why)
        self.awaited.discard(surface)
        if self.backfill:
            body = meta.get("body", b"") if listing or pointed else b""
            if self.backfill.heard(surface, Answer(urls.canonical(url), status, listing, body)):
                yield from self._step(self.backfill)
            return
        if listing:
            yield from self._links(listing, surface)
            yield from self.recheck.named(listing)
        if not self.awaited:
            yield from self._sections() if self._net() else (*self.recheck.due(), *self._backlog())

    def _links(self, found: Listing, surface: str) -> Requests:
        """Ask for what a listing names that no other has named in this run, newest first."""
        links = [link for link in found.links if urls.is_article(link.url, self.edition) and link.url not in self.found]
        self.found.update(link.url for link in links)
        self.run.tally.counts["found"] += len(links)
        if found.damage:
            logger.warning("%s", found.damage)
        ranked = {link.url: urls.rank(link.url, link.published) for link in links}
        for url in sorted(ranked, key=ranked.__getitem__, reverse=True):
            yield self._page(url, ranked[url], Asked.LISTING, surface=surface)

    def _net(self) -> bool:
        """Tell whether section pages must serve now: feed and sitemap were heard, they were not."""
        upper, heard = set(self.plan.discover) - {"sections"}, self.run.tally.heard
        if "sections" not in self.plan.discover or heard.keys() != upper:
            return False
        return decide.sections_needed({name: not listing.why for name, listing in heard.items()})

    def _is_section(self, url: str) -> bool:
        return not set(self.edition.section_pages).isdisjoint(belongings.canonical([url]))

    def page(self, response: Response) -> Iterable[Fetched]:
        """Hand a page over to the pipelines."""
        yield from self._handed_over(response.meta)

    def no_page(self, failure: Failure) -> Iterable[Fetched]:
        """Hand over what was fetched but could not be read on the way here, too."""
        yield from self._handed_over(failure.request.meta)  # type: ignore[attr-defined]  # as above

    def _handed_over(self, meta: dict[str, Any]) -> Iterable[Fetched]:
        if exchange := meta.pop("exchange", None):
            yield Fetched(exchange, exchange.url)

    def sheet(self, response: Response) -> Iterator[Request | Fetched]:
        """Ask for what a stylesheet names."""
        yield from self._handed_over(response.meta)
        if isinstance(found := response.meta.get("taken"), Sheet):
            yield from self.belongings.need(found.names)

    def archived(self, item: Fetched) -> None:
        """Ask for what belongs to an article that was archived just now."""
        for request in self.belongings.of(item.exchange, item.made.page if item.made else None):
            self.crawler.engine.crawl(request)


class RfiCn(Rfi):
    """The simplified edition, 法广."""

    name = "rfi_cn"


class RfiTw(Rfi):
    """The traditional edition, 法廣."""

    name = "rfi_tw"
