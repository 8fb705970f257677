"""Feed, sitemap or section page bytes -> links, with what the listing says of them.

Pure.  The bytes themselves tell the format, never the URL or the Content-Type: a
challenge page answered for a feed is an HTML page without an article.  Read are RSS 2.0,
sitemaps with Google's news extension, sitemap indexes, and section, calendar and front
pages as HTML.  Nothing before the root element reaches the XML parser, so no DTD does,
and every reference but XML's own five is mended away first, so nothing is ever expanded.
"""

import codecs
import html.entities
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from io import BytesIO
from itertools import islice, takewhile
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from dateutil import parser as dates
from lxml import etree

from archive import urls
from archive.errors import BadListing, BadUrl

MAX_BYTES, MAX_LINKS = 50_000_000, 50_000
"""Source: sitemaps.org, "Sitemap file": at most 50 MB and 50,000 URLs."""
MAX_XML_MARKS, MAX_PAGE_MARKS = 1_000_000, 100_000
"""Of "<" and "&"; both hold the tree under some 250 MB.  A real section page has a few thousand."""
MAX_URL, MAX_DATE = 2_048, 64
"""Characters; longer ones are not read.  Source: sitemaps.org, `loc`: less than 2,048."""
MAX_DEPTH = 256
"""Levels of a page; libxml2 has the same limit for XML."""
NEAR, ABOVE = 500, 8
"""How many nodes into a card we look for its title and time, and how many levels above a link for its card."""


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


@dataclass(frozen=True, slots=True)
class _Shape:
    """An XML format: its name, its root, the element of one entry, and the names its facts have in there."""

    name: str
    root: str
    entry: str
    urls: tuple[str, ...]
    published: str = ""
    modified: str = ""
    title: str = ""


_INDEX = _Shape("sitemap index", "sitemapindex", "sitemap", ("loc",))
_SHAPES = {
    shape.root: shape
    for shape in (
        _Shape("feed", "rss", "item", ("link", "guid"), published="pubDate", title="title"),
        _Shape("sitemap", "urlset", "url", ("loc",), "news:publication_date", "lastmod", "news:title"),
        _INDEX,
    )
}
_PREFIXES = {"{http://www.google.com/schemas/sitemap-news/0.9": "news:"}
_CHILD = re.compile(r"/(?:contents_[0-9]{6}|news)\.xml$")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|urlset|sitemapindex)(?=[\s/>])|(?i:<(?:!doctype\s+)?html)(?=[\s/>])")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOSE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?![A-Za-z_/!?])"
    r"|&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[0-9a-zA-Z]{1,32});)?",
    re.DOTALL,
)
_UTF8 = "utf-8-sig"
_CODINGS = {"utf-8": _UTF8, "utf8": _UTF8} | dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030")
_CODINGS |= {"utf-16": "utf-16", "big5": "big5hkscs", "big5-hkscs": "big5hkscs"}
"""Codings by declared name.  No Latin one is believed: they take any bytes, so a wrong one would make wrong URLs."""
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}
_NUMERIC = str.maketrans({char: f"&#{ord(char)};" for char in "&<>"})

# The three generations of a card, and what holds its title.  Source: public crawls of 2022, 2024 and 2026.
_CARDS = {"m-item-list-article", "m-carousel-item", "m-item-news-feed"}
_TITLES = {"article__title", "m-carousel-item__title", "news__content__title"}
_NEWS_FEED = "o-aside-content--news-feed"
"""The one aside that lists fresh articles; the others promote old ones, or other sites'."""


def read(content: bytes, url: str) -> Listing:
    """Return what a listing names; any bytes give a Listing or BadListing, nothing else.

    content: the body, content coding undone.  url: the listing's own canonical URL, the
    base of its relative links.  Raises BadListing for bytes that are no listing and for a
    listing without one article or child sitemap of ours.
    """
    notes: list[str] = []
    text = _text(content, notes)
    root = _ROOT.search(text)
    if root is None:
        raise BadListing(f"no feed, sitemap or HTML page, but {content[:40]!r}: look at the record of {url}")
    shape, text, children = _SHAPES.get(root[1]), text[root.start() :], list[str]()
    if shape:
        entries = list(_entries(text, shape, notes))
        found = [link for entry in entries if (link := _entry_link(entry, shape, url))]
        children = [child for entry in entries if shape is _INDEX and (child := _child(entry, url))]
    else:
        found = _page(text, url, notes)
    links, damage = _unique(found, notes), "; ".join(notes) or None
    if not links and not children:
        name = shape.name if shape else "HTML page, a challenge perhaps"
        raise BadListing(f"no article in this {name}{f' ({damage})' if damage else ''}: look at the record of {url}")
    return Listing(links, tuple(dict.fromkeys(children)), damage)


