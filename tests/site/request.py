"""A request as it came in, taken apart just enough to answer it.  Pure."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit


class BadRequestError(ValueError):
    """The head is no HTTP/1.1 request; answered with 400 and a closed connection."""


def decoded(text: str) -> str:
    """Undo percent-encoding; bytes that came raw are UTF-8 too (heads are read as latin-1)."""
    return unquote_to_bytes(text.encode("latin-1")).decode("utf-8", "replace")


@dataclass(frozen=True)
class Request:
    """One request; `raw` are its exact bytes, head and body."""

    method: str
    target: str
    headers: dict[str, str]
    raw: bytes
    scheme: str
    tunnel: str
    """Host and port of the CONNECT around it; empty outside of a tunnel."""
    body: bytes = b""

    @property
    def host(self) -> str:
        """Name of the host that is meant, lower case, without a port."""
        absolute = urlsplit(self.target).hostname if "://" in self.target else None
        named = self.headers.get("host", "") or self.tunnel
        return (absolute or named.split(":")[0]).lower()

    @property
    def local(self) -> str:
        """Path and query, whatever form the target has."""
        if "://" not in self.target:
            return self.target
        parts = urlsplit(self.target)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def url(self) -> str:
        """The absolute URL that was asked for, encoded as it came."""
        return f"{self.scheme}://{self.host}{self.local}"

    @property
    def readable(self) -> str:
        """The absolute URL, decoded: what patterns of faults are held against."""
        return decoded(self.url)

    @property
    def path(self) -> str:
        """Decoded path, NFC, a doubled slash at its start made one."""
        path = decoded(self.local.partition("?")[0])
        return unicodedata.normalize("NFC", "/" + path.lstrip("/"))

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.local.partition("?")[2]

    def accepts(self, coding: str) -> bool:
        """True if the client said it takes a content coding."""
        return coding in self.headers.get("accept-encoding", "").lower()

    @property
    def keep_alive(self) -> bool:
        """False if the client asked to close."""
        return self.headers.get("connection", "").lower() != "close"


def parse(raw: bytes, tls: bool, tunnel: str = "") -> Request:
    """Take a request's head apart; BadRequestError if it is none."""
    first, *rows = raw.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError(first[:80])
    pairs = (row.partition(":") for row in rows if ":" in row)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Request(words[0], words[1], headers, raw, "https" if tls else "http", tunnel)
