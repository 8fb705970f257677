"""Search: the articles that a query finds, each with the place where they say it."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from archive.engines.opening import open_index
from archive.index import NAME as INDEX
from archive.language import moment
from archive.language.query import Query
from archive.language.snippet import Piece
from archive.search import Found, Hit, search
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, WRONG, coloured, say, show

COLOURED, PLAIN = ("\x1b[1;31m", "\x1b[0m"), ("[", "]")
"""What stands before and behind what was looked for: bold and red (ECMA-48, SGR), or brackets."""


def run(options: argparse.Namespace) -> int:
    """Tell them; exit code 1 if there are none."""
    query = Query(
        options.words,
        since=options.since,
        until=options.until,
        edition=options.edition,
        section=options.section,
        show=options.show,
        author=options.author,
        tag=options.tag,
        order=options.order,
    )
    with closing(open_index(options.archive / INDEX)) as index:
        found = search(options.archive, index, query, limit=options.limit)
    if found.hits or options.json:
        show(_values(found), lambda _: list(_lines(found)), as_json=options.json)
    say(f"{_counted(found)}, {len(found.hits)} shown" if found.hits else "nothing found")
    return WELL if found.hits else WRONG


def _values(found: Found) -> dict[str, Any]:
    """Return them for programs."""
    return {
        "total": found.total,
        "more": found.more,
        "facets": {kind: dict(names) for kind, names in found.facets.items()},
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    card = hit.card
    return {
        "url": card.url,
        "path": card.path,
        "title": card.title,
        "section": card.section,
        "show": card.show,
        "authors": [*card.authors],
        "tags": [*card.tags],
        "published": moment.stamp(card.published) if card.published else None,
        "captured": moment.stamp(card.captured),
        "snippet": "".join(text for text, _ in hit.snippet),
        "marked": [text for text, sought in hit.snippet if sought],
    }


def _lines(found: Found) -> Iterator[str]:
    """Yield them for people."""
    marks = COLOURED if coloured() else PLAIN
    for hit in found.hits:
        card = hit.card
        when = moment.stamp(card.published) if card.published else str(card.day or "no date")
        yield f"{when}  {plain(card.show or card.section)}  {_marked(hit.title, marks)}"
        yield f"    {_marked(hit.snippet, marks)}"
        yield f"    {plain(card.url)}"
        yield f"    {card.path}"


def _marked(pieces: Iterable[Piece], marks: tuple[str, str]) -> str:
    """Return pieces on one line."""
    return "".join(f"{marks[0]}{plain(text)}{marks[1]}" if sought else plain(text) for text, sought in pieces)


def _counted(found: Found) -> str:
    least = "at least " if found.more else ""
    return f"{least}{found.total} found"