def _text(content: bytes, notes: list[str]) -> str:
    """Decode a listing: by its byte order mark, as UTF-8, as it declares, else as UTF-8 with what is no text marked."""
    if len(content) > MAX_BYTES:
        notes.append(f"only the first {MAX_BYTES:,} of {len(content):,} bytes read")
        content = content[:MAX_BYTES]
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
    """Mark characters that no document may hold (NUL and its like) with U+FFFD, which no URL of ours has."""
    legal, count = _ILLEGAL.subn("\ufffd", text)
    notes += [f"{count} illegal characters"] if count else []
    return legal


def _bounded(text: str, marks: int, notes: list[str]) -> str:
    """Return `text` up to its `marks`-th "<" or "&"."""
    if text.count("<") + text.count("&") <= marks:
        return text
    notes.append(f"only read up to the {marks:,}th tag or entity")
    return text[: next(islice(re.finditer("[<&]", text), marks, None)).start()]


def _entries(text: str, shape: _Shape, notes: list[str]) -> Iterator[dict[str, str]]:
    """Yield the facts of each entry, by name, of an XML listing that starts at its root element.

    Only what stands before the end of the last whole entry is read, so no URL cut short is taken for one.
    """
    text = _bounded(text, MAX_XML_MARKS, notes)
    whole = re.match(rf".*</(?:[\w.-]+:)?(?:{shape.entry}|{shape.root})\s*>", text, re.DOTALL)
    if not whole:
        return
    flaws: list[str] = []
    sound = _LOOSE.sub(partial(_mended, flaws), whole[0])
    notes += [f"{len(flaws)} bare & or < or undeclared entities"] if flaws else []
    context = etree.iterparse(
        BytesIO(sound.encode()), events=("end",), tag="{*}" + shape.entry, recover=True, remove_comments=True,
        remove_pis=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
    )  # fmt: skip
    try:
        for _, entry in context:
            yield _facts(entry)
            entry.clear()
    except etree.XMLSyntaxError as error:
        notes.append(_collapsed(str(error)) or "no XML")
        return
    notes += [f"line {error.line}: {_collapsed(error.message[:200])}" for error in islice(context.error_log, 1)]


def _mended(flaws: list[str], match: re.Match[str]) -> str:
    """Return a piece of XML with numeric references alone; `flaws` gets what was none.

    After its first error libxml2 passes over named references, even XML's own five, and it
    ends at a "<" that opens nothing: the rest of a feed would be lost for one bare "<".
    """
    piece, name = match[0], match[1]
    if piece.startswith("<!--"):
        return piece
    if piece.startswith("<!["):
        return piece.removeprefix("<![CDATA[").removesuffix("]]>").translate(_NUMERIC)
    if name and name[0] == "#":
        code = int("0" + name[1:], 16 if name[1] == "x" else 10)
        return piece if code <= sys.maxunicode and not _ILLEGAL.match(chr(code)) else "\ufffd"
    if name not in _XML_NAMES:
        flaws.append(piece)
    return html.entities.html5.get(f"{name};", piece).translate(_NUMERIC)


def _facts(entry: etree._Element) -> dict[str, str]:
    """Return the text of each child, and of each child of `news:news`, by name; the first of a name wins."""
    home, facts = str(entry.tag).rpartition("}")[0], dict[str, str]()
    for child in entry:
        for leaf in child if _name(child, home) == "news:news" else (child,):
            # An end tag got lost if a leaf has children; a guid may say itself that it is no URL.
            if leaf.text and not len(leaf) and leaf.get("isPermaLink") != "false":
                facts.setdefault(_name(leaf, home), leaf.text)
    return facts


