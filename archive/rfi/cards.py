"""Cards: section, front or calendar page -> entries.  Pure.

A page may name its articles in cards, bare in `main`, or in JSON-LD alone.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice, takewhile

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from archive.rfi.entry import Entry

MAX_DEPTH = 256
"""Levels of a page; libxml2 has the same limit for XML."""
NEAR, ABOVE = 500, 8
"""How many nodes into a card we look for its title and time, and how many levels above a link for its card."""

# The three generations of a card, and what holds its title.  Source: public crawls of 2022, 2024 and 2026.
_CARDS = {"m-item-list-article", "m-carousel-item", "m-item-news-feed"}
_TITLES = {"article__title", "m-carousel-item__title", "news__content__title"}
_NEWS_FEED = "o-aside-content--news-feed"
"""The one aside that lists fresh articles; the others promote old ones, or other sites'."""


def sources(text: str, notes: list[str]) -> Iterator[Iterator[Entry]]:
    """Yield the places where a page may list articles, each with its entries, the best place first.

    Whoever reads stops at the first place that names an article; `notes` get what is wrong with the page.
    """
    if not re.search("</html", text, re.IGNORECASE):
        notes.append("ends before </html>")
    soup = BeautifulSoup(text[: text.rfind(">") + 1], "lxml")  # no half a tag, so no half an href
    if _too_deep(soup):
        notes.append(f"nested deeper than {MAX_DEPTH} levels")
        return
    for aside in soup.find_all("aside"):
        if not aside.decomposed and _NEWS_FEED not in _classes(aside):
            aside.decompose()
    yield from (_carded(soup), _in_main(soup), _in_json(soup))


def _too_deep(soup: BeautifulSoup) -> bool:
    """Tell whether a page is nested so deep that walking it would take time by the square; none is by mishap."""
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values()) > MAX_DEPTH


def _carded(soup: BeautifulSoup) -> Iterator[Entry]:
    """Yield the links of cards; a card has a link around its picture and another around its title."""
    for anchor in soup.find_all("a", href=True):
        if anchor.has_attr("data-article-item-link") or _card(anchor):
            yield _linked(anchor)


def _in_main(soup: BeautifulSoup) -> Iterator[Entry]:
    """Yield the links of `main`: calendar days, and whatever the next generation calls a card."""
    yield from map(_linked, soup.main.find_all("a", href=True) if soup.main else ())


def _in_json(soup: BeautifulSoup) -> Iterator[Entry]:
    """Yield the links of JSON-LD item lists; each script stands alone, a broken one is passed over."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            document = json.loads(script.string or "")
        except (ValueError, RecursionError):
            continue
        for element in _listed(document):
            item = element.get("item", element)
            fields = item if isinstance(item, dict) else {"url": item}
            name = fields.get("name") or element.get("name")
            hrefs = (fields.get("url"), fields.get("@id"))
            yield Entry(_texts(hrefs), title=next(iter(_texts((name,))), None))


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


def _linked(anchor: Tag) -> Entry:
    """Return the entry an `a` makes, with its own title and the first time of its card."""
    inner = (tag for tag in _own(anchor) if isinstance(tag, Tag))
    heads = (tag for tag in inner if tag.name in ("h2", "h3") or _TITLES & _classes(tag))
    text = (node for node in _own(next(heads, anchor)) if type(node) is NavigableString)  # no comment, no script
    nodes = islice(card.descendants, NEAR) if (card := _card(anchor)) else ()
    times = (tag["datetime"] for tag in nodes if isinstance(tag, Tag) and tag.name == "time" and tag.get("datetime"))
    return Entry(_texts((anchor["href"],)), next(iter(_texts((next(times, None),))), None), title="".join(text))


def _texts(values: tuple[object, ...]) -> tuple[str, ...]:
    """Return those of the values that are texts: JSON holds anything."""
    return tuple(value for value in values if isinstance(value, str))
