"""Feed: RSS 2.0, sitemap with Google's news extension, or sitemap index -> entries.  Pure.

Nothing before the root element reaches the XML parser, so no DTD does, and every
reference but XML's own five is mended away first, so nothing is ever expanded.
"""

import html.entities
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice

from lxml import etree

from archive.rfi.entry import ILLEGAL, Entry, collapsed


@dataclass(frozen=True, slots=True)
class Shape:
    """An XML format: its name, its root, the element of one entry, and the names its facts have in there."""

    name: str
    root: str
    entry: str
    urls: tuple[str, ...]
    published: str = ""
    modified: str = ""
    title: str = ""


INDEX = Shape("sitemap index", "sitemapindex", "sitemap", ("loc",))
SHAPES = {
    shape.root: shape
    for shape in (
        Shape("feed", "rss", "item", ("link", "guid"), published="pubDate", title="title"),
        Shape("sitemap", "urlset", "url", ("loc",), "news:publication_date", "lastmod", "news:title"),
        INDEX,
    )
}
"""By the name of the root element."""
_PREFIXES = {"{http://www.google.com/schemas/sitemap-news/0.9": "news:"}
_LOOSE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?![A-Za-z_/!?])"
    r"|&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[0-9a-zA-Z]{1,32});)?",
    re.DOTALL,
)
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}
_NUMERIC = str.maketrans({char: f"&#{ord(char)};" for char in "&<>"})


def entries(text: str, shape: Shape, notes: list[str]) -> Iterator[Entry]:
    """Yield the entries of an XML listing that starts at its root element; `notes` get what is wrong with it.

    Only what stands before the end of the last whole entry is read, so no URL cut short is taken for one.
    """
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
        for _, element in context:
            yield _entry(_facts(element), shape)
            element.clear()
    except etree.XMLSyntaxError as error:
        notes.append(collapsed(str(error)) or "no XML")
        return
    notes += [f"line {error.line}: {collapsed(error.message[:200])}" for error in islice(context.error_log, 1)]


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
        return piece if code <= sys.maxunicode and not ILLEGAL.match(chr(code)) else "\ufffd"
    if name not in _XML_NAMES:
        flaws.append(piece)
    return html.entities.html5.get(f"{name};", piece).translate(_NUMERIC)


def _entry(facts: dict[str, str], shape: Shape) -> Entry:
    """Return what the facts of an element say, by the names its format has for them."""
    hrefs = tuple(facts[name] for name in shape.urls if name in facts)
    return Entry(hrefs, facts.get(shape.published), facts.get(shape.modified), facts.get(shape.title))


def _facts(element: etree._Element) -> dict[str, str]:
    """Return the text of each child, and of each child of `news:news`, by name; the first of a name wins."""
    home, facts = str(element.tag).rpartition("}")[0], dict[str, str]()
    for child in element:
        for leaf in child if _name(child, home) == "news:news" else (child,):
            # An end tag got lost if a leaf has children; a guid may say itself that it is no URL.
            if leaf.text and not len(leaf) and leaf.get("isPermaLink") != "false":
                facts.setdefault(_name(leaf, home), leaf.text)
    return facts


def _name(element: etree._Element, home: str) -> str:
    """Return an element's name: bare in its entry's namespace, else behind its prefix."""
    namespace, _, name = str(element.tag).rpartition("}")
    return name if namespace in ("", home) else _PREFIXES.get(namespace, f"{namespace}}}") + name
