"""Feed, sitemap or section page bytes -> links, with what the listing says of them.

Pure.  The bytes themselves tell the format, never the URL or the Content-Type: a
challenge page answered for a feed is an HTML page without an article.  `feed` reads what
is XML, `cards` what is HTML; what is an article, and when, is judged here for both.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from archive import urls
from archive.errors import BadListing, BadUrl
from archive.language import moment
from archive.rfi import feed
from archive.rfi.entry import Entry, collapsed, legal

MAX_URL = 2_048
"""Characters; a longer one is not read.  Source: sitemaps.org, `loc`: less than 2,048."""

LEFT_OUT = "only "
"""What the damage of a listing says that is longer than its Limits."""

Long = TypeVar("Long", str, bytes)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a listing is read; the rest is left out, and said."""

    size: int = 8_000_000
    """Bytes; a real feed has 200,000, a month's sitemap less than 5 million."""
    page: int = 2_000_000
    """Characters of a page; a real section page has less than 500,000.  What is all attributes takes 50 times that."""
    links: int = 50_000
    """Source: sitemaps.org, "Sitemap file"."""
    xml_marks: int = 500_000
    """Of "<", "&" and "="; all these hold what reading takes under some 150 MB."""
    page_marks: int = 100_000
    """The same, of a page; a real section page has a few thousand."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Link:
    """One article that a listing names."""

    url: str
    """Canonical URL of an article of one of our editions."""
    published: datetime | None = None
    """UTC, aware; from `pubDate`, `news:publication_date` or the card's `time`.  None: not said, or unreadable."""
    modified: datetime | None = None
    """UTC, aware; from `lastmod`.  None: not said, or unreadable."""
    title: str | None = None
    """As listed, entities undone once, runs of ASCII white space made one blank; never empty."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing names; `links` or `children` holds something."""

    links: tuple[Link, ...]
    """In the order of the page, each URL once; a fact its first mention lacks comes from a later one."""
    children: tuple[str, ...] = ()
    """Canonical URLs of the sitemaps of an index that list articles: months and news, each once."""
    damage: str | None = None
    """One line if the bytes are not what they claim to be, so that links or facts may be missing; else None."""


_CHILD = re.compile(r"/(?:contents_[0-9]{6}|news)\.xml$")
ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|urlset|sitemapindex)(?=[\s/>])|(?i:<(?:!doctype\s+)?html)(?=[\s/>])")
_UTF8 = "utf-8-sig"
_CODINGS = {"utf-8": _UTF8, "utf8": _UTF8} | dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030")
_CODINGS |= {"utf-16": "utf-16", "big5": "big5hkscs", "big5-hkscs": "big5hkscs"}
"""Codings by declared name.  No Latin one is believed: they take any bytes, so a wrong one would make wrong URLs."""


def read(content: bytes, url: str, limits: Limits = LIMITS) -> Listing:
    """Return what a listing names; any bytes give a Listing or BadListing, nothing else.

    content: the body, content coding undone.  url: the listing's own canonical URL, the
    base of its relative links.  Raises BadListing for bytes that are no listing and for a
    listing without one article or child sitemap of ours.
    """
    notes: list[str] = []
    text = decoded(content, limits.size, notes)
    root = ROOT.search(text)
    if root is None:
        raise BadListing(f"no feed, sitemap or HTML page, but {content[:40]!r}: look at the record of {url}")
    shape, text, children = feed.SHAPES.get(root[1]), text[root.start() :], list[str]()
    if shape:
        entries = list(feed.entries(_bounded(text, limits.xml_marks, notes), shape, notes))
        links = _links(entries, url)
        children = [child for entry in entries if shape is feed.INDEX and (child := _child(entry, url))]
    else:
        from archive.rfi import cards  # with a parser that takes a tenth of a second to load; most listings are feeds

        text = _bounded(_shortened(text, limits.page, "characters", notes), limits.page_marks, notes)
        sources = cards.sources(text, notes)
        links = next((found for entries in sources if (found := _links(entries, url))), [])
    links = _unique(links, limits.links, notes)
    damage = "; ".join(notes) or None
    if not links and not children:
        name = shape.name if shape else "HTML page, a challenge perhaps"
        raise BadListing(f"no article in this {name}{f' ({damage})' if damage else ''}: look at the record of {url}")
    return Listing(tuple(links), tuple(dict.fromkeys(children)), damage)


