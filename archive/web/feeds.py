"""Feeds: the newest of everything, of a label, of a search, and of what was edited, for readers of feeds.

They are read elsewhere: every address in them is whole, of the host under which they were asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import urlencode

from archive.changes import News, latest
from archive.errors import BadRecord, NotFound
from archive.export import atom, edits
from archive.export import latest as newest
from archive.export.atom import Entry, Feed
from archive.export.text import text
from archive.search import search
from archive.tables.card import Card
from archive.web import answer, items, sought
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context

MOST = 50
"""Entries of a feed."""
MOST_CHANGES = 30
"""Of the feed of changes: of each two records are read."""
_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed changed last that never had an entry."""


def everything(context: Context, asked: Asked) -> Answer:
    """Give the newest articles."""
    feed = newest.feed(_BEFORE, _own(asked), _whole(asked, context.links.newest()))
    return _answer(feed, _articles(context, asked, context.index.newest_cards(limit=MOST)))


def label(kind: str) -> Callable[[Context, Asked], Answer]:
    """Return what gives the newest articles that bear a name of a kind."""

    def handler(context: Context, asked: Asked) -> Answer:
        name = asked.names["name"]
        cards = context.index.newest_cards((kind, name), limit=MOST)
        if not cards:
            raise NotFound(f"no {kind} of this name")
        page = _whole(asked, context.links.label(kind, name))
        return _answer(_named(f"{kind} {name}", name, _own(asked), page), _articles(context, asked, cards))

    return handler


def searched(context: Context, asked: Asked) -> Answer:
    """Give the newest articles that a search finds, whatever its order is.  Raises BadUsage."""
    query = replace(sought.of(asked), order="newest")
    cards = [hit.card for hit in search(context.root, context.index, query, limit=MOST).hits]
    own = {**sought.fields(query), "order": None}
    given = {name: value for name, value in own.items() if value is not None}
    page = _whole(asked, context.links.search(**own))
    feed = _named(f"search {urlencode(given)}", "，".join(given.values()), _own(asked), page)
    return _answer(feed, _articles(context, asked, cards))


def changes(context: Context, asked: Asked) -> Answer:
    """Give what was edited, taken down or given back."""
    news, _ = latest(context.root, context.index, None, MOST_CHANGES)
    feed = edits.feed(_BEFORE, _own(asked), _whole(asked, context.links.changes()))
    return _answer(feed, (_change(context, asked, one) for one in news))


def _named(name: str, title: str, own: str, page: str) -> Feed:
    return Feed(f"{newest.NAME} {name}", f"{newest.TITLE}：{title}" if title else newest.TITLE, _BEFORE, own, page)


def _articles(context: Context, asked: Asked, cards: Iterable[Card]) -> Iterator[Entry]:
    """Yield the entries of articles; one of which nothing can be read is left out."""

    def picture(url: str) -> str | None:
        there = items.archived(context.index, [url])
        return _whole(asked, context.links.image(url)) if there else None

    for card in cards:
        with suppress(BadRecord):
            entry = newest.entry(text(context.root, context.index, card, lambda _: None), picture)
            yield replace(entry, link=_whole(asked, context.links.article(card.stem)))


def _change(context: Context, asked: Asked, one: News) -> Entry:
    stem = PurePosixPath(one.path).stem
    return replace(edits.entry(one), link=_whole(asked, context.links.article(stem)))


def _own(asked: Asked) -> str:
    return f"{asked.base}{asked.path}"


def _whole(asked: Asked, path: str | None) -> str:
    return f"{asked.base}{path}" if path else ""


def _answer(feed: Feed, entries: Iterable[Entry]) -> Answer:
    return Answer("\n".join(atom.lines(feed, entries)).encode("utf-8", "replace"), answer.ATOM)
