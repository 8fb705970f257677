"""SURT: the key by which tools of the field find a URL in an index.  Pure; imports errors only.

Keys must equal those of the Python package `surt`, which pywb and cdxj-indexer look up
by: a test holds them against each other.  The package itself is AGPL, asks the resolver
about hosts of digits, and comes as source only; of its rules those are here that a URL of
this archive can meet (no session segments of .aspx paths, no numbers that stand for IPv4).
"""

import re
import string
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from archive.errors import BadUrl

_BARE = "".join(set(string.punctuation) - set("#%"))
"""What stands unescaped in a key beside letters and digits."""
_PLAIN = re.compile(r"(?:/(?!\.)(?:[^/%#\x00-\x20\x7f-\U0010ffff]++|%[89A-Fa-f][0-9A-Fa-f])+)+")
"""A path, as most are, in which nothing is to be taken away or undone, and nothing escaped but what must be."""
_WWW = re.compile(r"\Awww[0-9]*\.")
_PORTS = {"http": 80, "https": 443}
_SESSIONS = [
    re.compile(rf"(.*){session}(?:&(.*))?", re.IGNORECASE | re.ASCII)
    for session in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
]
"""Arguments of a query that name a visit, not a page."""


def key(url: str) -> str:
    """Return the key of an http(s) URL: host turned round, no scheme, no `www`, all of it in lower case.

    It is ASCII without blanks: "https://www.rfi.fr/cn/?b&a" -> "fr,rfi)/cn?a&b".  Raises BadUrl.
    """
    try:
        parts = urlsplit(url)
        site = _site(parts.scheme, parts.netloc)
        url.encode()  # half a surrogate pair has no bytes
    except ValueError as error:
        raise BadUrl(f"not a URL ({error}): {url[:200]!r}") from None
    if not site:
        raise BadUrl(f"not an http(s) URL with a host: {url[:200]!r}")
    query = _query(parts.query) if parts.query else ""
    return f"{site}){_path(parts.path)}" + (f"?{query}" if query else "")


@lru_cache
def _site(scheme: str, netloc: str) -> str:
    """Return host and port as a key has them, which are few; "" if that is no http(s) host.  Raises ValueError."""
    parts = SplitResult(scheme, netloc, "", "", "")
    host, port = (parts.hostname or "").strip("."), parts.port
    if scheme not in _PORTS or not host or not host.isascii():
        return ""
    turned = ",".join(reversed(_WWW.sub("", host).split(".")))
    return turned + (f":{port}" if port and port != _PORTS[scheme] else "")


def _path(path: str) -> str:
    """Return a path without dots, doubled slashes and a slash at its end."""
    if _PLAIN.fullmatch(path):
        return path.lower()
    kept = list[bytes]()
    for segment in _unescaped(path).split(b"/")[1:]:
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    return "/" + "/".join(_escaped(segment) for segment in kept if segment)


def _query(query: str) -> str:
    """Return a query without sessions, its arguments in order."""
    text = _escaped(_unescaped(query))
    for session in _SESSIONS:
        match = session.fullmatch(text)
        text = match.expand(r"\1\2") if match else text
    return "&".join(sorted(text.split("&"), key=lambda argument: argument.split("=", 1)))


def _unescaped(text: str) -> bytes:
    """Undo percent-encoding until nothing of it is left."""
    raw, before = unquote_to_bytes(text), b""
    while raw != before:
        before, raw = raw, unquote_to_bytes(raw)
    return raw


def _escaped(raw: bytes) -> str:
    return quote(raw, safe=_BARE).lower()
