"""Safe: archived markup as it may stand in a page of ours, and its plain text.  Pure.

Nothing of it runs, loads, names, styles or leads a reader astray; the article file keeps it as it was.
Two look at it, one after the other: `tags`, which takes nothing but what stands in the tables below, and
nh3, which reads what is left as a browser does and holds it against the same tables.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import urlsplit

import nh3

from archive import urls
from archive.article import attribute
from archive.language.balance import VOID
from archive.pages import markup as page
from archive.pages import tags
from archive.terminal import plain

KEPT: dict[str, frozenset[str]] = {
    **dict.fromkeys("blockquote div figcaption figure h2 h3 h4 hr li p ul".split(), frozenset[str]()),
    **dict.fromkeys("b br cite code em i mark q rp rt ruby s small strong sub sup u".split(), frozenset[str]()),
    **dict.fromkeys("caption table tbody tfoot thead tr".split(), frozenset[str]()),
    **dict.fromkeys(("td", "th"), frozenset(("colspan", "rowspan"))),
    "ol": frozenset(["start"]),
    "a": frozenset(["href"]),
    "img": frozenset(("alt", "height", "src", "width")),
}
"""The elements that stay, each with its attributes that do; of all others what they hold stays, but for tags.SILENT.

No `id`, `name`, `class`, `style`: they would name, or look like, parts of our page.  No `title`: nobody sees it.
No form, no `meta`, `base`, `link`: they act on the whole page."""
INSTEAD = {
    **dict.fromkeys(page.BLOCKS - KEPT.keys(), "div"),
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
}
"""What stands for an element that does not stay but ends a line; a page has one `h1`, and that is ours."""
MEDIA = {
    "audio": ("src", "音频"),
    "embed": ("src", "嵌入内容"),
    "iframe": ("src", "嵌入内容"),
    "object": ("data", "嵌入内容"),
    "source": ("src", "媒体文件"),
    "video": ("src", "视频"),
    "video-player": ("source", "视频"),
}
"""What is not shown but said, in brackets: the attribute with its address, which becomes a link, and what it is called.
Pictures that are not archived are said the same way."""
SPOKEN_FOR = frozenset(("audio", "source", "video"))
"""Without an address these say nothing: those inside them do, or there is nothing."""
PICTURE = "图片"
SCHEMES = frozenset(("http", "https"))
"""Where links may lead: to pages.  `javascript:` and `data:` run, and others start a program."""
SET = {"loading": "lazy", "rel": "noopener noreferrer nofollow"}
"""What we say of each picture and each link: where it leads, nobody learns from where, nor gets hold of our page."""
DEEPEST = 64
"""Elements inside one another that are kept; articles have about ten, and browsers and nh3 get slow by depth."""
FRAMES = frozenset("table tbody tfoot thead tr".split())
PARTS = FRAMES | {"caption", "td", "th"}
LONGEST = 10_000
"""Characters of one text, or of an attribute: nh3 takes time by the square of the `&` in it.  Longer texts are given to
it in parts, with comments between, which it drops; longer attributes go."""

_ADDRESS = re.compile(r"https?://[^/]", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,5}")
# What browsers pass over in and before an address.  Source: WHATWG URL standard, 4.4, steps 1 to 3.
_AROUND, _BREAKS = "".join(map(chr, range(0x21))), str.maketrans("", "", "\t\n\r")


def html(markup: str, picture: Callable[[str], str | None]) -> str:
    """Return archived markup as it may stand inside a `div` of a page.

    markup: any text.  picture: is asked with the absolute URL of each picture, returns what `src` shall say; None: it
    is not shown, and a link to it stands there instead.  Never raises on its own; time grows with the length alone.
    """
    shown = set[str]()

    def source(url: str) -> str | None:
        if local := picture(url):
            shown.add(local)
        return local

    return plain.level(_cleaner(shown).clean("".join(_pieces(markup, source))))


def text(markup: str) -> str:
    """Return the plain text of archived markup, one paragraph a line: as `markup.said` has it, for any text."""
    return page.said(tags.steps(markup))


def _cleaner(shown: set[str]) -> nh3.Cleaner:
    """Return what holds markup against the tables: only pictures in `shown` are loaded."""

    def checked(_: str, name: str, value: str) -> str | None:
        if name in SET:
            return value if value == SET[name] else None
        if name == "src":
            return value if value in shown else None
        if name == "href":
            return value if _ADDRESS.match(value) else None
        return value if name == "alt" or _NUMBER.fullmatch(value) else None

    return nh3.Cleaner(
        tags=set(KEPT),
        clean_content_tags=set(tags.SILENT),
        attributes={name: set(kept) for name, kept in KEPT.items()},
        attribute_filter=checked,
        generic_attribute_prefixes=set(),
        set_tag_attribute_values={"img": {"loading": SET["loading"]}},
        url_schemes=set(SCHEMES),
        link_rel=SET["rel"],
    )


def _pieces(markup: str, source: Callable[[str], str | None]) -> Iterator[str]:
    """Yield what stays, tag by tag and text by text."""
    ends, around = (
        list[str](),
        list[str](),
    )  # an end tag, or none, for each open element; the names of those that have one
    for name, what in page.unpromoted(tags.steps(markup)):
        if isinstance(what, str):
            yield "<!---->".join(escape(what[at : at + LONGEST], quote=False) for at in range(0, len(what), LONGEST))
        elif what is None:
            if ends[-1]:
                around.pop()
            yield ends.pop()
        else:
            start, end = _element(INSTEAD.get(name, name), what, source)
            if end and not _may_stand(name, around):
                start = end = ""
            yield start
            ends.append(end)
            around += [name] if end else []


def _may_stand(name: str, around: list[str]) -> bool:
    """Tell whether an element may stand inside those around it: not too deep, and in a table's frame only its parts.

    What else stands there, a browser puts before the table, which is not what is read when it is written out again.
    """
    return len(around) < DEEPEST and (not around or around[-1] not in FRAMES or name in PARTS)


def _element(name: str, attributes: dict[str, str | None], source: Callable[[str], str | None]) -> tuple[str, str]:
    """Return what stands where an element opens, and where it closes."""
    if name in MEDIA:
        where, called = MEDIA[name]
        address = _address(attributes.get(where))
        return ("" if name in SPOKEN_FOR and not address else _said(called, address)), ""
    if name not in KEPT:
        return "", ""
    values = {key: value for key, value in attributes.items() if key in KEPT[name] and value and len(value) <= LONGEST}
    if name == "img":
        address = _address(values.get("src"))
        local = source(address) if address else None
        if not local:
            return _said(": ".join(filter(None, (PICTURE, values.get("alt")))), address) if address else "", ""
        values = {"alt": "", **values, "src": local}
    if name == "a":
        address = _address(values.get("href"))
        if not address:
            return "", ""
        values = {"href": address}
    start = "".join((f"<{name}", *(f' {key}="{attribute(value)}"' for key, value in values.items()), ">"))
    return start, "" if name in VOID else f"</{name}>"


def _said(called: str, address: str | None) -> str:
    """Return the word for what is not shown, as a link if it has an address."""
    if not address:
        return f"[{called}]"
    return f'<a href="{attribute(address)}">[{escape(f"{called}: {urlsplit(address).hostname}", quote=False)}]</a>'


def _address(value: str | None) -> str | None:
    """Return where an address of the site's pages leads, None if to no page."""
    found = (value or "").strip(_AROUND).translate(_BREAKS)
    if found.startswith("//"):
        found = f"https:{found}"
    elif found.startswith("/"):
        found = f"https://{urls.PAGES}{found}"
    try:
        return found if _ADDRESS.match(found) and len(found) <= LONGEST and urlsplit(found).hostname else None
    except ValueError:  # brackets that hold no IPv6 address
        return None
