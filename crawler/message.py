"""Message: a Scrapy request as bytes and as a route, and the answer's bytes as a Scrapy response."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import NotSupported
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from archive.exchange import Exchange, fields
from crawler.dial import Route

PORTS = {"http": 80, "https": 443}
LOGIN = b"Proxy-Authorization"
"""Header with the password for a proxy, as Scrapy leaves it on a request."""


def route(request: Request) -> Route:
    """Return how the server of a request is reached.  Raises NotSupported: a proxy that cannot be asked for it."""
    url = urlparse_cached(request)
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    tls = host if url.scheme == "https" else ""
    named = request.meta.get("proxy")
    if not named:
        return Route(host, port, tls)
    proxy = urlsplit(named if "//" in named else f"http://{named}")
    there = proxy.hostname or "", proxy.port or PORTS.get(proxy.scheme, 80)
    if not tls:
        return Route(*there, tls=there[0] if proxy.scheme == "https" else "")
    if proxy.scheme != "http":
        raise NotSupported(f"a tunnel through a proxy of {proxy.scheme!r}")
    return Route(*there, tls, _connect(f"{host}:{port}".encode("ascii"), request))


def _connect(server: bytes, request: Request) -> bytes:
    """Return what asks a proxy for a tunnel."""
    login = request.headers.get(LOGIN)
    lines = [b"CONNECT %b HTTP/1.1" % server, b"Host: " + server, *([LOGIN + b": " + login] if login else [])]
    return b"\r\n".join((*lines, b"", b""))


def of(request: Request) -> bytes:
    """Return a request's bytes: its URL as it stands, to a proxy in absolute form; its own headers and Host, no other.

    Source: RFC 9112, 3.2.
    """
    url = request.url.partition("#")[0].encode("ascii")
    _, _, rest = url.partition(b"://")
    host = rest.partition(b"?")[0].partition(b"/")[0]
    plainly_by_proxy = request.meta.get("proxy") and url.startswith(b"http:")
    path = url if plainly_by_proxy else rest[len(host) :]
    target = path if path[:1] not in (b"", b"?") else b"/" + path
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target), b"Host: " + host]
    for name, values in request.headers.items():
        if plainly_by_proxy or name != LOGIN:
            lines += (name + b": " + b" ".join(value.splitlines()) for value in values)
    if request.body:
        lines.append(b"Content-Length: %d" % len(request.body))
    return b"\r\n".join((*lines, b"", request.body))


def response(request: Request, exchange: Exchange, *, until_closed: bool) -> Response:
    """Return an answer as Scrapy has it: content coding kept, all header fields.

    What is left to the pipelines is read from the exchange there: of it, Scrapy is told that it came.
    until_closed: nobody can tell whether it is whole.
    """
    url, body = request.url.partition("#")[0], bytes(exchange.body)
    if "exchange" in request.meta:
        return Response(url, body=body)
    headers = Headers(fields(exchange.head))
    made = responsetypes.from_args(headers=headers, url=url, body=body)
    return made(
        url=url,
        status=exchange.status,
        headers=headers,
        body=body,
        flags=["partial"] if until_closed else None,
    )
