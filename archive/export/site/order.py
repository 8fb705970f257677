"""Order: all articles by date of news, those of one minute by their files, so that it is the same in any index.

Numbers of an index's texts follow the order of arrival within a minute; the numbers made here do
not.  They lie as those do: a day is a range of them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Any

from archive.files.sorting import refusals
from archive.page import PARIS
from archive.tables import texts
from archive.tables.card import Card

ALL = ""
"""The list of all articles."""
_BEYOND = 2**62
_STEP = 500
_TABLES = """create table news (old integer primary key, start integer, path text);
    create table borne (label text, old integer);
    create table happened (what text, epoch integer, name text, old integer); begin;"""
_LISTS = """create index placed_old on placed (old);
    create table lists as select b.label, p.number, p.old,
        row_number() over (partition by b.label order by p.number) - 1 as rank from borne b join placed p using (old);
    create unique index lists_number on lists (label, number);
    create unique index lists_rank on lists (label, rank);
    create table ranked as select what, epoch, name, old,
        row_number() over (partition by what order by epoch, name, old) - 1 as rank from happened;
    create unique index ranked_rank on ranked (what, rank);
    drop table news; drop table borne; drop table happened;"""
Place = tuple[int, int]
"""Number of an article in this order, and in the index."""
Happened = tuple[str, int, str, int]
"""What kind of thing, when (seconds since 1970), of which URL or file, and its number in the index."""


class Order:
    """The lists of articles, in a file that nobody else sees; it vanishes with the process."""

    def __init__(self, cards: Iterable[Card], happened: Iterable[Happened]) -> None:
        """Put these in order.  This and all else raises CannotWrite where there is no room for temporary files."""
        with refusals():
            self._db = sqlite3.connect("", isolation_level=None)
            self._db.executescript(_TABLES)
            for card in cards:
                self._db.execute("insert into news values (?, ?, ?)", (card.number, start(card), card.path))
                names = [ALL, *(slug(kind, name) for kind, name in card.labels())]
                self._db.executemany("insert into borne values (?, ?)", ((name, card.number) for name in names))
            self._db.executemany("insert into happened values (?, ?, ?, ?)", happened)
            self._db.execute("create table placed (number integer primary key, old integer)")
            self._db.executemany("insert into placed values (?, ?)", self._placed())
            self._db.executescript(_LISTS)

    def _placed(self) -> Iterator[Place]:
        """Give each article the number that its minute begins with, or the next one free."""
        last = -_BEYOND
        for old, first in self._db.execute("select old, start from news order by start, path"):
            last = max(first, last + 1)
            yield last, old

    def newest(self, label: str, before: int | None, limit: int) -> list[Place]:
        """Return the newest articles of a list, the newest first.  before: only those with a lower number."""
        sql = "select number, old from lists where label = ? and number < ? order by number desc limit ?"
        return self._all(sql, (label, _BEYOND if before is None else before, limit))

    def between(self, first: int, beyond: int, limit: int) -> list[Place]:
        """Return the articles of a range of numbers, the newest first."""
        sql = (
            "select number, old from lists where label = '' and number >= ? and number < ? order by number desc limit ?"
        )
        return self._all(sql, (first, beyond, limit))

    def every(self) -> Iterator[list[Place]]:
        """Yield all articles, the oldest first, some at a time."""
        last = -_BEYOND
        sql = "select number, old from lists where label = '' and number > ? order by number limit ?"
        while some := self._all(sql, (last, _STEP)):
            yield some
            last = some[-1][0]

    def days(self) -> dict[date, int]:
        """Return the days that have articles, and how many."""
        with refusals():
            found = self._db.execute("select number from lists where label = '' order by number")
            return {day: sum(1 for _ in some) for day, some in groupby(texts.day_of(number) for (number,) in found)}

    def rank(self, label: str, before: int) -> int | None:
        """Return how many articles of a list are older than the newest of those with a lower number; None: no such."""
        sql = "select rank from lists where label = ? and number < ? order by number desc limit 1"
        found = self._all(sql, (label, before))
        return int(found[0][0]) if found else None

    def number(self, label: str, rank: int) -> int:
        """Return the number of the article of a list that so many are older than.  Raises IndexError."""
        return int(self._all("select number, old from lists where label = ? and rank = ?", (label, rank))[0][0])

    def happened(self, what: str, before: int | None, limit: int) -> list[tuple[str, int, int, int]]:
        """Return name, number in the index, time and rank of what happened last, the latest first.

        before: only what has a lower rank.
        """
        sql = "select name, old, epoch, rank from ranked where what = ? and rank < ? order by rank desc limit ?"
        return self._all(sql, (what, _BEYOND if before is None else before, limit))

    def placed(self, old: int) -> int:
        """Return the number of an article of the index.  Raises IndexError."""
        return int(self._all("select number, old from placed where old = ?", (old,))[0][0])

    def _all(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        with refusals():
            return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let it go, and its file with it."""
        self._db.close()


def slug(kind: str, name: str) -> str:
    """Return the name of a label that no file system and no browser stumbles over."""
    return blake2b(f"{kind}\0{name}".encode("utf-8", "replace"), digest_size=8).hexdigest()


def start(card: Card) -> int:
    """Return the first number that an article may have: by its publication, else by the day in its path, else 0."""
    if card.published is None:
        return texts.first_of(card.day) if card.day else 0
    at = card.published.astimezone(PARIS)
    return texts.first_of(at.date()) + (at.hour * 60 + at.minute) * texts.SLOTS


def span(day: date) -> tuple[int, int]:
    """Return the first number of a day, and that of the next."""
    return texts.first_of(day), texts.first_of(day + timedelta(days=1))
