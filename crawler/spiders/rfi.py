"""The spiders rfi_cn and rfi_tw: links in, requests out, pages handed over."""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive import __version__, decide, ledger, urls
from archive.decide import Asked
from archive.editions import BY_SPIDER, Edition
from archive.errors import BadUsage
from archive.listing import Listing
from crawler import arguments
from crawler.pipelines import Fetched
from crawler.run import NOT_MODIFIED, Run, now

logger = logging.getLogger(__name__)

FIRST = 1 << 40
"""Priority of listings.  An article's is its rank, so that the newest come first; a picture's is below all."""
IMAGES = ("lead", "all", "none")
Requests = Iterator[Request]


class Rfi(Spider):
    """One edition: feed and news sitemap first, section pages where those are not to be had."""

    allowed_domains = urls.DOMAINS

    def __init__(
        self, url: str | None = None, urls: str | None = None, limit: str | None = None, discover: str | None = None
    ) -> None:
        """Take the arguments of the command line.  Raises BadUsage."""
        super().__init__(self.name)
        self.edition: Edition = BY_SPIDER[self.name]
        self.plan = arguments.read(url=url, urls_file=urls, limit=limit, discover=discover)
        self.limit = self.plan.limit
        self.heard: dict[str, bool] = {}
        """Each surface that was asked, and whether it gave links or said that nothing is new."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way in."""
        try:
            spider = super().from_crawler(crawler, *args, **kwargs)
        except TypeError as error:
            raise BadUsage(
                f"an argument -a that {cls.name} does not have ({error}): it has url, urls, limit, discover"
            ) from None
        if crawler.settings["IMAGES"] not in IMAGES:
            raise BadUsage(f"IMAGES={crawler.settings['IMAGES']}: it is one of {', '.join(IMAGES)}")
        crawler.signals.connect(spider.archived, signal=signals.item_scraped)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Say honestly who asks: the archiver, its version, whom to write to."""
        super().update_settings(settings)
        contact = " ".join(settings["CONTACT"].split())
        settings.set(
            "USER_AGENT",
            f"rfi-archive/{__version__} ({'+' + contact if contact else 'no contact given'})",
            priority="spider",
        )

    async def start(self) -> AsyncIterator[Request]:
        """Ask for what the user named; else for the listings, and for what earlier runs left undone."""
        self.run = Run.of(self.crawler)
        for line in self.plan.bad_lines:
            logger.warning("passed over: %s", line)
        for request in self._asked() if self.plan.urls else self._discover():
            yield request

    def _asked(self) -> Requests:
        for url in self.plan.urls:
            yield self._page(url, ledger.rank(url), self.plan.asked)

    def _discover(self) -> Requests:
        if not self.settings["CONTACT"]:
            logger.warning(
                "CONTACT is not set: give a URL or mail address, so that the site can write to whoever runs this"
            )
        surfaces = {"rss": [self.edition.feed], "news": [self.edition.news_sitemap]}
        upper = [name for name in self.plan.discover if name in surfaces]
        for name in upper:
            yield from (self._listing(name, url) for url in surfaces[name])
        if not upper:
            yield from self._sections()
        for url, rank, _ in self.run.archive.index.open_urls(urls.Kind.ARTICLE):
            if urls.is_article(url, self.edition):
                yield self._page(url, rank, Asked.LISTING)
        if self.settings["IMAGES"] != "none":
            yield from (self._picture(url) for url, _, _ in self.run.archive.index.open_urls(urls.Kind.IMAGE))

    def _sections(self) -> Requests:
        return (self._listing(urls.section_name(url), url) for url in self.edition.section_pages)

    def _listing(self, name: str, url: str) -> Request:
        """Ask for a listing, and only for what is new in it."""
        etag, last_modified = self.run.archive.index.validators(url)
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return Request(
            url,
            callback=self.listed,
            errback=self.not_listed,
            headers={header: value for header, value in headers.items() if value},
            priority=FIRST,
            meta={"surface": name, "handle_httpstatus_list": [NOT_MODIFIED]},
        )

    def _page(self, url: str, rank: int, asked: Asked) -> Request:
        return Request(url, callback=self.page, errback=self.no_page, priority=rank // 60, meta={"asked": asked})

    def _picture(self, url: str) -> Request:
        return Request(url, callback=self.done, errback=self.done, priority=-FIRST, meta={"asked": Asked.LISTING})

    def listed(self, response: Response) -> Requests:
        """Ask for the articles of a listing."""
        found = response.meta.get("taken")
        if isinstance(found, Listing):
            links = [link for link in found.links if urls.is_article(link.url, self.edition)]
            self.run.count("found", len(links))
            yield from (self._page(link.url, ledger.rank(link.url, link.published), Asked.LISTING) for link in links)
            if found.damage:
                logger.warning("%s: %s", response.url, found.damage)
        yield from self._heard(
            response.meta["surface"], response.status == NOT_MODIFIED or isinstance(found, Listing), found
        )

    def not_listed(self, failure: Failure) -> Requests:
        """Go on without a listing that could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it on every errback's failure
        yield from self._heard(
            request.meta["surface"], good=False, found=request.meta.get("taken") or failure.getErrorMessage()
        )

    def _heard(self, surface: str, good: bool, found: object) -> Requests:
        """Note what became of a surface; after the last of feed and sitemap, cast the net below if need be."""
        if not good:
            logger.warning("%s gave no links: %s", surface, found)
        self.heard[surface] = good
        upper = [name for name in self.plan.discover if name != "sections"]
        net = "sections" in self.plan.discover and surface in upper and self.heard.keys() >= set(upper)
        if net and decide.sections_needed({name: self.heard[name] for name in upper}):
            yield from self._sections()

    def page(self, response: Response) -> Iterable[Fetched]:
        """Hand a page over to the pipelines."""
        yield from self._handed_over(response.meta)

    def no_page(self, failure: Failure) -> Iterable[Fetched]:
        """Hand over what was fetched but could not be read on the way here, too."""
        yield from self._handed_over(failure.request.meta)  # type: ignore[attr-defined]  # as above

    def _handed_over(self, meta: dict[str, Any]) -> Iterable[Fetched]:
        if exchange := meta.pop("exchange", None):
            yield Fetched(exchange, exchange.url)

    def done(self, _: object) -> None:
        """Do nothing more: the exchange is recorded."""

    def archived(self, item: Fetched) -> None:
        """Ask for the pictures of an article that was archived just now."""
        facts = item.page.facts if item.page else None
        wanted = {"lead": 1, "all": None, "none": 0}[self.settings["IMAGES"]]
        pictures = [urls.canonical(url) for url in (facts.image, *facts.pictures) if url][:wanted] if facts else []
        known = self.run.archive.index.known(pictures)
        for url in pictures:
            if decide.fetch(known.get(url), Asked.LISTING, now()):
                self.crawler.engine.crawl(self._picture(url))


class RfiCn(Rfi):
    """The simplified edition, 法广."""

    name = "rfi_cn"


class RfiTw(Rfi):
    """The traditional edition, 法廣."""

    name = "rfi_tw"
