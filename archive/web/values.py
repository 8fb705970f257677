"""Values: what the API tells of articles, as plain values for JSON; schemas.py says what they are."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from archive.article import read
from archive.changes import News
from archive.errors import BadArticle
from archive.files import reach
from archive.language import moment
from archive.language.snippet import Piece
from archive.pages import safe
from archive.records.record import Place
from archive.tables.card import Card
from archive.versions import diff
from archive.versions.diff import Change
from archive.web import items, life, text
from archive.web.article import record_of
from archive.web.context import Context
from archive.web.health import quiet
from archive.web.items import Item
from archive.web.life import Moment

Value = dict[str, Any]


def cards(context: Context, found: Sequence[Card]) -> list[Value]:
    """Return articles as lists have them."""
    return [_card(context, item) for item in items.items(context, found)]


def _card(context: Context, item: Item) -> Value:
    card = item.card
    named = {name: getattr(card, name) for name in ("stem", "title", "url", "edition", "section", "show")}
    times = {name: _time(getattr(card, name)) for name in ("published", "modified", "captured", "first", "gone")}
    return {
        **named,
        "authors": [*card.authors],
        "tags": [*card.tags],
        "day": item.day.isoformat(),
        **times,
        "page": item.link,
        "data": context.links.data(f"articles/{card.stem}"),
        "picture": item.picture,
    }


def article(context: Context, card: Card) -> Value:
    """Return an article with all that it says."""
    said, shown = _said(context, card)
    return {
        **cards(context, [card])[0],
        "caption": card.caption,
        "text": said,
        "html": shown,
        "versions": len(life.versions(life.of(context.index, card.url))),
        "provenance": {
            "record": record_of(context, card)[0] or None,
            **_where(card.place),
            "refers": _where(card.refers) if card.refers else None,
            "asked": card.asked,
            "digest": card.digest,
            "sha256": card.sha256,
            "file": context.links.file(card.stem),
            "proof": context.links.proof(card.stem),
        },
    }


def _said(context: Context, card: Card) -> tuple[Value | None, Value | None]:
    """Return lead and body, plain and as harmless markup; None if the article file cannot be read."""
    try:
        found = read(reach.read(context.root / card.path))
    except (OSError, BadArticle):
        return None, None
    shown = text.of(context, found)
    plain = {"lead": safe.text(found.lead), "body": safe.text(found.body)}
    return plain, {"lead": str(shown.lead), "body": str(shown.body)}


def event(context: Context, stem: str, one: Moment) -> Value:
    """Return one thing that became of an article."""
    number = one.version
    return {
        "captured": _time(one.captured),
        "event": str(one.event),
        "version": number,
        "fields": [name for name in diff.FIELDS if name in one.fields],
        "status": one.status,
        "digest": one.one.capture.digest,
        **_where(one.one.capture.place),
        "page": context.links.version(stem, number) if number else None,
        "diff": context.links.data(f"articles/{stem}/diff/{number - 1}/{number}") if number and number > 1 else None,
    }


def side(one: Moment) -> Value:
    """Return one of two versions that are compared."""
    return {"version": one.version, "captured": _time(one.captured)}


def changes(found: Sequence[Change]) -> list[Value]:
    """Return what differs."""
    return [change.values() for change in found]


def news(context: Context, one: News) -> Value:
    """Return one change."""
    stem = PurePosixPath(one.path).stem
    told = {name: value for name, value in one.values().items() if name != "path"}
    return {**told, "problem": quiet(one.problem), "stem": stem, "page": context.links.article(stem)}


def pieces(found: Sequence[Piece]) -> list[Value]:
    """Return a text in pieces."""
    return [{"text": said, "hit": hit} for said, hit in found]


def counts(found: Sequence[tuple[str, int]]) -> list[Value]:
    """Return names and how many articles bear them."""
    return [{"name": name, "articles": many} for name, many in found]


def _where(place: Place) -> Value:
    return {"warc": f"warc/{place.file}", "offset": place.offset}


def _time(at: datetime | None) -> str | None:
    return moment.stamp(at) if at else None
