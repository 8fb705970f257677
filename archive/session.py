"""Session: a connection to PostgreSQL that answers as one of SQLite's would: the same statements, one clear error.

Needs psycopg; whoever opens one says so where it is missing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import quote

from archive.dialect import numbered, translated, values
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
LOCK_WAIT = 60
"""Seconds that a writer waits for another's transaction."""
WRITES, HOLDS = 0x52464901, 0x52464902
"""Our advisory locks: of a transaction that writes, and of whoever has an index open to write to it."""
_SET = "select set_config('search_path', %s, false), set_config('synchronous_commit', %s, false)"
_WAIT = f"set lock_timeout = '{LOCK_WAIT}s'"
# One writer's transaction at a time, as SQLite has it: whoever reads before it writes needs no lock of its own, numbers
# and counts that all share cannot collide, and there is nothing to deadlock with.  Readers wait for nobody.
_BEGIN = "begin; select pg_advisory_xact_lock({lock}, hashtext({schema}))"
# What SQLite is told of transactions, and what PostgreSQL is told.
_SAID = {
    "begin": "begin isolation level repeatable read read only",
    "commit": "commit",
    "rollback": "rollback",
    "pragma synchronous = full": "set synchronous_commit = on",
    "pragma synchronous = normal": "set synchronous_commit = off",
}


class Session:
    """A connection that comes back when it was lost between two transactions."""

    def __init__(self, url: str, schema: str) -> None:
        """Connect to the database at `url`, to the tables in `schema`.  Raises BadUsage, CannotWrite."""
        self.url, self.schema, self.name = url, schema, named(url)
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
            db.execute(_SET, (self.schema, "off"))
            db.execute(_WAIT)
            return db

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, a failed one too."""
        return self._db.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def execute(self, statement: str, given: Any = (), /) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Do one statement of ours.  Raises CannotWrite."""
        if statement == "begin immediate":
            return self._do(lambda: self._db.execute(self._begin))
        if statement in _SAID:
            return self._do(lambda: self._db.execute(_SAID[statement].encode()))
        if isinstance(given, list | tuple) and numbered(translated(statement)):
            given = {f"_{number}": value for number, value in enumerate(given, 1)}
        return self._do(lambda: self._db.execute(translated(statement).encode(), values(given)))

    def executemany(self, statement: str, rows: Any, /) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Do one statement of ours for each row.  Raises CannotWrite."""
        made, cursor = [values(row) for row in rows], self._db.cursor()
        with refusals(self.name):
            cursor.executemany(translated(statement).encode(), made)
        return cursor

    def each(self, statement: str, given: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question, a few at a time, however many there are.  Raises CannotWrite."""
        with refusals(self.name), self._db.cursor("each", withhold=not self.in_transaction) as cursor:
            cursor.execute(translated(statement).encode(), values(given))
            yield from cursor

    def raw(self, statement: str, *given: Any) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Do a statement of PostgreSQL's own.  Raises CannotWrite."""
        return self._do(lambda: self._db.execute(statement.encode(), given or None))

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
        raise BadUsage(f"INDEX_URL cannot be read: it is {FORM}") from None
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
