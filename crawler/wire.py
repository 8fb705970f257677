"""Wire: the download handler that keeps the exact bytes of each exchange.

It speaks HTTP/1.1 on asyncio by itself (connection.py), since no client that is there hands out what crossed
the connection.  A tape (tape.py) belongs to one request, which may be sent twice: a kept connection may have died.
"""

import asyncio
import logging
import os
import time

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response

from archive import decide
from archive.decide import BROKEN_OFF
from archive.exchange import Cut, Exchange, header_values
from archive.runs.tally import NOT_MODIFIED
from archive.urls import may_be_fetched
from crawler import message, secrets
from crawler.dial import Dial
from crawler.framing import Framing
from crawler.guest import name_of
from crawler.politeness import hear, turn
from crawler.pool import Pool
from crawler.run import Run
from crawler.tape import Tape

logger = logging.getLogger(__name__)

FRAMING = 2
"""How many times DOWNLOAD_MAXSIZE an answer may be with its chunks' framing, which Scrapy does not count."""
UNASKED = "HTTP 304, though no version was named"


class Wire(BaseDownloadHandler):
    """Fetches http and https; hands every exchange to the run before anything else sees the answer."""

    def __init__(self, crawler: Crawler) -> None:
        """Keep as many connections to a host as it may be asked at once."""
        super().__init__(crawler)
        settings = crawler.settings
        most = settings.getint("DOWNLOAD_MAXSIZE")
        self._run = Run.of(crawler)
        self._hide = secrets.hider(os.environ, settings)
        self._most = FRAMING * most
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT") or None
        self._pool = Pool(settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        self._dial = Dial(verify=settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"), most=most)

    async def close(self) -> None:
        """Close what is kept."""
        self._pool.close()

    async def download_request(self, request: Request) -> Response:
        """Download, when the host may be asked.  Raises IgnoreRequest: it may not."""
        if not may_be_fetched(request.url):
            raise IgnoreRequest(f"not one of the site's own addresses: {request.url}")
        async with self._pool.room[name_of(request.url)]:  # Scrapy's own limit holds with a DOWNLOAD_DELAY only
            await turn(self._run, request)
            self._run.tally.requests += 1
            return await self._downloaded(request)

    async def _downloaded(self, request: Request) -> Response:
        """Download; keep the exchange however it ends.

        An answer that is whole by its own framing is not asked for again because something went wrong
        behind it: IgnoreRequest ends the download, and errbacks find it in `meta`.
        """
        tape, limit = Tape(self._run.now, self._most), self._run.grace.limit()
        request.meta["began"] = time.monotonic()
        try:
            async with limit:
                framing = await self._fetched(request, tape)
        except Exception as error:
            cut: Cut = BROKEN_OFF if limit.expired() else _cut(error)
            if _is_whole(self._keep(request, tape, cut, error)):
                raise IgnoreRequest(f"whole, although {type(error).__name__}: {request.url}") from error
            if limit.expired():
                raise IgnoreRequest(f"told to stop, broken off: {request.url}") from error
            raise
        exchange = self._keep(request, tape, None, None)
        assert exchange
        return message.response(request, exchange, until_closed=framing.until_closed)

    async def _fetched(self, request: Request, tape: Tape) -> Framing:
        """Fetch onto a tape.  Raises what Scrapy knows: DownloadTimeoutError and the like."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._asked(request, tape)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"Getting {request.url} took longer than {self._seconds} seconds.") from error

    async def _asked(self, request: Request, tape: Tape) -> Framing:
        """Ask on a kept connection; on a new one if there is none, or if it ends without a byte of an answer."""
        route, sent, began = message.route(request), message.of(request), time.monotonic()
        while True:
            framing = Framing(to_head=request.method == "HEAD")
            kept = self._pool.take(route)
            connection = kept or await self._dial(route)
            try:
                await connection.ask(sent, framing, tape)
            except DownloadFailedError:
                if not kept or tape.received:
                    raise
            else:
                request.meta["download_latency"] = connection.headed - began
                self._pool.keep(route, connection)
                return framing

    def _keep(self, request: Request, tape: Tape, failed: Cut | None, error: Exception | None) -> Exchange | None:
        """Hand the exchange to the run; return it, if there is any."""
        with self._run.writing():
            exchange = tape.exchange(request.url, proxied=bool(request.meta.get("proxy")), failed=failed)
        if exchange is None and failed == BROKEN_OFF:
            pass  # no byte came because we did not wait for one, which is no failure of the site
        elif exchange is None:
            self._run.failed(request, self._hide(f"{type(error).__name__}: {error}") if error else "no answer")
        elif exchange.status == NOT_MODIFIED and not _conditional(exchange):
            self._run.failed(request, UNASKED)
            raise IgnoreRequest(f"{UNASKED}: {request.url}")
        else:
            self._handed_over(request, exchange)
        return exchange

    def _handed_over(self, request: Request, exchange: Exchange) -> None:
        """Hand over; a mistake of ours must not pass for a failed download."""
        try:
            self._run.exchanged(request, exchange, time.monotonic() - request.meta["began"])
            hear(self._run, request, exchange)
        except IgnoreRequest:
            raise
        except Exception:
            logger.exception("%s was fetched, but could not be kept", request.url)
            self._run.unexpected()
            raise


def _is_whole(exchange: Exchange | None) -> bool:
    """Tell whether an answer is a whole 200."""
    return exchange is not None and decide.outcome(exchange) is None


def _conditional(exchange: Exchange) -> bool:
    """Tell whether a request named the version that it knows."""
    return any(header_values(exchange.request, name) for name in ("if-none-match", "if-modified-since"))


def _cut(error: Exception) -> Cut:
    """Tell why an answer is cut, from the error its download ended with."""
    if isinstance(error, DownloadTimeoutError):
        return "time"
    return "length" if isinstance(error, DownloadCancelledError) else "disconnect"
