"""Picture: the archived bytes of a picture, and only if they are one.  Nothing is ever fetched."""

import re

from archive import warc
from archive.decide import State
from archive.errors import ArchiveError, NotFound
from archive.exchange import Exchange, content
from archive.history import placed
from archive.tables.rows import Captured
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context

MOST = 4 << 20
"""Bytes; the site's pictures have about 150,000."""
TRIES = 3
"""Captures that are read, the newest first, until one holds a picture."""
CACHE = "public, max-age=86400"
"""A day: another picture under the same address is rare, and found a day later."""
FORMS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/avif": re.compile(rb"....ftypavi[fs]", re.DOTALL),
}
"""How a file of each type begins.  No SVG: it can hold script.  Source: MIME Sniffing, 6.1."""
_NAME = re.compile("[0-9a-f]{16}")


def image(context: Context, asked: Asked) -> Answer:
    """Give the newest archived picture of a URL, by the 16 hex digits of its key."""
    name = asked.names["name"]
    url = context.index.named(_key(name)) if _NAME.fullmatch(name) else None
    captures = [one for _, one in context.index.captures(url)] if url else []
    whole = [one for one in reversed(captures) if one.state is State.ARCHIVED and one.capture.length <= MOST]
    for one in whole[:TRIES]:
        if found := _picture(context, one):
            return found
    raise NotFound("no archived picture of this name")


def _key(name: str) -> int:
    """Return the key that these digits are of, which is signed."""
    return int.from_bytes(bytes.fromhex(name), "big", signed=True)


def _picture(context: Context, one: Captured) -> Answer | None:
    """Return the picture that a record holds; None if it holds none, or cannot be read."""
    try:
        _, exchange = warc.read_pair(context.root / "warc", *placed(one))
        body = content(exchange, MOST)
    except ArchiveError:
        return None
    kind = sniffed(body) if _may_be_shown(exchange) else None
    return Answer(body, kind, cache=CACHE) if kind else None


def _may_be_shown(exchange: Exchange) -> bool:
    return exchange.status == 200 and not exchange.truncated and exchange.media_type.startswith("image/")  # noqa: PLR2004


def sniffed(body: bytes) -> str | None:
    """Return the media type that the first bytes are of, whatever the answer called it; None if of none."""
    return next((kind for kind, form in FORMS.items() if form.match(body)), None)
