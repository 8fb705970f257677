"""Items: archived articles as lists show them: under which day, where they lead, with which picture."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from archive import urls
from archive.decide import State
from archive.errors import BadUrl
from archive.index import Index
from archive.tables import texts
from archive.tables.card import Card
from archive.web.context import Context

PAGE = 30
"""Articles on one page of a list."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article in a list."""

    card: Card
    """All that the index has of it."""
    day: date
    """Under which it is listed, Paris."""
    link: str | None
    """Its page."""
    picture: str | None
    """Its lead picture, if that is archived."""


@dataclass(frozen=True, slots=True)
class Items:
    """One page of a list."""

    days: tuple[tuple[date, tuple[Item, ...]], ...]
    """Day by day, in the order of the list."""
    before: int | None
    """Where the page of older ones begins; None: there are no older ones."""


def page(context: Context, cards: list[Card], most: int = PAGE) -> Items:
    """Return a page of a list.  cards: one more than `most`, if there are so many."""
    found = items(context, cards[:most])
    days = ((day, tuple(some)) for day, some in groupby(found, lambda item: item.day))
    return Items(tuple(days), cards[most - 1].number if len(cards) > most else None)


def items(context: Context, cards: Iterable[Card]) -> list[Item]:
    """Return articles as lists show them, in their order."""
    cards = list(cards)
    there = archived(context.index, (card.image for card in cards if card.image))
    return [
        Item(
            card=card,
            day=texts.day_of(card.number),
            link=context.links.article(card.stem),
            picture=context.links.image(card.image) if card.image in there else None,
        )
        for card in cards
    ]


def archived(index: Index, named: Iterable[str]) -> frozenset[str]:
    """Return those of these URLs, in any spelling, that are archived."""
    spelt = dict[str, str]()
    for name in named:
        with suppress(BadUrl):
            spelt[name] = urls.canonical(name)
    known = index.known(set(spelt.values()))
    return frozenset(name for name, url in spelt.items() if url in known and known[url].state is State.ARCHIVED)
