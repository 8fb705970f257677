"""What an index says, read from a copy, and how its clock is put back."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.tables import coded


@contextmanager
def opened(archive: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of the index: what a killed run committed counts, and nothing is changed by reading."""
    with tempfile.TemporaryDirectory() as folder:
        for path in archive.glob("index.sqlite*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / "index.sqlite")) as db:
            yield db


def of(archive: Path) -> dict[str, tuple[str, int]]:
    """URL -> state and failed attempts."""
    with opened(archive) as db:
        if not db.execute("select 1 from sqlite_master where name = 'urls'").fetchall():
            return {}
        rows = db.execute("select url, state, attempts from urls").fetchall()
    return {url: (coded.state(state), attempts) for url, state, attempts in rows}


def grow_older(archive: Path, hours: int) -> None:
    """Let hours go by: every fetch was so much earlier."""
    with closing(sqlite3.connect(archive / "index.sqlite")) as db:
        db.execute("update urls set last = last - ?", (hours * 3600,))
        db.commit()
