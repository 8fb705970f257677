"""Sought: the search that an address asks for, and the addresses of searches that differ from it.  Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR

from archive.errors import BadUsage
from archive.language.query import LONGEST, ORDERS, Order, Query
from archive.search import FACETS, Found
from archive.web.asked import Asked
from archive.web.links import Links

Fields = Mapping[str, str | None]
_YEAR = re.compile("[0-9]{4}")
WHY = {
    "characters at most": "search.long",
    "characters, more than": "search.long",
    "words and phrases at most": "search.many",
    "signs alone": "search.signs",
    "not only what not": "search.not",
    "only the first": "search.deep",
}
"""What stands in a message of BadUsage, and what is said instead (sayings.py)."""

HALF = {"search.many", "search.signs", "search.not"}
"""What may be half typed: the page says so, and nothing went wrong."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A search that somebody may go to from another."""

    name: str
    """By what it differs: a name of a facet, an order."""
    count: int
    """How many articles it finds, as far as they were counted; 0: nobody counted."""
    link: str | None
    """Its address."""
    chosen: bool
    """It is the one that was asked for; of a facet the link then takes the name off again."""


def of(asked: Asked) -> Query:
    """Return what is asked for.  Raises BadUsage."""
    year = asked.text("year")
    if year and not (_YEAR.fullmatch(year) and 1 <= int(year) <= MAXYEAR):
        raise BadUsage(f"no year: {year!r}")
    return Query(
        text=asked.text("q", LONGEST),
        year=int(year) if year else None,
        section=asked.text("section") or None,
        show=asked.text("show") or None,
        author=asked.text("author") or None,
        order=_order(asked.text("order") or ORDERS[0]),
    )


def _order(text: str) -> Order:
    for order in ORDERS:
        if order == text:
            return order
    raise BadUsage(f"order is one of {', '.join(ORDERS)}, not {text!r}")


def fields(query: Query) -> dict[str, str | None]:
    """Return the fields of a search's address; None for those that it does without."""
    year = None if query.year is None else f"{query.year:04}"
    named = {"section": query.section, "show": query.show, "author": query.author, "year": year}
    return {"q": query.text or None, **named, "order": query.order if query.order != ORDERS[0] else None}


def is_empty(query: Query) -> bool:
    """Tell whether nothing is asked for."""
    return not query.text and not any(fields(query)[name] for name in FACETS)


def facets(links: Links, query: Query, found: Found) -> dict[str, list[Choice]]:
    """Return what a search is narrowed by, then by what else it can be; facets without a name are left out."""
    own = fields(query)
    made = {kind: list(_choices(links, own, kind, found.facets[kind])) for kind in FACETS}
    return {kind: made[kind] for kind in sorted(FACETS, key=lambda kind: own[kind] is None) if made[kind]}


def _choices(links: Links, own: Fields, kind: str, counted: list[tuple[str, int]]) -> list[Choice]:
    """Return the names of a facet; where one is chosen already, that one alone."""
    if (name := own[kind]) is not None:
        return [Choice(name, dict(counted).get(name, 0), links.search(**{**own, kind: None}), chosen=True)]
    return [Choice(name, count, links.search(**{**own, kind: name}), chosen=False) for name, count in counted]


def orders(links: Links, query: Query) -> list[Choice]:
    """Return the orders in which a search can be read."""
    own = fields(query)
    given = {order: order if order != ORDERS[0] else None for order in ORDERS}
    return [Choice(order, 0, links.search(**{**own, "order": given[order]}), order == query.order) for order in ORDERS]


def why(error: BadUsage) -> str:
    """Return the name in speech.py of what is wrong with a search."""
    return next((name for sign, name in WHY.items() if sign in str(error)), "search.bad")
