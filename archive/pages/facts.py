"""Facts: what a page says of its article beside the text, each fact from the best of its sources.  Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive import urls
from archive.errors import BadUrl
from archive.language import moment
from archive.pages import jsonld, markup
from archive.pages.parsed import Parsed
from archive.rfi import generation

DEFAULT_CARD = "/meta_og_twcards/"
"""In the URL of the picture that stands for "no picture" on social networks."""
BODY = ".t-content__body"
DATES = ".t-content__dates time, .m-pub-dates time"
MEDIA = ".t-content__main-media"
AUTHORS = ".m-from-author__name, .t-content__authors .m-author__name__title, .t-content__authors a"
TAGS = ".m-tags-list a, .t-content__tags a"
CAPTION = "figcaption, .a-media-legend"
SECTION = ".t-content__section"
SECTION_LINKS = ".t-content__section a, .m-breadcrumb a"
SHORT = "link[rel='shortlink']"
SHORT_LINK = re.compile(r"https?://rfi\.my/[0-9A-Za-z]+(?:\.[A-Z])?|https?%3A%2F%2Frfi\.my%2F[0-9A-Za-z]+(?:\.[A-Z])?")
DISPLAY = re.compile(r"(https?://[^/]+/media/display/[^/]+)(?:/[a-z]:[^/]+)*/([^/]+)")
"""A picture of the site: one file behind an id, at any width and shape.  Source: rfi-site.md, 3.3."""
WIDTH = re.compile(r"([0-9]{1,6})w(?:,|\Z)")
"""How wide a candidate of a `srcset` is; some sets have no blank between it and the next address."""
_WEBP = "image/webp"
"""Type of a twin of a picture, which has another name than the one that was uploaded."""
# An address that is whole, and stands by itself as it is joined to any other.
_WHOLE = re.compile(r"https?://[0-9a-z.-]+/[^\s?#;]*")
_BLANK = re.compile(r"\s")
YEARS = 1900, 2999
"""Another year is no date of an article, and some no clock of Paris could show."""
MAX_NAMES = 100
"""An article names no more authors, nor tags."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of its article beside the text of the file, for the index and the exports."""

    published: datetime | None
    """UTC; from the first time element's datetime, else JSON-LD, else meta; None if none can be read."""
    modified: datetime | None
    """UTC; from the second time element, else JSON-LD, else meta."""
    section: str
    """Name of the section as the page's tag has it, else the URL's first segment."""
    show: str | None
    """Name of the show as the page links to it, else as the URL has it; None on news."""
    authors: tuple[str, ...]
    """Names in page order, each once; from the page, else from JSON-LD."""
    tags: tuple[str, ...]
    """Key words in page order, each once; from the page's links, else from JSON-LD."""
    image: str | None
    """URL of the lead image, as in the article file."""
    shown: str | None
    """URL of the lead image at the width that a wide window loads: what a replay of the page asks for."""
    caption: str | None
    """Its caption with the credit, one line."""
    pictures: tuple[str, ...]
    """URLs of the pictures inside the body, in page order, each once."""
    short: str | None
    """The rfi.my link that the page shares, as it stands there."""
    language: str | None
    """The page's own `lang`: "zh", "zh-Hans" ..."""
    generation: str | None
    """Which of the site's known layouts the page's lead image is of, as `generation` has it; None: of none."""
    lead: str
    """Plain text of the lead, one paragraph a line; what the site says of itself in it left out."""
    body: str
    """The same of the body."""

    @property
    def text(self) -> str:
        """Plain text of lead and body, one paragraph a line."""
        return "\n".join(filter(None, (self.lead, self.body)))


def gather(parsed: Parsed, root: LexborNode, url: str, dates: list[LexborNode], texts: tuple[str, str]) -> Facts:
    """Gather what the page says of its article, each from the best of its sources.

    dates: its time elements, as `times` has them.  texts: of lead and body.
    """
    tree = parsed.front
    linked = jsonld.of(parsed.every(jsonld.SCRIPT))
    told = [markup.value(node, "datetime") for node in dates]
    media = root.css_first(MEDIA)
    show = urls.show_of(url)
    return Facts(
        published=_date(_told(tree, told[:1], linked.published, "article:published_time")),
        modified=_date(_told(tree, told[1:2], linked.modified, "article:modified_time")),
        section=("" if show else markup.line(root.css_first(SECTION))) or markup.one_line(urls.section_of(url)),
        show=(_linked_name(parsed, url) or markup.one_line(show)) if show else None,
        authors=_names(root, AUTHORS) or linked.authors,
        tags=_names(root, TAGS) or linked.keywords,
        image=_image(tree, media, url),
        shown=_shown(media, url),
        caption=markup.line(media.css_first(CAPTION)) or None if media else None,
        pictures=_pictures(root, url),
        short=_short([*tree.css(SHORT), *root.css("a[href*='rfi.my']")]),
        language=markup.value(tree.root, "lang"),
        generation=generation.of(media),
        lead=texts[0],
        body=texts[1],
    )


