"""API: what each operation answers.  A handler gets what `fields.values` made of a request, and returns values."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from archive import search
from archive.changes import latest
from archive.language.query import Query
from archive.versions import content
from archive.versions import diff as differing
from archive.web import events, health, life, values, versions
from archive.web.article import found
from archive.web.asked import Asked
from archive.web.context import Context

Given = Mapping[str, Any]
"""What was asked with, by name; None for what was not given."""
Told = dict[str, Any]
Answerer = Callable[[Context, Asked, Given], Told]
KINDS = "edition", "section", "show", "author", "tag"
_LATEST = date(9999, 12, 30)
_EVER = -(2**62), 2**62


def articles(context: Context, _: Asked, given: Given) -> Told:
    """Return the newest articles, of some labels."""
    labels = [context.index.label(kind, given[kind]) for kind in KINDS if given[kind] is not None]
    span = _EVER[0], _EVER[1] if given["before"] is None else given["before"]
    limit = given["limit"]
    there = [label for label in labels if label]
    numbers = context.index.matching("", span, there, limit + 1) if len(there) == len(labels) else []
    behind = numbers[limit - 1] if len(numbers) > limit else None
    return {
        "articles": values.cards(context, context.index.cards(numbers[:limit])),
        "next": _next(context, "articles", given, before=behind) if behind is not None else None,
    }


def article(context: Context, _: Asked, given: Given) -> Told:
    """Return one article."""
    return values.article(context, found(context, given["stem"]))


def life_of(context: Context, _: Asked, given: Given) -> Told:
    """Return what became of an article."""
    card = found(context, given["stem"])
    return {"events": [values.event(context, card.stem, one) for one in life.of(context.index, card.url)]}


def diff(context: Context, _: Asked, given: Given) -> Told:
    """Return what two versions of an article say differently.  Raises BadRecord."""
    card = found(context, given["stem"])
    there = life.versions(life.of(context.index, card.url))
    old, new = (versions.numbered(there, given[name]) for name in ("a", "b"))
    changes = differing.compare(*(content.texts(versions.read(context, at)) for at in (old, new)))
    return {"old": values.side(old), "new": values.side(new), "changes": values.changes(changes)}


def searched(context: Context, _: Asked, given: Given) -> Told:
    """Return what a search finds.  Raises BadUsage."""
    named = {name: given[name] for name in (*KINDS, "since", "until", "year", "order")}
    query = Query(text=given["q"] or "", **named)
    told = search.search(context.root, context.index, query, start=given["start"], limit=given["limit"])
    shown = values.cards(context, [hit.card for hit in told.hits])
    return {
        "total": told.total,
        "more": told.more,
        "hits": [
            {"article": card, "title": values.pieces(hit.title), "snippet": values.pieces(hit.snippet)}
            for card, hit in zip(shown, told.hits, strict=True)
        ],
        "facets": {kind: values.counts(names) for kind, names in told.facets.items()},
        "next": _next(context, "search", given, start=told.next) if told.next is not None else None,
    }


def labels(context: Context, _: Asked, given: Given) -> Told:
    """Return the names of a kind."""
    return {"labels": values.counts(context.index.labels(given["kind"], limit=given["limit"]))}


def days(context: Context, _: Asked, given: Given) -> Told:
    """Return the days that have articles."""
    until = min(given["until"], _LATEST) if given["until"] else None
    counted = context.index.by_day(given["since"], until)[::-1][: given["limit"]]
    return {"days": [{"day": day.isoformat(), "articles": many} for day, many in counted]}


def changes(context: Context, _: Asked, given: Given) -> Told:
    """Return what was edited, taken down or given back."""
    news, behind = latest(context.root, context.index, given["before"], given["limit"])
    return {
        "changes": [values.news(context, one) for one in news],
        "next": _next(context, "changes", given, before=events.written(behind)) if behind else None,
    }


def healthy(context: Context, asked: Asked, _: Given) -> Told:
    """Return how the archive is."""
    context.index  # noqa: B018 - says so where there is none
    return health.figures(context.root, health.since(asked.at))


def _next(context: Context, path: str, given: Given, **other: str | int) -> str | None:
    """Return the address of a list's next page: what it was asked with, but for where it begins."""
    asked = {name: value for name, value in {**given, **other}.items() if value is not None}
    return context.links.data(f"{path}?{urlencode(asked, quote_via=quote)}")