def decoded(content: bytes, size: int, notes: list[str]) -> str:
    """Decode a listing: by its byte order mark, as UTF-8, as it declares, else as UTF-8 with what is no text marked.

    size: bytes of it that are read.  notes: get what is wrong with it.
    """
    content = _shortened(content, size, "bytes", notes)
    match = re.search(rb"(?:encoding|charset)\s*=\s*[\"']?([\w-]{1,20})", content[:1024])
    declared = _CODINGS.get(match[1].decode().lower(), "another") if match else None
    bom = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for coding in ["utf-16"] if bom else [_UTF8, *(c for c in ("gb18030", "big5hkscs") if c == declared)]:
        try:
            text = codecs.getincrementaldecoder(coding)().decode(content)  # half a character at the end is no error
        except UnicodeDecodeError:
            continue
        if declared not in (None, coding) and not text.isascii():
            notes.append(f"not in the coding it declares, but in {coding}")
        return _legal(text, notes)
    notes.append("bytes that are no text")
    return _legal(content.decode("utf-8", "replace"), notes)


def _legal(text: str, notes: list[str]) -> str:
    """Mark characters that no document may hold."""
    marked, count = legal(text)
    notes += [f"{count} illegal characters"] if count else []
    return marked


def _shortened(whole: Long, size: int, unit: str, notes: list[str]) -> Long:
    """Return what is read of a long text, or of its bytes."""
    if len(whole) <= size:
        return whole
    notes.append(f"{LEFT_OUT}the first {size:,} of {len(whole):,} {unit} read")
    return whole[:size]


def _bounded(text: str, marks: int, notes: list[str]) -> str:
    """Return `text` up to its `marks`-th "<", "&" or "="."""
    if sum(map(text.count, "<&=")) <= marks:
        return text
    notes.append(f"{LEFT_OUT}read up to the {marks:,}th tag, entity or attribute")
    return text[: next(islice(re.finditer("[<&=]", text), marks, None)).start()]


def _links(entries: Iterable[Entry], base: str) -> list[Link]:
    """Return the articles among entries, each by the first of its URLs that is one's."""
    links = []
    for entry in entries:
        if url := next(filter(None, (article(href, base) for href in entry.hrefs)), None):
            dates = moment.read(entry.published), moment.read(entry.modified)
            links.append(Link(url, *dates, collapsed(entry.title)))
    return links


def _child(entry: Entry, base: str) -> str | None:
    """Return the sitemap that an entry of an index names, if it is one that lists articles."""
    url = next((_canonical(href, base) for href in entry.hrefs), None)
    return url if url and urls.kind(url) is urls.Kind.LISTING and _CHILD.search(url) else None


def article(href: str, base: str) -> str | None:
    """Return the canonical URL of a link's text if it is an article's, else None."""
    url = _canonical(href, base)
    return url if url and urls.kind(url) is urls.Kind.ARTICLE else None


def _canonical(href: str, base: str) -> str | None:
    """Return the canonical URL of a link's text, or None if it has none."""
    return None if len(href) > MAX_URL or "\ufffd" in href else _joined(base, href)


@lru_cache(4_096)  # a feed names the articles of the one before it again, all but one
def _joined(base: str, href: str) -> str | None:
    try:
        return urls.join(base, href)
    except BadUrl:
        return None


def _unique(found: list[Link], most: int, notes: list[str]) -> list[Link]:
    """Return each URL once, in order; what its first mention lacks comes from the later ones."""
    links: dict[str, Link] = {}
    for new in found:
        if new.url not in links and len(links) == most:
            notes.append(f"{LEFT_OUT}the first {most:,} links read")
            break
        old = links.get(new.url, new)
        facts = old.published or new.published, old.modified or new.modified, old.title or new.title
        links[new.url] = Link(new.url, *facts)
    return list(links.values())
