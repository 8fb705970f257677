"""Session: a connection to PostgreSQL that answers as one of SQLite's would: the same statements, one clear error.

Needs psycopg; whoever opens one says so where it is missing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

from archive.engines.dialect import numbered, translated, values
from archive.errors import BadUsage, CannotWrite, Unsupported

try:
    import psycopg
    from psycopg import conninfo, sql
    from psycopg.pq import TransactionStatus
    from psycopg.types.numeric import Int8Dumper, IntLoader
    from psycopg.types.string import StrDumper
except ImportError:
    raise Unsupported("INDEX_URL needs psycopg: pip install 'rfi-archive[cluster]'") from None

T = TypeVar("T")
FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, what is special in user and password written as %XX"
_OPTIONS: Mapping[str, Any] = {
    "connect_timeout": 10,  # seconds
    "keepalives_idle": 30,  # seconds: a machine that vanished holds no lock for long
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "client_encoding": "utf8",
    "application_name": "rfi-archive",
}
STEP = 500
"""Rows that are fetched at once of what may have many."""
LOCK_WAIT = 60
"""Seconds that a writer waits for another's transaction."""
WRITES, HOLDS = 0x52464901, 0x52464902
"""Our advisory locks: of a transaction that writes, and of whoever has an index open to write to it."""
HOLD = f"select pg_try_advisory_lock_shared({HOLDS}, hashtext(%s))"
"""Lets others write, too, and nobody put another index in this one's place."""
_SET = "select set_config('search_path', %s, false)"
_WAIT = f"set lock_timeout = '{LOCK_WAIT}s'"
# One writer's transaction at a time, as SQLite has it: whoever reads before it writes needs no lock of its own, numbers
# and counts that all share cannot collide, and there is nothing to deadlock with.  Readers wait for nobody.
_BEGIN = "begin; select pg_advisory_xact_lock({lock}, hashtext({schema}))"
# What SQLite is told of transactions, and what PostgreSQL is told.  A commit lasts there, unless the server is set up
# otherwise: it may crash by itself, and a writer that finds it again has no reason to look for what it forgot.
_SAID = {
    "begin": "begin isolation level repeatable read read only",
    "commit": "commit",
    "rollback": "rollback",
    "pragma synchronous = full": "set synchronous_commit = on",
    "pragma synchronous = normal": "reset synchronous_commit",
}


_SILENT = re.compile("insert |update |delete ")
"""What has no answer, unless it returns something."""


