"""Opening: the index of an archive, wherever it is: a file in the archive, or what INDEX_URL names.

With INDEX_URL the name of the file that would be there says which schema is meant: beside
`index.sqlite`, which is "archive", `index.sqlite.new` is "archive_new".
"""

import os
from pathlib import Path

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
    from archive.postgres import Postgres  # needs psycopg, which is installed where INDEX_URL is set

    return Postgres(url(), schema=schema(path), create=create)


def schema(path: Path) -> str:
    """Return the schema that stands for a file."""
    return f"archive{path.name.removeprefix(NAME).replace('.', '_')}"
