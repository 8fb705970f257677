"""Entry: what a listing says of one link, as texts, before anybody judges them; and what of a text is legal.

Pure; imports nothing of the house.
"""

import re
from dataclasses import dataclass

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no document may hold.  Source: XML 1.0, 2.2, Char."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, sitemap or page; every text as it stands there, entities undone."""

    hrefs: tuple[str, ...]
    """Texts that may be its URL, the best first."""
    published: str | None = None
    """Text of a date."""
    modified: str | None = None
    """Text of a date."""
    title: str | None = None
    """Text with the line breaks of its source."""


def legal(text: str) -> tuple[str, int]:
    """Mark illegal characters (NUL and its like) with U+FFFD, which no URL of ours has; return how many, too."""
    return ILLEGAL.subn("\ufffd", text)


def collapsed(text: str | None) -> str | None:
    """Return a text as one line: runs of ASCII white space made one blank; None if nothing is left."""
    return re.sub(r"[ \t\r\n\f]+", " ", legal(text)[0]).strip(" ") or None if text else None
