"""Finding: the page of a search; with script the same page is asked for as somebody types."""

from dataclasses import dataclass
from http import HTTPStatus

from archive.errors import BadUsage
from archive.language.query import LONGEST, Query
from archive.language.snippet import Piece
from archive.search import Found, search
from archive.web import items, sought
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.items import Item

PAGE = 20
"""Articles on one page of a search."""


@dataclass(frozen=True, slots=True)
class Result:
    """One article that was found, as the page shows it."""

    item: Item
    title: list[Piece]
    """As in search.Hit."""
    snippet: list[Piece]
    """As in search.Hit."""


def page(context: Context, asked: Asked) -> Answer:
    """Show the form, and what is found; if the search makes no sense, why, with 400 if nobody can have typed it."""
    query = Query(asked.query.get("q", "")[:LONGEST])
    try:
        query, start = sought.of(asked), asked.number("start") or 0
        found = search(context.root, context.index, query, start=start, limit=PAGE)
    except BadUsage as error:
        why = sought.why(error)
        status = HTTPStatus.OK if why in sought.HALF else HTTPStatus.BAD_REQUEST
        return _show(context, asked, query, status, problem=why, detail=str(error))
    return _found(context, asked, query, start, found)


def _found(context: Context, asked: Asked, query: Query, start: int, found: Found) -> Answer:
    own = sought.fields(query)
    cards = items.items(context, (hit.card for hit in found.hits))
    return _show(
        context,
        asked,
        query,
        empty=sought.is_empty(query),
        start=start,
        total=found.total,
        more=found.more,
        results=[Result(item, hit.title, hit.snippet) for item, hit in zip(cards, found.hits, strict=True)],
        facets=sought.facets(context.links, query, found),
        orders=sought.orders(context.links, query),
        first=context.links.search(**own) if start else None,
        next=context.links.search(**own, start=str(found.next)) if found.next is not None else None,
    )


def _show(context: Context, asked: Asked, query: Query, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Answer:
    own = sought.fields(query)
    kept = {name: value for name, value in own.items() if value is not None and name != "q"}
    feed = None if "problem" in values else context.links.search_feed(**{**own, "order": None})
    blank = {"problem": "", "detail": "", "empty": False, "feed": feed}
    return show(context, asked, "search", status, query=query, kept=kept, most=LONGEST, **{**blank, **values})