def times(root: LexborNode) -> list[LexborNode]:
    """Return the time elements of an article in page order: of its publication, then of its last change."""
    found = {node.mem_id: node for node in root.css(DATES)}  # the parser finds once more what both selectors fit
    return [*found.values()]


def _linked_name(parsed: Parsed, url: str) -> str:
    """Return the text of the page's own link to the folder its URL lies in: the show, by its name."""
    folder = url.rpartition("/")[0]
    for node in parsed.every(SECTION_LINKS):
        try:
            target = urls.join(url, markup.value(node, "href") or "")
        except BadUrl:
            continue
        if target.rstrip("/") == folder and (name := markup.line(node)):
            return name
    return ""


def _image(tree: LexborHTMLParser, media: LexborNode | None, url: str) -> str | None:
    """Return the lead image at 1280 and 16x9: from the article's media, its social card, or a WebP twin."""
    for candidate in _offered(tree, media):
        source = _absolute(url, candidate or "")
        if candidate and source.startswith(("http://", "https://")) and DEFAULT_CARD not in source:
            source = _BLANK.sub(lambda blank: quote(blank[0]), source)
            return DISPLAY.sub(r"\1/w:1280/p:16x9/\2", source, count=1)
    return None


def _shown(media: LexborNode | None, url: str) -> str | None:
    """Return what a wide window loads of the lead image: the widest of a source, else of the image's set, else its src.

    Source: HTML standard, 4.8.4.3.5, "select an image source".
    """
    image = media.css_first("img") if media else None
    if media is None or image is None:
        return None
    sets = [_widest_of_set(node) for node in (*media.css("picture source"), image)]
    for candidate in (*sets, markup.value(image, "src")):
        if candidate and DISPLAY.fullmatch(source := _absolute(url, candidate)):
            return source
    return None


def _widest_of_set(node: LexborNode) -> str | None:
    """Return the address of a `srcset` with the greatest width; None if it tells none."""
    found, address = (0, ""), ""
    for word in (markup.value(node, "srcset") or markup.value(node, "data-srcset") or "").split():
        width = WIDTH.match(word)
        if width:
            found = max(found, (int(width[1]), address))
        address = word[width.end() :] if width else word
    return found[1] or None


def _offered(tree: LexborHTMLParser, media: LexborNode | None) -> Iterator[str | None]:
    """Yield the addresses of a lead image, the best first; most pages are asked for no more than one or two."""
    images = media.css("img") if media else []
    yield from (markup.value(node, "src") for node in images)
    yield from map(_first_of_set, images)
    sources = [(node, markup.value(node, "type")) for node in (media.css("source") if media else ())]
    yield from (_first_of_set(node) for node, kind in sources if kind != _WEBP)
    yield _meta(tree, "og:image")
    yield from (_first_of_set(node) for node, kind in sources if kind == _WEBP)


def _first_of_set(node: LexborNode) -> str | None:
    """Return the first address of a `srcset`; it ends at a blank, for commas stand inside some.

    Source: HTML standard, 4.8.4.2.2, "parse a srcset attribute".
    """
    words = (markup.value(node, "srcset") or markup.value(node, "data-srcset") or "").lstrip(", \t\r\n\f").split()
    return words[0].rstrip(",") if words else None


def _pictures(root: LexborNode, url: str) -> tuple[str, ...]:
    """Return the site's own pictures inside the body, as the body names them."""
    named = (markup.value(node, "src") or "" for node in root.css(f"{BODY} img"))
    return tuple(dict.fromkeys(picture for src in named if DISPLAY.fullmatch(picture := _absolute(url, src))))


def _absolute(url: str, link: str) -> str:
    """Return a link of the page as an absolute URL; "" if it is none."""
    link = link.strip()
    try:
        return link if _WHOLE.fullmatch(link) else urljoin(url, link)
    except ValueError:
        return ""


def _short(links: Iterable[LexborNode]) -> str | None:
    """Return the first short link of these."""
    for node in links:
        if match := SHORT_LINK.search(markup.value(node, "href") or ""):
            return match[0].replace("%3A", ":").replace("%2F", "/")
    return None


def _names(root: LexborNode, selector: str) -> tuple[str, ...]:
    """Return the texts of all that the selector finds, in page order, each once."""
    return tuple(dict.fromkeys(filter(None, map(markup.line, root.css(selector)[:MAX_NAMES]))))


def _told(tree: LexborHTMLParser, shown: list[str | None], linked: str | None, name: str) -> Iterator[str | None]:
    """Yield what the sources of a date say, the best first: the page as shown, its linked data, its head."""
    yield from shown
    yield linked
    yield _meta(tree, name)


def _date(texts: Iterable[str | None]) -> datetime | None:
    """Return the first text that is an ISO date, in UTC; without an offset it is the site's UTC."""
    for text in filter(None, texts):
        try:
            date = moment.utc(datetime.fromisoformat(text.strip()))
        except (ValueError, OverflowError):
            continue
        if YEARS[0] <= date.year <= YEARS[1]:
            return date
    return None


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    return markup.value(tree.css_first(f"meta[property='{name}']"), "content")
