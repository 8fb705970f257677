"""Politeness: two of Scrapy's own middlewares, each told one thing, and one that does what each host asks."""

import asyncio
import logging
import time
from dataclasses import replace
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.spidermiddlewares.referer import RefererMiddleware
from scrapy.utils.httpobj import urlparse_cached

from archive.decide import Asked, Outcome
from archive.exchange import Exchange
from archive.manners import guest
from archive.page import NotAnArticle, Why
from crawler.guest import HOME, name_of
from crawler.run import Run

logger = logging.getLogger(__name__)

OK, SERVER_ERROR = 200, 500
TICK = 0.5
"""Seconds after which whoever waits for a host looks whether the run goes on."""


class NoReferer(RefererMiddleware):
    """Never tells the site where a link was found; without one Scrapy warns in every run that redirects need it."""

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Leave the request as it is, whatever policy an answer names."""
        return request


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt; a host that cannot give one now is asked for nothing more in this run.

    Refused with a 4xx there is none, and nothing is forbidden; a 5xx or no answer forbids all.
    Source: RFC 9309, 2.3.1.3 and 2.3.1.4.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Scrapy's own, asked once a host."""
        super().__init__(crawler)
        self._told: dict[str, asyncio.Task[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return what robots.txt of the request's host says, to everybody who waits for it.

        Scrapy 2.19 tells the first who waits; the others get None, which it takes as "all allowed".
        """
        host = urlparse_cached(request).netloc
        if host not in self._told:
            self._told[host] = asyncio.ensure_future(super().robot_parser(request))
        return await asyncio.shield(self._told[host])

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let a request through, or raise IgnoreRequest; no parser: robots.txt could not be had."""
        if rp is None:
            raise IgnoreRequest("robots.txt cannot be had, so nothing may be asked for")
        super().process_request_2(rp, request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Take a robots.txt of status 5xx as none to be had."""
        if _is_robots(request) and response.status >= SERVER_ERROR:
            self._give_up(request, f"HTTP {response.status}")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """End the fetch of a robots.txt, after all its tries, in order: Scrapy would log a traceback."""
        if _is_robots(request):
            self._give_up(request, str(exception))

    def _give_up(self, request: Request, why: str) -> None:
        logger.warning("%s cannot be had (%s): nothing more is asked of this host in this run", request.url, why)
        raise IgnoreRequest("robots.txt cannot be had")


class AsGuest:
    """Keeps from a host what it does not want to be asked."""

    def __init__(self, run: Run, agent: str) -> None:
        """Look for `agent` in robots.txt."""
        self._run, self._agent = run, agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        polite = cls(Run.of(crawler), crawler.settings["ROBOTSTXT_USER_AGENT"])
        crawler.signals.connect(polite.opened, signal=signals.spider_opened)
        return polite

    def opened(self, spider: Spider) -> None:
        """End a run before its first request while the site rests, unless somebody asks by hand."""
        plan = getattr(spider, "plan", None)
        self._run.guest.forward = bool(plan and plan.asked is Asked.USER)
        if why := self._run.guest.shut(HOME):
            self._run.refused = why
            raise CloseSpider("refused")

    def process_request(self, request: Request) -> None:
        """Let a request through, or raise IgnoreRequest: its host is asked for nothing now."""
        _may_ask(self._run, name_of(request.url))

    def process_response(self, request: Request, response: Response) -> Response:
        """Read in a robots.txt at what distance it wants its requests."""
        kind = response.headers.get("Content-Type") or b""
        if _is_robots(request) and response.status == OK and b"html" not in kind:
            self._obey(request, response)
        return response

    def _obey(self, request: Request, response: Response) -> None:
        """Keep the distance that a robots.txt wants between two requests."""
        rules = ProtegoRobotParser(response.body, None)
        rate = rules.rp.request_rate(self._agent)
        delay = guest.delay(rules.crawl_delay(self._agent), rate and (rate.requests, rate.seconds))
        with self._run.writing():
            self._run.guest.asks_for(name_of(request.url), delay)


async def turn(run: Run, request: Request) -> None:
    """Wait until the host of a request may be asked: the last step before it is.

    Raises IgnoreRequest if the host is not to be asked in this run, or the run ends before.
    """
    name = name_of(request.url)
    while max(pause := run.guest.paused(name), early := run.guest.early(name)) > 0:
        if pause > 0 and time.monotonic() + pause > run.deadline:
            run.spend("MAX_RUNTIME")
        if run.ends or (pause > 0 and run.spent):
            raise IgnoreRequest(f"the run ends before {name} may be asked again")
        await asyncio.sleep(min(max(pause, early), TICK))
    if run.ends:
        raise IgnoreRequest(f"the run ends before {name} may be asked")
    _may_ask(run, name)
    run.guest.met(name)


def _may_ask(run: Run, name: str) -> None:
    if why := run.refused or run.guest.shut(name):
        raise IgnoreRequest(why)


def hear(run: Run, request: Request, exchange: Exchange) -> None:
    """Tell the run what an answer says of being welcome, before the next request goes out.

    A page that may be an article says it when it was read; that a robots.txt is given says nothing of the rest.
    """
    if "exchange" in request.meta:
        return
    if _is_challenge(request.meta.get("taken")):
        run.heard(request.url, guest.CHALLENGED)
        return
    said = guest.answer(exchange.status, exchange.header("retry-after"), exchange.header("date"), run.now())
    run.heard(request.url, replace(said, good=said.good and not exchange.truncated and not _is_robots(request)))


def _is_challenge(taken: Any) -> bool:
    """Tell whether an answer was taken for a challenge."""
    return isinstance(taken, Outcome | NotAnArticle) and str(taken).startswith(Why.CHALLENGE)


def _is_robots(request: Request) -> bool:
    return bool(request.url.endswith("/robots.txt") and request.meta.get("dont_obey_robotstxt"))
