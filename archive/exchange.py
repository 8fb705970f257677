"""Exchange: one request and its answer, as sent; and what can be read off an answer's bytes.

Pure.  `from_wire` takes the bytes as they crossed the connection; the head stays byte for
byte, of the body only the transfer coding is undone: what is left is the *entity body*,
whose digest names the payload in WARC (content coding kept).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from archive.codings.coding import OPENERS
from archive.errors import BadAnswer
from archive.files.spool import Bytes, Spool

CONTENT_LIMIT = 32 << 20
"""Bytes a body may have once its content coding is undone; RFI's pages have about 120,000."""
MAX_RATIO_FREE = 8 << 20
"""Bytes every body may open to; beyond them, more than MAX_RATIO times its size is a bomb."""
MAX_RATIO = 100

Cut = Literal["length", "time", "disconnect", "unspecified"]
"""Why an answer is not whole.  Source: WARC 1.1, 5.15, WARC-Truncated."""

HEAD_END = re.compile(rb"\r?\n\r?\n")
STATUS = re.compile(rb"HTTP/[0-9.]+[ ]+([0-9]{3})(?![0-9])")
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]++)[ \t]*(?:;[^\n]*)?\r?\n")
"""The line before a chunk's data: its size, hexadecimal."""
# A password for the proxy is no part of what was said to the site, and must not land in an archive.
_SECRET = re.compile(rb"(?im)^proxy-authorization[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_CHUNK_END = re.compile(rb"\r?\n")
_MEDIA_TYPE = re.compile(r"[\w!#$&^+.-]{1,127}/[\w!#$&^+.-]{1,127}", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,4000}")
"""More digits than any answer has bytes, fewer than Python refuses to read."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer."""

    url: str
    """Target URI as it was asked for: absolute, no fragment."""
    date: datetime
    """When the request was sent: UTC, whole seconds.  The capture's time everywhere."""
    request: bytes
    """The request message as sent, head and body."""
    head: bytes
    """Status line, header lines and the empty line, as received; leading 1xx answers are left
    out.  Ends early (no empty line) if the answer was cut there."""
    body: Bytes
    """Entity body as received: transfer coding undone, content coding (gzip) kept."""
    ip: str | None
    """Address of the server that answered; None where a proxy stood between."""
    protocols: tuple[str, ...]
    """"http/1.1", then "tls/1.3" or the like where TLS was spoken.  Source: WARC-Protocol."""
    truncated: Cut | None
    """None if the answer is whole, else why it is not."""

    @property
    def status(self) -> int:
        """Status code, 100 to 999; 0 if the head holds none."""
        match = STATUS.match(self.head)
        return int(match[1]) if match else 0

    def header(self, name: str) -> str | None:
        """Return the last value of a response header, as Latin-1 text; None if it is absent."""
        return next(reversed(header_values(self.head, name)), None)

    @property
    def media_type(self) -> str:
        """Media type that the head names, lower case, without parameters; "" if none.  Source: RFC 9110, 8.3.1."""
        match = _MEDIA_TYPE.match(self.header("content-type") or "")
        return match[0].lower() if match else ""


def from_wire(  # noqa: PLR0913 - what a capture knows; each is a field of Exchange
    *,
    url: str,
    date: datetime,
    sent: bytes,
    received: Bytes,
    ip: str | None,
    protocols: tuple[str, ...],
    failed: Cut | None,
) -> Exchange:
    """Make an Exchange of the raw bytes of both ways.

    sent, received: everything that crossed the connection for this request, first byte to
    last.  failed: why the download gave up, None if it ended well.  An answer whose own
    framing says that it is whole is whole, whatever happened next; one that goes on behind
    its Content-Length is not, since that is wrong.
    """
    start, end = _final_head(received)
    head, rest = bytes(received[start:end]), received[end:]
    body, whole = _entity(head, rest, sent.startswith(b"HEAD "))
    cut: Cut | None = None if whole is True else failed if whole is None else failed or "disconnect"
    if whole and not listed(head, "transfer-encoding") and bytes(rest[len(body) : len(body) + 16]).strip():
        cut = failed or "length"  # not "unspecified", which decide.py takes for broken off by the crawler
    return Exchange(url, date, _SECRET.sub(b"", sent), head, body, ip, protocols, cut)


def _final_head(received: Bytes) -> tuple[int, int]:
    """Return where the head of the final answer begins and ends, 1xx heads passed over."""
    start = 0
    while end := HEAD_END.search(received, start):
        status = STATUS.match(received, start)
        if not status or not status[1].startswith(b"1") or status[1] == b"101":
            return start, end.end()
        start = end.end()
    return start, len(received)


def _entity(head: bytes, rest: Bytes, was_head: bool) -> tuple[Bytes, bool | None]:
    """Undo the transfer coding of `rest`: the entity body, and whether it is whole.

    None = only the end of the connection tells.
    """
    if not HEAD_END.search(head):
        return b"", False
    framed = framing(head, was_head)
    if framed == "chunked":
        return dechunk(rest)
    return (rest, None) if framed == "closed" else (rest[:framed], len(rest) >= framed)


def framing(head: bytes, was_head: bool) -> int | Literal["chunked", "closed"]:
    """Return how many bytes the body behind a head has, or what ends it: its last chunk, or the connection's end.

    was_head: the answer is one to HEAD.  Source: RFC 9112, 6.3, in its order.
    """
    status = STATUS.match(head)
    if was_head or (status and status[1] in (b"204", b"304")):
        return 0
    codings = listed(head, "transfer-encoding")
    if codings and codings[-1] == "chunked":
        return "chunked"
    lengths = set(listed(head, "content-length"))
    if not codings and len(lengths) == 1 and _LENGTH.fullmatch(text := lengths.pop()):
        return int(text)
    return "closed"


def dechunk(framed: Bytes) -> tuple[Bytes, bool]:
    """Undo chunked coding: the data, and whether the last chunk was seen.

    Chunk extensions and trailers are dropped; what follows a broken frame too.
    Source: RFC 9112, 7.1.
    """
    out, at = Spool(), 0
    while line := CHUNK.match(framed, at):
        size, at = int(line[1], 16), line.end()
        if size == 0:
            return out.view(), True
        out.write(framed[at : at + size])
        end = _CHUNK_END.match(framed, at + size) if at + size < len(framed) else None
        if not end:
            break
        at = end.end()
    return out.view(), False


def header_values(head: bytes, name: str) -> list[str]:
    """Return every value of a header, in order, as Latin-1 text, folded lines joined by a blank."""
    whole = _FOLD.sub(b" ", head) if b"\n " in head or b"\n\t" in head else head
    return [value.strip().decode("latin-1") for value in _field(name).findall(whole)]


@cache
def _field(name: str) -> re.Pattern[bytes]:
    """Return what finds the lines of a header, whose values it holds; the first line of a head is none."""
    return re.compile(rb"\n" + re.escape(name.encode()) + rb"[ \t]*:([^\n]*)", re.IGNORECASE)


def fields(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the header fields of a message, in order: names lower case, values without blanks around them.

    A line without a colon is none.
    """
    lines = _FOLD.sub(b" ", head).split(b"\n")[1:]
    pairs = (line.partition(b":") for line in lines)
    return tuple((field.rstrip(b" \t").lower(), value.strip()) for field, colon, value in pairs if colon)


def listed(head: bytes, name: str) -> list[str]:
    """Return the members of a header that is a list, in order, lower case.  Source: RFC 9110, 5.6.1."""
    members = (member.strip().lower() for value in header_values(head, name) for member in value.split(","))
    return [member for member in members if member]


def codings(head: bytes) -> list[str]:
    """Return the content codings that a head names, in the order in which they were applied; lower case."""
    return [coding for coding in listed(head, "content-encoding") if coding != "identity"]


def content(exchange: Exchange, limit: int = CONTENT_LIMIT) -> bytes:
    """Return the body with its content coding undone.

    Raises BadAnswer: a coding that nobody here reads, a broken or cut stream, more than `limit`
    bytes, or so much more than was sent that it can only be a bomb.
    """
    body = exchange.body
    for coding in reversed(codings(exchange.head)):
        if coding not in OPENERS:
            raise BadAnswer(f"content coding {coding[:40]!r} is not read: {exchange.url}")
        body = _open(body, coding, limit, exchange.url)
    if len(body) > limit:
        raise BadAnswer(f"{len(body)} bytes, more than the {limit} that a page may have: {exchange.url}")
    return bytes(body)


def _open(body: Bytes, coding: str, limit: int, url: str) -> bytes:
    """Undo one content coding within the limits, or raise BadAnswer."""
    allowed = min(limit, max(MAX_RATIO_FREE, MAX_RATIO * len(body)))
    problem = ""
    for opener in OPENERS[coding]:
        pieces, size = list[bytes](), 0
        try:
            for piece in opener(body):
                pieces.append(piece)
                if (size := size + len(piece)) > allowed:
                    raise BadAnswer(f"{len(body)} bytes of {coding} open to more than {allowed}: {url}")
            return b"".join(pieces)
        except EOFError:
            raise BadAnswer(f"{coding} stream ends early: {url}") from None
        except ValueError as error:
            problem = f"broken {coding} stream ({error})"
    raise BadAnswer(f"{problem}: {url}")