class Session:
    """A connection that comes back when it was lost between two transactions."""

    def __init__(self, url: str, schema: str) -> None:
        """Connect to the database at `url`, to the tables in `schema`.  Raises BadUsage, CannotWrite."""
        self.url, self.schema, self.name = url, schema, named(url)
        self.holds = False
        """Whether this is a writer's, which keeps whoever makes the index again away."""
        self._names = count()
        self._waiting: list[tuple[str, Any]] | None = None
        """What a transaction that writes has still to say; None outside one."""
        self._begin = sql.SQL(_BEGIN).format(lock=WRITES, schema=schema)
        self._db = self._connected()

    def _connected(self) -> "psycopg.Connection[tuple[Any, ...]]":
        with refusals(self.name):
            options = {
                name: value for name, value in _OPTIONS.items() if name not in conninfo.conninfo_to_dict(self.url)
            }
            db = psycopg.connect(self.url, autocommit=True, **options)
            db.adapters.register_dumper(int, Int8Dumper)
            db.adapters.register_dumper(str, StrDumper)
            db.adapters.register_loader("numeric", IntLoader)  # sums of ours
            db.execute(_SET, (self.schema,))
            db.execute(_WAIT)
            if self.holds and db.execute(HOLD, (self.schema,)).fetchone() != (True,):
                raise psycopg.OperationalError("it is being made again by another process")
            return db

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, a failed one too."""
        return self._db.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def execute(self, statement: str, given: Any = (), /) -> "psycopg.Cursor[tuple[Any, ...]] | None":
        """Do one statement of ours; None: it has no answer and goes out with the next that has.  Raises CannotWrite."""
        if statement == "begin immediate":
            self._waiting = []
            return self._do(lambda: self._db.execute(self._begin))
        if statement == "rollback":
            self._waiting = None
        if statement in _SAID:
            return self._after(_SAID[statement], None)
        if isinstance(given, list | tuple) and numbered(translated(statement)):
            given = {f"_{number}": value for number, value in enumerate(given, 1)}
        if self._waiting is not None and not self.in_transaction:  # lost with its connection
            self._waiting = None
        if self._waiting is not None and _SILENT.match(statement) and "returning" not in statement:
            self.executemany(statement, [given])
            return None
        return self._after(translated(statement), values(given))

    def executemany(self, statement: str, rows: Any, /) -> None:
        """Do one statement of ours, which has no answer, for each row.  Raises CannotWrite."""
        asked = translated(statement)
        if self._waiting is None:
            for row in rows:
                self._after(asked, values(row))
            return
        for row in rows:
            self._waiting.append((asked, values(row)))
            if len(self._waiting) >= STEP:
                self._catch_up()

    def _after(self, asked: str, given: Any) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Do a statement after those that wait, in one round to the server."""
        try:
            if not self._waiting:
                return self._do(lambda: self._db.execute(asked.encode(), given))
            with refusals(self.name), self._db.pipeline():
                self._send()
                return self._db.execute(asked.encode(), given)
        finally:
            if asked == "commit":
                self._waiting = None

    def _catch_up(self) -> None:
        """Do what waits."""
        with refusals(self.name), self._db.pipeline():
            self._send()

    def _send(self) -> None:
        """Send what waits, in its order."""
        some, self._waiting = self._waiting or [], []
        for asked, given in some:
            self._db.execute(asked.encode(), given)

    def each(self, statement: str, given: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question, a few at a time, however many there are.  Raises CannotWrite."""
        if self._waiting:
            self._catch_up()
        name, held = f"each_{next(self._names)}", not self.in_transaction
        with refusals(self.name), self._db.cursor(name, withhold=held) as cursor:
            cursor.itersize = STEP
            cursor.execute(translated(statement).encode(), values(given))
            yield from cursor

    def raw(self, statement: str, *given: Any) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Do a statement of PostgreSQL's own.  Raises CannotWrite."""
        return self._after(statement, given or None)

    def schemas(self, statement: str, **schemas: str) -> None:
        """Do a statement of PostgreSQL's own with names of schemas in it.  Raises CannotWrite."""
        names = {name: sql.Identifier(schema) for name, schema in schemas.items()}
        self._do(lambda: self._db.execute(sql.SQL(statement).format(**names)))

    def _do(self, work: Callable[[], T]) -> T:
        """Do it; where the connection was lost since the last transaction, once more over a new one."""
        with refusals(self.name):
            began = self.in_transaction
            try:
                return work()
            except psycopg.OperationalError:
                if began or not self._db.closed:
                    raise
                self._db = self._connected()
                return work()

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(psycopg.Error):
            self._db.close()


def named(url: str) -> str:
    """Return what a database is called, without its password.  Raises BadUsage for what names none."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # it may quote half of the password
        parts = {"port": "?"}
    if not str(parts.get("port", 0)).replace(",", "").isdigit():  # half of a password with a slash in it
        raise BadUsage(f"INDEX_URL cannot be read: it is {FORM}")
    user = f"{quote(str(parts['user']))}@" if "user" in parts else ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """Turn what PostgreSQL refuses, and values that no writer of ours put there, into one clear error."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise CannotWrite(f"cannot write {name}: the disk is full: make room and run again") from error
    except psycopg.errors.LockNotAvailable as error:
        raise CannotWrite(f"{name} is locked: another writer has kept it for {LOCK_WAIT} seconds: run again") from error
    except psycopg.OperationalError as error:
        raise CannotWrite(f"no connection to {name} ({_line(error)}): see that it runs, and run again") from error
    except (psycopg.Error, ValueError, TypeError, ArithmeticError, OSError) as error:
        raise CannotWrite(
            f"the index {name} cannot be used ({_line(error)}): mend the database, or `rfi-archive rebuild`"
        ) from error


def _line(error: Exception) -> str:
    return f"{' '.join(str(error).split()):.300}"
