"""Politeness: two of Scrapy's own middlewares, each told one thing."""

import asyncio
import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.referer import RefererMiddleware
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)

SERVER_ERROR = 500


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


def _is_robots(request: Request) -> bool:
    return bool(request.url.endswith("/robots.txt") and request.meta.get("dont_obey_robotstxt"))
