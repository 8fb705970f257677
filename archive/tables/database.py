"""Database: one SQLite file with our rules of opening, transactions and damage.

Whatever SQLite refuses, and whatever value no writer of ours put there, is one CannotWrite.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import quote

from archive.errors import CannotWrite, NotFound

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]
"""What is bound to the marks of a statement."""
BATCH = 500
"""Values that one statement is asked with."""
# Folded in every 16 MB, where 4 are usual: what many commits write again and again is folded in less often.
_DURABLE = """pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;
    pragma wal_autocheckpoint = 4000;"""
# What is thrown away if it is not finished needs no log.  With foreign keys many statements are transactions of their
# own inside one, and before each FTS5 writes out the words that it holds, which takes half of the time.
_SCRATCH = "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = -4000;"
_REFUSALS = sqlite3.Error, ValueError, TypeError, ArithmeticError, OSError
_DAMAGED = frozenset((bytes, float))
_OWN = "pragma user_version", "select count(*) from sqlite_master"


class Database:
    """One SQLite file; one writer at a time, readers at any time."""

    VERSION: ClassVar[int]
    """Of the tables; a file of another version is refused."""

    def __init__(self, path: Path, *, create: bool = False, durable: bool = True) -> None:
        """Open the file at `path`.  Raises NotFound if it is not there and not to be made.

        create: to write to it.  durable: False for a file that is synced as a whole when it is finished.
        """
        if not create and not path.exists():
            raise NotFound(f"no index at {path}: `rfi-archive rebuild` makes it from warc/")
        self.path = path
        self._depth, self._writes, self._refusals = 0, create, Refusals(path)
        with self._refusals:
            self._db = sqlite3.connect(address(path), isolation_level=None, uri=True)
            try:
                if create:
                    self._make(durable)
                self._refuse_others()
            except BaseException:
                self._db.close()
                raise

    def _make(self, durable: bool) -> None:
        """Make ready for writing; a file in which no table was committed yet gets them all."""
        self._db.executescript(_DURABLE if durable else _SCRATCH)
        if not self._db.execute("select count(*) from sqlite_master").fetchone()[0]:
            self._db.executescript(f"begin immediate; {self.schema()} pragma user_version = {self.VERSION}; commit;")

    def _refuse_others(self) -> None:
        """Raise ValueError if there are tables, but not those that this code knows; damage shows when they are used."""
        with suppress(sqlite3.DatabaseError):
            (version,), (tables,) = (self._db.execute(sql).fetchone() for sql in _OWN)
            if tables and version != self.VERSION:
                raise ValueError(f"its tables are of version {version}, not {self.VERSION}")

    def schema(self) -> str:
        """Return the SQL that makes the tables."""
        raise NotImplementedError

    def _refusing(self) -> AbstractContextManager[None]:
        """Turn what is refused into one clear error."""
        return self._refusals

    def close(self) -> None:
        """Fold the write-ahead log into the file and let it go."""
        with self._refusing():
            try:
                if self._writes:  # closing folds it in, too, but not while somebody reads
                    self._db.execute("pragma wal_checkpoint(passive)").fetchall()
            finally:
                self._db.close()

    def __enter__(self) -> Self:
        """Begin a transaction; inside another it is part of that one."""
        if self._depth == 0:
            self._begin()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was written, or nothing of it after an error."""
        self._depth -= 1
        if self._depth:
            return
        with self._refusing():
            try:
                if kind is None:
                    self._settle()
                    self._db.execute("commit")
            finally:
                if self._db.in_transaction:  # a full disk may have rolled it back already
                    self._db.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise error

    def _begin(self) -> None:
        """Begin a transaction that writes."""
        self._done.clear()
        with self._refusing():
            self._db.execute("begin immediate")

    def _settle(self) -> None:
        """Write what waits for the end of a transaction."""

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """A transaction that outlives a power cut, with all before it; others may be lost to one, the last ones first.

        So a row that can be made again from what is on disk need not wait for the disk once more.
        """
        assert not self._depth
        try:
            with self._refusing():
                self._db.execute("pragma synchronous = full")
            with self:
                yield
        finally:
            self._db.execute("pragma synchronous = normal")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """A transaction of which nothing is kept: in it one can see what would be."""
        assert not self._depth
        self._begin()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            with self._refusing():
                self._db.execute("rollback")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A time in which all that is read is as it stands at its first look, whoever writes meanwhile."""
        assert not self._depth
        with self._refusing():
            self._db.execute("begin")
        try:
            yield
        finally:
            with self._refusing():
                self._db.execute("rollback")

    @cached_property
    def _done(self) -> set[tuple[str, str]]:
        """What this transaction has noted: behind it another process may take that out again."""
        return set()

    def _once(self, sql: str, name: str) -> None:
        """Do a statement that notes a name, unless this transaction has done so."""
        if (sql, name) not in self._done:
            self._db.execute(sql, (name,))
            self._done.add((sql, name))

    def _rows(self, make: Callable[..., T], sql: str, values: Values = ()) -> Iterator[T]:
        """Yield what `make` makes of each row; damage shows in either."""
        with self._refusing():
            for row in self._db.execute(sql, values):
                yield made(make, row)

    def _each(self, make: Callable[..., T], sql: str, values: Values = ()) -> Iterator[T]:
        """Yield as `_rows` does where there may be as many as the archive has: never all of them at once."""
        return self._rows(make, sql, values)

    def _row(self, make: Callable[..., T], sql: str, values: Values = ()) -> T | None:
        with self._refusing():
            row = self._db.execute(sql, values).fetchone()
            return made(make, row) if row else None


class Refusals(AbstractContextManager[None]):
    """Turns what SQLite refuses, and values that no writer of ours put there, into one clear error."""

    def __init__(self, path: Path) -> None:
        """Of the file at `path`."""
        self._path = path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise CannotWrite instead of what was raised."""
        if not isinstance(error, _REFUSALS):
            return
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise CannotWrite(f"cannot write {self._path}: the disk is full: make room and run again") from error
        what = " ".join(str(error).split())  # some quote a whole damaged schema
        raise CannotWrite(
            f"the index {self._path} cannot be used ({what:.300}):"
            " free the disk, or delete it and `rfi-archive rebuild`"
        ) from error


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield values in lists of so many at most."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def address(path: Path) -> str:
    """Return the URI of `path` for SQLite; where no log can be put beside it, it is a file that never changes."""
    fixed = path.exists() and not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    return f"file:{quote(str(path.absolute()))}{'?mode=ro&immutable=1' if fixed else ''}"


def made(make: Callable[..., T], row: tuple[Any, ...]) -> T:
    """Make something of a row; no query of ours gives bytes (SQL makes hex of them) or fractions: damage does."""
    if not _DAMAGED.isdisjoint(map(type, row)):
        raise ValueError("damaged row")
    return make(*row)
