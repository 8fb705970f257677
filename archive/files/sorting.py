"""Sorting: lines in the order of their bytes; on disk, in a file that nobody else sees, when they are many."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from archive.errors import CannotWrite

# With 2 MB of its pages in memory, as usual, it takes as long.
_BEGIN = "pragma cache_size = -500; create table lines (line text primary key) without rowid; begin"


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what SQLite refuses, for want of room for temporary files, into CannotWrite."""
    try:
        yield
    except sqlite3.Error as error:
        raise CannotWrite(f"no room for temporary files ({error}): free $TMPDIR or name another") from error


class Sorting:
    """Takes lines in any order and yields each once, in order; ASCII only.  It vanishes with the process."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        """Begin with these lines.  This and all else raises CannotWrite where there is no room."""
        with refusals():
            self._db = sqlite3.connect("", isolation_level=None)
            self._db.executescript(_BEGIN)
        self.add(lines)

    def add(self, lines: Iterable[str]) -> None:
        """Take more lines."""
        with refusals():
            self._db.executemany("insert or ignore into lines values (?)", ((line,) for line in lines))

    def __iter__(self) -> Iterator[str]:
        with refusals():
            for (line,) in self._db.execute("select line from lines order by line"):
                yield line

    def close(self) -> None:
        """Let it go, and its file with it."""
        self._db.close()
