"""Atom: any entries as one feed.  Pure.

Every feed of ours goes through `lines`; who has entries to tell makes them (`latest.entry`,
`edits.entry`).  An id is made of a name that stays whatever is merged, imported or made again.
Sources: RFC 4287 (Atom), RFC 4122 (UUIDs by name).
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from archive.language import moment
from archive.terminal.plain import plain

TYPE = "application/atom+xml"
"""Media type of a feed.  Source: RFC 4287, 7."""
AUTHOR = "rfi-archive"
"""Who made a feed."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0, 2.2 has not."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself."""

    name: str
    """What its id is made of; never changed, or all that it told comes once more."""
    title: str
    """Plain text from wherever."""
    updated: datetime
    """When it last changed, if no entry is later; UTC."""
    own: str = ""
    """Absolute URL at which it is served; "" for a file."""
    page: str = ""
    """Absolute URL of the page that shows people the same; "" if there is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed tells."""

    name: str
    """What its id is made of."""
    title: str
    """Plain text from wherever."""
    updated: datetime
    """When it last changed, UTC."""
    link: str
    """Absolute URL of the page that it is about."""
    summary: str
    """Plain text from wherever, of one paragraph; "" for none."""
    html: str
    """Markup that is safe already; "" for none."""
    published: datetime | None = None
    """When it was first told, UTC."""
    authors: tuple[str, ...] = ()
    """Names; without any the feed's author is the entry's."""
    categories: tuple[str, ...] = ()
    """Words that it can be found by."""


def lines(feed: Feed, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the feed, entries in the order given; its own time stands behind them: that of the latest, or `updated`."""
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">'
    yield f"<id>{_id(feed.name)}</id>"
    yield f"<title>{_text(feed.title)}</title>"
    yield f"<author><name>{AUTHOR}</name></author>"
    yield from (f"<link rel={quoteattr(rel)} {_href(url)}/>" for rel, url in _links(feed) if url)
    updated = feed.updated
    for entry in entries:
        yield _entry(entry)
        updated = max(updated, entry.updated)
    yield f"<updated>{moment.stamp(updated)}</updated>"
    yield "</feed>"


def _links(feed: Feed) -> tuple[tuple[str, str], ...]:
    return ("self", feed.own), ("alternate", feed.page)


def _entry(entry: Entry) -> str:
    return "\n".join(("<entry>", *_parts(entry), "</entry>"))


def _parts(entry: Entry) -> Iterator[str]:
    yield f"<id>{_id(entry.name)}</id>"
    yield f"<title>{_text(entry.title)}</title>"
    yield f"<updated>{moment.stamp(entry.updated)}</updated>"
    if entry.published:
        yield f"<published>{moment.stamp(entry.published)}</published>"
    yield from (f"<author><name>{_text(name)}</name></author>" for name in entry.authors)
    yield f'<link rel="alternate" {_href(entry.link)}/>'
    yield from (f"<category term={quoteattr(_xml(plain(word)))}/>" for word in entry.categories)
    if entry.summary:
        yield f"<summary>{_text(entry.summary)}</summary>"
    if entry.html:
        yield f'<content type="html">{escape(_xml(entry.html))}</content>'


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _href(url: str) -> str:
    return f"href={quoteattr(_xml(url))}"


def _text(text: str) -> str:
    """Return text that is text, in XML."""
    return escape(_xml(plain(text)))


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
