"""Opening: the index of an archive, wherever it is: a file in the archive, or what INDEX_URL names.

With INDEX_URL the name of the file that would be there says which schema is meant: beside
`index.sqlite`, which is "archive", `index.sqlite.new` is "archive_new".
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.engines.differ import between
from archive.engines.differ import differ as between_files
from archive.errors import CannotWrite
from archive.files.disk import sync_folder, writing
from archive.index import NAME, Index

SETTING = "INDEX_URL"
"""Environment variable: the database of an index that many machines share; a secret, since it may hold a password."""


def url() -> str:
    """Return what INDEX_URL says; "" for an index in a file."""
    return os.environ.get(SETTING, "")


def choose(given: str) -> None:
    """Let this process, and those that it starts, use the index that a setting names; "" for that in a file."""
    os.environ[SETTING] = given


def open_index(path: Path, *, create: bool = False, durable: bool = True) -> Index:
    """Open the index at `path`, or what stands for it.  Raises NotFound, CannotWrite, Locked.

    create, durable: as `Database` has them.
    """
    if not url():
        return Index(path, create=create, durable=durable)
    from archive.engines.postgres import Postgres  # needs psycopg, which is installed where INDEX_URL is set

    return Postgres(url(), schema=schema(path), create=create)


def remove(path: Path) -> None:
    """Remove an index with its write-ahead log.  Raises CannotWrite."""
    if url():
        from archive.engines import postgres

        postgres.remove(url(), schema(path))
        return
    with writing(path):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


def put_in_place(fresh: Path, path: Path) -> None:
    """Let the fresh index take the old one's place in one step; all files are on disk before.

    Raises CannotWrite; Locked while other machines write to the old one.
    """
    os.sync()
    if url():
        from archive.engines import postgres

        postgres.put_in_place(url(), schema(fresh), schema(path))
    else:
        _swap(fresh, path)


def _swap(fresh: Path, path: Path) -> None:
    """Put a file in another's place.

    The old one's log must not outlive it, so what it holds is folded into the old one first.
    """
    if path.exists():
        try:
            Index(path, create=True).close()
        except CannotWrite:
            remove(path)  # no index, or none any more: it could not serve
    with writing(path):
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink(missing_ok=True)
        fresh.replace(path)
        sync_folder(path.parent)


def differ(old: Path, fresh: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield what `differ.differ` does, of two indexes wherever they are.  Raises CannotWrite."""
    if not url():
        yield from between_files(old, fresh)
        return
    from archive.engines.postgres import Postgres

    with closing(Postgres(url(), schema=schema(old))) as index:
        yield from between(lambda sql: index.session.each(sql, ()), schema(old), schema(fresh))


def mark(path: Path) -> object:
    """Return what is another where another index has taken the place of one.  Raises OSError if there is no file.

    A connection to PostgreSQL sees the one that is there now, by itself.
    """
    if url():
        return url()
    found = path.stat()
    return found.st_dev, found.st_ino


def schema(path: Path) -> str:
    """Return the schema that stands for a file."""
    return f"archive{path.name.removeprefix(NAME).replace('.', '_')}"
