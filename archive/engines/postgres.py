"""Postgres: the index of many machines, in PostgreSQL: the same tables, statements and laws as in SQLite.

An archive is a schema of a database.  A writer keeps an advisory lock on it that it shares
with other writers; whoever puts a fresh one in its place has it alone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from archive.engines import dialect, lexemes
from archive.engines.session import HOLD, HOLDS, Session, refusals
from archive.errors import CannotWrite, Locked, NotFound
from archive.index import Index
from archive.tables.database import T, Values, made
from archive.tables.searching import RANGE, Label, Span, unworded

SCHEMA = "archive"
_VERSION = "select number from version"
_THERE = "select to_regclass('version') is not null"
_MAKE = "select pg_advisory_xact_lock(hashtext(%s))"
_ALONE = f"select pg_try_advisory_lock({HOLDS}, hashtext(%s))"
_FOUND = "select s.rowid from search s join texts x on x.id = s.rowid where x.key is not null and"
_LABELLED = "and s.rowid in (select text from labelled where label = ?)"
_WORDS = "select rowid, words, tsvector_to_array(found) from search order by rowid"


class Postgres(Index):
    """The tables of one archive in PostgreSQL; many writers, one transaction at a time, readers at any time."""

    def __init__(self, url: str, *, schema: str = SCHEMA, create: bool = False) -> None:
        """Connect to the database at `url`.  Raises NotFound if it has no such index and none is to be made.

        create: to write to it.  Raises CannotWrite, Locked, BadUsage.
        """
        self.session = Session(url, schema)
        self._db = self.session  # type: ignore[assignment]  # it answers as a connection of SQLite's would
        self.path, self._depth, self._writes = Path(self.session.name), 0, create
        try:
            if create:
                self._make_tables()
            self._look()
        except BaseException:
            self.session.close()
            raise

    def _make_tables(self) -> None:
        """Make ready for writing; a schema in which no table was committed yet gets them all."""
        self.session.schemas("begin")
        try:
            self.session.raw(_MAKE, self.session.schema)
            self.session.schemas("create schema if not exists {one}", one=self.session.schema)
            if not self._told(_THERE):
                self.session.raw(
                    f"{dialect.schema(self.schema())} create table version as select {self.VERSION} as number"
                )
            self.session.schemas("commit")
        finally:
            if self.session.in_transaction:
                self.session.schemas("rollback")
        if not self._told(HOLD, self.session.schema):
            raise Locked(f"{self.session.name} is being made again by another process: try again when it has ended")
        self.session.holds = True

    def _look(self) -> None:
        """Raise NotFound if there is no index, CannotWrite if its tables are not those that this code knows."""
        if not self._told(_THERE):
            raise NotFound(f"no index in {self.session.name}: `rfi-archive rebuild` makes it from warc/")
        with self._refusing():
            if (version := self._told(_VERSION)) != self.VERSION:
                raise ValueError(f"its tables are of version {version}, not {self.VERSION}")

    def _told(self, sql: str, *values: Any) -> Any:
        """Return the one value that a question of PostgreSQL's own is answered with."""
        row = self.session.raw(sql, *values).fetchone()
        assert row
        return row[0]

    def _refusing(self) -> AbstractContextManager[None]:
        return refusals(self.session.name)

    def close(self) -> None:
        """Let go of the connection."""
        self.session.close()

    def _each(self, make: Callable[..., T], sql: str, values: Values = ()) -> Iterator[T]:
        with self._refusing():
            for row in self.session.each(sql, values):
                yield made(make, row)

    # The words

    def _give(self, number: int, given: tuple[str, str, str]) -> None:
        kept = lexemes.words(given)
        # One text: psycopg takes a hundred times as long over a list.
        sql = "insert into search (rowid, words, found) values (?, ?, array_to_tsvector(string_to_array(?, ?)))"
        self._db.execute(sql, (number, kept, "\n".join(lexemes.lexemes(kept)), "\n"))

    def matching(self, match: str, span: Span, labels: Sequence[Label], limit: int) -> list[int]:
        """As an Index has it."""
        if not match:
            return list(self._rows(int, *unworded(span, labels, limit)))
        where, values = lexemes.condition(match)
        sql = f"{_FOUND} {where} and {RANGE} {_LABELLED * len(labels)} order by s.rowid desc limit ?"
        return list(self._rows(int, sql, (*values, *span, *(number for number, _ in labels), limit)))

    # What is wrong

    def flaws(self) -> Iterator[str]:
        """Yield what is wrong with the words of texts; PostgreSQL's own checksums and amcheck look after its files."""
        yield from self.garbled()

    def garbled(self) -> Iterator[str]:
        """Yield what is wrong with the words of texts: all are read, and held against what they are found by."""
        try:
            for number, kept, found in self.session.each(_WORDS, ()):
                if set(lexemes.lexemes(kept)) != set(found):
                    yield f"the words of {number} are there, and others are found"
        except CannotWrite as error:
            yield f"the words of texts cannot be read: {error}"


# A fresh index is made in a schema of its own, beside the old one.


def remove(url: str, schema: str) -> None:
    """Remove an index.  Raises CannotWrite."""
    session = Session(url, schema)
    try:
        session.schemas("drop schema if exists {one} cascade", one=schema)
    finally:
        session.close()


def put_in_place(url: str, fresh: str, schema: str = SCHEMA) -> None:
    """Let a fresh index take the old one's place in one step.  Raises CannotWrite; Locked while others write."""
    session = Session(url, schema)
    old = f"{schema}_old"
    try:
        session.schemas("drop schema if exists {old} cascade", old=old)
        if not (session.raw(_ALONE, schema).fetchone() or (False,))[0]:
            raise Locked(f"another process writes to {session.name}: try again when it has ended")
        session.schemas("begin")
        session.schemas("create schema if not exists {one}", one=schema)
        session.schemas("alter schema {one} rename to {old}", one=schema, old=old)
        session.schemas("alter schema {fresh} rename to {one}", fresh=fresh, one=schema)
        session.schemas("commit")
        session.raw("set lock_timeout = '1s'")
        with suppress(CannotWrite):  # somebody reads it still: the next rebuild removes it
            session.schemas("drop schema if exists {old} cascade", old=old)
    finally:
        session.close()
