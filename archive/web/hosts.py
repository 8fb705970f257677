"""Hosts: under which names the reader may be asked.  Pure.

A page of somebody else may lead a browser here under a name of its own (DNS rebinding), and
would then read what it finds: on loopback only the names of this machine are answered.
"""

import ipaddress
import re

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
"""Source: RFC 9110, 7.2, and RFC 3986, 3.2.2."""


def is_loopback(host: str) -> bool:
    """Tell whether an address or name to bind to is of this machine alone."""
    try:
        return host in LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def accepted(header: str | None, names: frozenset[str] | None) -> bool:
    """Tell whether a Host header is one that is answered.  names: None for any that is well formed."""
    found = _HOST.fullmatch(header or "")
    return found is not None and (names is None or (found[1] or found[2]).lower() in names)


def names(host: str) -> frozenset[str] | None:
    """Return the names that are answered where `host` is bound to: beyond loopback any, for we know none of them."""
    return LOOPBACK | {host.lower()} if is_loopback(host) else None
