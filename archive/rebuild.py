"""Rebuild: make index, article files and lists again, from warc/ alone."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import warc
from archive.disk import sync_folder, writing
from archive.errors import BadRecord
from archive.export import lists
from archive.index import NAME as INDEX
from archive.index import Index
from archive.ledger import Ledger
from archive.lock import Lock
from archive.store import fold

Progress = Callable[[int], object]
"""Is told how many bytes of WARC were done since it was told last."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    files: int
    """WARC files read."""
    captures: int
    """Pairs of records taken from them."""
    problems: tuple[str, ...]
    """One line for each file that could not be read to its end; what stands before is taken."""


def rebuild(root: Path, now: datetime, progress: Progress) -> Rebuilt:
    """Make everything but warc/ again.  The old index serves until the new one is whole.

    A file that a dead run left open is left to the next run, which mends it.
    Raises Locked, CannotWrite.
    """
    lock = Lock(root, "rfi-archive rebuild", now)
    try:
        fresh = root / f"{INDEX}.new"
        _remove(fresh)
        index = Index(fresh, create=True, durable=False)
        done = [_take_file(path, Ledger(root, index), progress) for path in warc.sealed(root / "warc")]
        lists.write(root, index)
        index.close()
        _put_in_place(fresh, root / INDEX)
    finally:
        lock.release()
    return Rebuilt(len(done), sum(taken for taken, _ in done), tuple(problem for _, problem in done if problem))


def _take_file(path: Path, ledger: Ledger, progress: Progress) -> tuple[int, str]:
    """Take one WARC file in one transaction; return the pairs taken, and what is wrong with it if anything is."""
    size = path.stat().st_size
    problem = ""
    with ledger.index:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        before = ledger.index.capture_count()
        try:
            fold(path, ledger)
        except BadRecord as error:
            problem = str(error)
        ledger.index.seal(path.name, size, sha256)
    progress(size)
    return ledger.index.capture_count() - before, problem


def _remove(path: Path) -> None:
    """Remove an index with its write-ahead log."""
    with writing(path):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Let the fresh index take the old one's place; a log of the old one must not outlive it."""
    _remove(path)
    with writing(path):
        fresh.rename(path)
        sync_folder(path.parent)
