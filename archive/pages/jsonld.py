"""JSON-LD in a page: what its scripts say of the article.  Pure; damage gives what can be had.

Each script is parsed alone: pages have several, and joined they are no JSON.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborNode

# JSON can name characters that neither UTF-8 nor a database takes: halves of surrogate pairs, and NUL.
_UNFIT = re.compile(r"[\ud800-\udfff\x00]")
ARTICLES = frozenset(["NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting"])


@dataclass(frozen=True, slots=True)
class Linked:
    """The article as linked data, each text on one line."""

    published: str | None = None
    """datePublished: ISO 8601."""
    modified: str | None = None
    """dateModified: ISO 8601."""
    authors: tuple[str, ...] = ()
    """Names of the authors in order, each once."""
    keywords: tuple[str, ...] = ()
    """Key words in order, each once; a text is split at its commas."""


SCRIPT = "script[type='application/ld+json']"


def of(scripts: Iterable[LexborNode]) -> Linked:
    """Return what the first script that speaks of an article says; an empty Linked if none does.

    scripts: those of a page that SCRIPT finds, in page order.
    """
    for node in scripts:
        for thing in _things(_parse(node.text() or "")):
            if not ARTICLES.isdisjoint(_texts(thing.get("@type"))):
                return Linked(
                    published=next(_texts(thing.get("datePublished")), None),
                    modified=next(_texts(thing.get("dateModified")), None),
                    authors=tuple(dict.fromkeys(_named(thing.get("author")))),
                    keywords=tuple(dict.fromkeys(_keywords(thing.get("keywords")))),
                )
    return Linked()


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _things(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a script: one alone, those of an array, those of a @graph."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (inner for inner in (graph if isinstance(graph, list) else []) if isinstance(inner, dict))


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a value that may be one or a list of them: on one line each, what no file can hold gone."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and (text := " ".join(_UNFIT.sub("", item).split())):
            yield text


def _named(value: Any) -> Iterator[str]:
    """Yield the names of people or things that are given as objects or as bare texts."""
    for item in value if isinstance(value, list) else [value]:
        yield from _texts(item.get("name") if isinstance(item, dict) else item)


def _keywords(value: Any) -> Iterator[str]:
    for text in _texts(value):
        yield from (word.strip() for word in text.replace("，", ",").split(",") if word.strip())
