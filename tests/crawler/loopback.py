"""The whole internet on loopback, for a crawl without a proxy.

    -s TWISTED_DNS_RESOLVER=tests.crawler.loopback.Resolver   LOOPBACK="80=40001 443=40002"

Every name is 127.0.0.1, and a port may lie elsewhere: both are what a resolver answers,
through a door of Scrapy's settings, so nothing of the crawler knows.
"""

import os
from typing import Any, Self

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from tests.site import Running

ADDRESS = "127.0.0.1"
SETTINGS: dict[str, object] = {"TWISTED_DNS_RESOLVER": f"{__name__}.Resolver"}
NOWHERE: dict[str, object] = {"TWISTED_DNS_RESOLVER": f"{__name__}.Nowhere"}


def environment(site: Running) -> dict[str, str]:
    """Environment of a crawl that meets this site at the ports of the web."""
    return {"LOOPBACK": f"80={site.port} 443={site.tls_port}"}


@implementer(IHostResolution)
class Name:
    """A name that is being resolved."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to stop: it is known at once."""


@implementer(IHostnameResolver)
class Resolver:
    """Knows every name."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    @classmethod
    def from_crawler(cls, _: object, reactor: Any) -> Self:
        """Scrapy's way in."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Take over."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self, receiver: Any, name: str, port: int = 0, *_: object, **named: Any
    ) -> Name:
        """Say where the name and the port are."""
        port = named.get("portNumber", port)
        moved = dict(pair.split("=") for pair in os.environ["LOOPBACK"].split())
        resolution = Name(name)
        receiver.resolutionBegan(resolution)
        receiver.addressResolved(IPv4Address("TCP", ADDRESS, int(moved.get(str(port), port))))
        receiver.resolutionComplete()
        return resolution


class Nowhere(Resolver):
    """Knows no name."""

    def resolveHostName(self, receiver: Any, name: str, *_: object, **__: Any) -> Name:  # noqa: N802 - Twisted's name
        """Say that there is no such name."""
        resolution = Name(name)
        receiver.resolutionBegan(resolution)
        receiver.resolutionComplete()
        return resolution