def _name(element: etree._Element, home: str) -> str:
    """Return an element's name: bare in its entry's namespace, else behind its prefix."""
    namespace, _, name = str(element.tag).rpartition("}")
    return name if namespace in ("", home) else _PREFIXES.get(namespace, f"{namespace}}}") + name


def _entry_link(entry: dict[str, str], shape: _Shape, base: str) -> Link | None:
    """Return the article an entry names, by the first of its URLs that is one's."""
    for name in shape.urls:
        if url := _article(entry.get(name), base):
            published, modified = _moment(entry.get(shape.published)), _moment(entry.get(shape.modified))
            return Link(url, published, modified, _collapsed(entry.get(shape.title)))
    return None


def _child(entry: dict[str, str], base: str) -> str | None:
    """Return the sitemap that an entry of an index names, if it is one that lists articles."""
    url = _canonical(entry.get("loc"), base)
    return url if url and urls.kind(url) is urls.Kind.LISTING and _CHILD.search(url) else None


def _page(text: str, base: str, notes: list[str]) -> list[Link]:
    """Return the articles of an HTML listing: those of its cards, else of `main`, else of its JSON-LD."""
    text = _bounded(text, MAX_PAGE_MARKS, notes)
    if not re.search("</html", text, re.IGNORECASE):
        notes.append("ends before </html>")
    soup = BeautifulSoup(text[: text.rfind(">") + 1], "lxml")  # no half a tag, so no half an href
    if _too_deep(soup):
        notes.append(f"nested deeper than {MAX_DEPTH} levels")
        return []
    for aside in soup.find_all("aside"):
        if not aside.decomposed and _NEWS_FEED not in _classes(aside):
            aside.decompose()
    sources: tuple[Callable[[BeautifulSoup, str], Iterator[Link | None]], ...] = (_carded, _in_main, _in_json)
    return next((links for source in sources if (links := [link for link in source(soup, base) if link])), [])


def _too_deep(soup: BeautifulSoup) -> bool:
    """Tell whether a page is nested so deep that walking it would take time by the square; none is by mishap."""
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values()) > MAX_DEPTH


def _carded(soup: BeautifulSoup, base: str) -> Iterator[Link | None]:
    """Yield the links of cards; a card has a link around its picture and another around its title."""
    for anchor in soup.find_all("a", href=True):
        if anchor.has_attr("data-article-item-link") or _card(anchor):
            yield _anchor_link(anchor, base)


def _in_main(soup: BeautifulSoup, base: str) -> Iterator[Link | None]:
    """Yield the links of `main`: calendar days, and whatever the next generation calls a card."""
    for anchor in soup.main.find_all("a", href=True) if soup.main else ():
        yield _anchor_link(anchor, base)


def _in_json(soup: BeautifulSoup, base: str) -> Iterator[Link | None]:
    """Yield the links of JSON-LD item lists; each script stands alone, a broken one is passed over."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            document = json.loads(script.string or "")
        except (ValueError, RecursionError):
            continue
        for element in _listed(document):
            item = element.get("item", element)
            fields = item if isinstance(item, dict) else {"url": item}
            url = _article(fields.get("url"), base) or _article(fields.get("@id"), base)
            yield Link(url, title=_collapsed(fields.get("name") or element.get("name"))) if url else None


def _listed(document: object) -> Iterator[dict[str, object]]:
    """Yield the elements of every ItemList in a JSON document, in its order."""
    stack = [document]
    while stack:
        thing = stack.pop()
        if isinstance(thing, dict) and thing.get("@type") == "ItemList":
            elements = thing.get("itemListElement")
            yield from (e for e in (elements if isinstance(elements, list) else ()) if isinstance(e, dict))
        elif isinstance(thing, dict | list):
            stack += reversed(list(thing.values() if isinstance(thing, dict) else thing))


def _card(anchor: Tag) -> Tag | None:
    """Return the card a link stands in, or None."""
    return next((tag for tag in islice(anchor.parents, ABOVE) if _CARDS & _classes(tag)), None)


def _classes(tag: Tag) -> set[object]:
    """Return the names in a tag's `class`."""
    return set(tag.get_attribute_list("class"))


