"""Lookup: where a host is, by the reactor's resolver, so that Scrapy's TWISTED_DNS_RESOLVER counts."""

import asyncio
from ipaddress import ip_address
from typing import Any

from scrapy.exceptions import CannotResolveHostError
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

Address = tuple[str, int]
"""IP address and port."""


async def addresses(host: str, port: int) -> list[Address]:
    """Look up where a host is.  Raises CannotResolveHostError."""
    try:
        return [(str(ip_address(host)), port)]
    except ValueError:
        pass
    from twisted.internet import reactor

    found: asyncio.Future[list[Address]] = asyncio.get_running_loop().create_future()
    reactor.nameResolver.resolveHostName(Found(found), host, port)
    if known := await found:
        return known
    raise CannotResolveHostError(f"no address is known for {host}")


@implementer(IResolutionReceiver)
class Found:
    """Gathers what a resolver says."""

    def __init__(self, found: "asyncio.Future[list[Address]]") -> None:
        """Tell `found` when all is said."""
        self._found = found
        self._addresses: list[Address] = []

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803 - Twisted's names
        """Nothing is known yet."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        """Note one more."""
        self._addresses.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        """Tell, if anybody waits still."""
        if not self._found.done():
            self._found.set_result(self._addresses)
