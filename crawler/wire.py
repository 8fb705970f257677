"""Wire: the download handler that keeps the exact bytes of each exchange.

It tees Twisted's HTTP/1.1 connection beneath Scrapy's default handler, above TLS and
behind a proxy's CONNECT.  A tape (tape.py) belongs to Twisted's request object, since Twisted
sends a request again by itself when a kept connection has died.  What it leans on that
is private to others is listed, and looked for at start, in tested.py.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ITransport
from twisted.web import _newclient, client

from archive import decide
from archive.decide import BROKEN_OFF
from archive.exchange import Cut, Exchange, header_values
from archive.tally import NOT_MODIFIED
from archive.urls import may_be_fetched
from crawler import secrets
from crawler.politeness import hear, turn
from crawler.run import Run
from crawler.tape import Tape

logger = logging.getLogger(__name__)

FRAMING = 2
"""How many times DOWNLOAD_MAXSIZE an answer may be with its chunks' framing, which Scrapy does not count."""
UNASKED = "HTTP 304, though no version was named"


_TAPE: ContextVar[Tape] = ContextVar("tape")


class TeeTransport:
    """A transport that copies what is written to it."""

    def __init__(self, transport: Any, tape: Tape) -> None:
        """Stand before `transport` and write `tape`."""
        self._transport, self.tape = transport, tape

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Copy, and pass on."""
        self.tape.sent += data
        self._transport.write(data)

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        """Copy, and pass on as one piece."""
        self.write(b"".join(pieces))


_IN_HEAD = (_newclient.STATUS, _newclient.HEADER)


class TeeProtocol(http11._LenientHTTP11ClientProtocol):
    """A connection that copies both ways to the tape of the request under way."""

    tape: Tape | None = None

    def request(self, request: Any) -> Deferred[Any]:
        """Send a request that bears a tape."""
        plain = getattr(self.transport, "_transport", self.transport)
        self.tape = request.tape
        self.tape.begin(plain)
        self.transport = cast("ITransport", TeeTransport(plain, self.tape))
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Copy, and pass on, unless that is too much: neither Twisted nor Scrapy bounds a head, or chunks' framing."""
        if self.tape and self.tape.running:
            self.tape.hear(data)
            if self.tape.ends(in_head=self._parser is not None and self._parser.state in _IN_HEAD):
                cast("Any", self.transport).abortConnection()
                return
        super().dataReceived(data)


class TeeFactory(http11._LenientHTTP11ClientFactory):
    """Makes such connections."""

    def buildProtocol(self, addr: Any) -> TeeProtocol:  # noqa: N802 - Twisted's name
        """Return a new one."""
        return TeeProtocol(self._quiescentCallback)


class Labelled:
    """A connection that labels the next request with its tape."""

    def __init__(self, connection: Any, tape: Tape) -> None:
        """Stand before `connection`, which may send the labelled request more than once."""
        self._connection, self._tape = connection, tape

    def request(self, request: Any) -> Deferred[Any]:
        """Label, and pass on."""
        request.tape = self._tape
        return cast("Deferred[Any]", self._connection.request(request))


class TeePool(client.HTTPConnectionPool):
    """Hands out connections for the tape of the download that asks."""

    _factory = TeeFactory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        """Return a connection; asked within the call that set the tape, so never another's."""
        tape = _TAPE.get()
        connected = cast("Deferred[Any]", super().getConnection(key, endpoint))
        return connected.addCallback(Labelled, tape)


@contextmanager
def _taping(tape: Tape) -> Iterator[None]:
    token = _TAPE.set(tape)
    try:
        yield
    finally:
        _TAPE.reset(token)


class Wire(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; hands every exchange to the run before anything else sees the answer."""

    def __init__(self, crawler: Crawler) -> None:
        """Put the tee beneath the default handler."""
        super().__init__(crawler)
        from twisted.internet import reactor

        self._pool = TeePool(reactor, persistent=True)
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._run = Run.of(crawler)
        self._hide = secrets.hider(os.environ, crawler.settings)
        self._most = FRAMING * self._default_maxsize

    async def download_request(self, request: Request) -> Response:
        """Download; keep the exchange however it ends.

        An answer that is whole by its own framing is not asked for again because Twisted found fault
        with what came behind it: IgnoreRequest ends the download, and errbacks find it in `meta`.
        """
        if not may_be_fetched(request.url):
            raise IgnoreRequest(f"not one of the site's own addresses: {request.url}")
        await turn(self._run, request)
        self._run.tally.requests += 1
        tape, limit = Tape(self._run.now, self._most), self._run.grace.limit()
        request.meta["began"] = time.monotonic()
        try:
            async with limit:
                response = await self._downloaded(request, tape)
        except Exception as error:
            cut: Cut = BROKEN_OFF if limit.expired() else _cut(error)
            if self._keep(request, tape, cut, error):
                raise IgnoreRequest(f"whole, although {type(error).__name__}: {request.url}") from error
            if limit.expired():
                raise IgnoreRequest(f"told to stop, broken off: {request.url}") from error
            raise
        self._keep(request, tape, None, None)
        return response

    async def _downloaded(self, request: Request, tape: Tape) -> Response:
        """Download.  Raises DownloadCancelledError, which nobody tries again, for what was too long."""
        try:
            with _taping(tape):
                return await super().download_request(request)
        except Exception as error:
            if tape.too_long:
                raise DownloadCancelledError(f"more than an answer may have: {request.url}") from error
            raise

    def _keep(self, request: Request, tape: Tape, failed: Cut | None, error: Exception | None) -> bool:
        """Hand the exchange to the run; tell whether it is a whole 200."""
        with self._run.writing():
            exchange = tape.exchange(request.url, proxied=bool(request.meta.get("proxy")), failed=failed)
        if exchange is None and failed == BROKEN_OFF:
            pass  # no byte came because we did not wait for one, which is no failure of the site
        elif exchange is None:
            self._run.failed(request, self._hide(_why(error)) if error else "no answer")
        elif exchange.status == NOT_MODIFIED and not _conditional(exchange):
            self._run.failed(request, UNASKED)
            raise IgnoreRequest(f"{UNASKED}: {request.url}")
        else:
            self._handed_over(request, exchange)
        return exchange is not None and decide.outcome(exchange) is None

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


def _why(error: Exception) -> str:
    """Tell what a download ended with; Twisted wraps what went wrong on the connection."""
    reasons = getattr(error.__cause__, "reasons", None)
    return f"{type(error).__name__}: {reasons[0].getErrorMessage() if reasons else error}"


def _conditional(exchange: Exchange) -> bool:
    """Tell whether a request named the version that it knows."""
    return any(header_values(exchange.request, name) for name in ("if-none-match", "if-modified-since"))


def _cut(error: Exception) -> Cut:
    """Tell why an answer is cut, from the error its download ended with."""
    if isinstance(error, DownloadTimeoutError):
        return "time"
    return "length" if isinstance(error, DownloadCancelledError) else "disconnect"
