"""Steady: an index whose lists are in an order that any other index of the same archive has, too."""

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from archive.engines import opening
from archive.export.site.order import ALL, Happened, Order, Place, slug, span
from archive.index import Index
from archive.tables.card import Card
from archive.tables.lately import Before
from archive.web.shelf import Shelf

EDITED, GONE = "edited", "gone"
"""What happens to articles."""
_MOST = 500


class Steady(Index):
    """An index to be read while it does not change; its Cards bear numbers of `order`."""

    order: Order
    """All articles, once they are arranged."""

    def arrange(self) -> None:
        """Put all articles in order.  Raises CannotWrite."""
        self.order = Order(self.every_card(), chain(self._edits(), self._gone()))
        self._by_day = self.order.days()
        self._in_turn = list(self._by_day)

    def _edits(self) -> Iterator[Happened]:
        before = None
        while some := super().latest_edits(before, _MOST):
            yield from ((EDITED, epoch, url, number) for url, number, (epoch, _) in some)
            before = some[-1][2]

    def _gone(self) -> Iterator[Happened]:
        cards, before = super().gone_cards(None, _MOST)
        while cards:
            yield from ((GONE, int(card.gone.timestamp()), card.path, card.number) for card in cards if card.gone)
            cards, before = super().gone_cards(before, _MOST) if before else ([], None)

    def newest_cards(
        self, label: tuple[str, str] | None = None, *, before: int | None = None, limit: int
    ) -> list[Card]:
        """As an Index has it."""
        return self._of(self.order.newest(slug(*label) if label else ALL, before, limit))

    def of_day(self, day: date, *, limit: int = _MOST) -> list[Card]:
        """As an Index has it."""
        return self._of(self.order.between(*span(day), limit))

    def by_day(self, since: date | None = None, until: date | None = None) -> list[tuple[date, int]]:
        """As an Index has it."""
        low = bisect.bisect_left(self._in_turn, since) if since else 0
        high = bisect.bisect_right(self._in_turn, until) if until else len(self._in_turn)
        return [(day, self._by_day[day]) for day in self._in_turn[low:high]]

    def next_day(self, day: date, *, back: bool) -> date | None:
        """As an Index has it."""
        at = bisect.bisect_left(self._in_turn, day) - 1 if back else bisect.bisect_right(self._in_turn, day)
        return self._in_turn[at] if 0 <= at < len(self._in_turn) else None

    def latest_edits(self, before: Before | None, limit: int) -> list[tuple[str, int, Before]]:
        """As an Index has it; the number of a place is its rank."""
        found = self.order.happened(EDITED, before[1] if before else None, limit)
        return [(url, number, (epoch, rank)) for url, number, epoch, rank in found]

    def gone_cards(self, before: Before | None, limit: int) -> tuple[list[Card], Before | None]:
        """As an Index has it; the number of a place is its rank."""
        found = self.order.happened(GONE, before[1] if before else None, limit + 1)
        places = ((self.order.placed(old), old) for _, old, _, _ in found[:limit])
        return self._of(places), found[limit - 1][2:] if len(found) > limit else None

    def every_steady(self) -> Iterator[Card]:
        """Yield all articles, the oldest first."""
        for some in self.order.every():
            yield from self._of(some)

    def has_day(self, day: date) -> bool:
        """Tell whether there are articles of a day."""
        return day in self._by_day

    def _of(self, places: Iterable[Place]) -> list[Card]:
        numbers = {old: number for number, old in places}
        return [replace(card, number=numbers[card.number]) for card in self.cards(list(numbers))]

    def close(self) -> None:
        """Let go of both."""
        if hasattr(self, "order"):
            self.order.close()
        super().close()


def opened(path: Path) -> Steady:
    """Open the index at `path`, or what stands for it, to be read while it does not change.  Raises as `open_index`."""
    if not opening.url():
        return Steady(path)
    from archive.engines.postgres import Postgres  # needs psycopg, which is installed where INDEX_URL is set

    class Shared(Steady, Postgres):
        """The same in PostgreSQL."""

    return Shared(opening.url(), schema=opening.schema(path))


class Desk(Shelf):
    """One index for whoever asks, in the thread that opened it."""

    def __init__(self, root: Path, index: Index) -> None:
        """Give this index always."""
        super().__init__(root)
        self._only = index

    @property
    def index(self) -> Index:
        """The index."""
        return self._only