def _own(tag: Tag) -> Iterator[PageElement]:
    """Yield the first nodes below a tag, up to another link: so a page of links in links stays linear."""
    return takewhile(lambda node: not (isinstance(node, Tag) and node.name == "a"), islice(tag.descendants, NEAR))


def _anchor_link(anchor: Tag, base: str) -> Link | None:
    """Return the article an `a` names, with its own title and the first time of its card."""
    if not (url := _article(anchor["href"], base)):
        return None
    inner = (tag for tag in _own(anchor) if isinstance(tag, Tag))
    heads = (tag for tag in inner if tag.name in ("h2", "h3") or _TITLES & _classes(tag))
    text = (node for node in _own(next(heads, anchor)) if type(node) is NavigableString)  # no comment, no script
    nodes = islice(card.descendants, NEAR) if (card := _card(anchor)) else ()
    times = (tag["datetime"] for tag in nodes if isinstance(tag, Tag) and tag.name == "time" and tag.get("datetime"))
    return Link(url, published=_moment(next(times, None)), title=_collapsed("".join(text)))


def _canonical(href: object, base: str) -> str | None:
    """Return the canonical URL of a link's text, or None if it has none."""
    if not isinstance(href, str) or len(href) > MAX_URL or "\ufffd" in href:
        return None
    try:
        return urls.canonical(urljoin(base, href.strip()))
    except (BadUrl, ValueError):  # urljoin reads brackets as an IPv6 address
        return None


def _article(href: object, base: str) -> str | None:
    """Return the canonical URL of a link's text if it is an article's, else None."""
    url = _canonical(href, base)
    return url if url and urls.kind(url) is urls.Kind.ARTICLE else None


def _unique(found: Iterable[Link], notes: list[str]) -> tuple[Link, ...]:
    """Return each URL once, in order; what its first mention lacks comes from the later ones."""
    links: dict[str, Link] = {}
    for new in found:
        if new.url not in links and len(links) == MAX_LINKS:
            notes.append(f"only the first {MAX_LINKS:,} links read")
            break
        old = links.get(new.url, new)
        facts = old.published or new.published, old.modified or new.modified, old.title or new.title
        links[new.url] = Link(new.url, *facts)
    return tuple(links.values())


def _collapsed(text: object) -> str | None:
    """Return a text as one line: runs of ASCII white space made one blank; None if nothing is left."""
    if not isinstance(text, str):
        return None
    return re.sub(r"[ \t\r\n\f]+", " ", _ILLEGAL.sub("\ufffd", text)).strip(" ") or None


class _Years(dates.parserinfo):
    """Two-digit years as RFC 2822, 4.3 has them; dateutil's own reading depends on the clock."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        return year if century_specified or year > 99 else year + (2000 if year < 50 else 1900)  # noqa: PLR2004


_DATES = dates.parser(_Years())
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
"""Hours of the zone names of RFC 822, 5.1, and of Paris."""
_UNSAID = datetime(2000, 1, 1), datetime(2004, 2, 2)  # noqa: DTZ001 - a date that differs with these is not whole


def _zone(name: str | None, offset: int | None) -> timezone:
    """Return a date's zone: its offset in seconds, else its name, else UTC; never this machine's."""
    return timezone(timedelta(hours=_ZONES.get(name or "", 0)) if offset is None else timedelta(seconds=offset))


def _moment(text: object) -> datetime | None:
    """Return a date in UTC, or None for one that is not whole or cannot be read; without a zone it is UTC.

    Sitemaps and pages write ISO 8601, feeds RFC 822.  Never raises.
    """
    if not isinstance(text, str) or len(text) > MAX_DATE:
        return None
    try:
        first = second = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            first, second = (_DATES.parse(text, default=unsaid, tzinfos=_zone) for unsaid in _UNSAID)
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):  # dateutil's, for nonsense
            return None
    try:
        return (first if first.tzinfo else first.replace(tzinfo=UTC)).astimezone(UTC) if first == second else None
    except OverflowError:  # year 1 or 9999, moved over the edge by its zone
        return None
