"""Proxied: the middleware that sends requests by the proxies that the environment names."""

from functools import cache
from urllib.request import getproxies, proxy_bypass

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.utils.httpobj import urlparse_cached


class Proxied(HttpProxyMiddleware):
    """Scrapy's own, told which proxy to take: it would read the whole environment again for each request."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Name the proxy, its password in a header."""
        url = urlparse_cached(request)
        request.meta["proxy"] = named(url.scheme, url.hostname or "")
        super().process_request(request)


@cache
def named(scheme: str, host: str) -> str | None:
    """Return the proxy by which a host is reached; None: it is asked itself."""
    return None if proxy_bypass(host) else getproxies().get(scheme)
