"""Rebuild: make index and article files again, from warc/ and, of what has no record, imported/ alone."""

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import holdings, intake, merge, reach, shipping, warc
from archive.article import write
from archive.disk import replace, sync_folder, writing
from archive.errors import CannotWrite
from archive.fold import fold
from archive.index import NAME as INDEX
from archive.ledger import Ledger, Put, page_at
from archive.lock import Lock
from archive.opening import open_index
from archive.rows import Filed, Warc
from archive.warc import Progress


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    files: int
    """WARC files read."""
    captures: int
    """Pairs of records taken from them."""
    problems: tuple[str, ...]
    """One line for each record or imported file that could not be read; the others are taken."""
    imported: int = 0
    """Article files of other archivers taken from `imported/`."""


def rebuild(root: Path, now: datetime, progress: Progress) -> Rebuilt:
    """Make index and article files again.  Old index and files serve until the new index is whole.

    A file that a dead run left open is left to the next run, which mends it.
    Raises NotFound if there is no archive, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    with Lock(root, "rfi-archive rebuild", now):
        merge.throw_away(folder)
        fresh = root / f"{INDEX}.new"
        gone = merge.superseded(folder)
        paths = without(holdings.sealed(folder), gone)
        done = anew(root, paths, fresh, _put_missing, progress)
        with closing(open_index(fresh)) as index:
            for filed in index.articles():
                _bring_up(root, filed)
        put_in_place(fresh, root / INDEX)
        intake.forget(root)
        merge.remove(folder, gone)  # not before: the old index leads to them
        shipping.articles(root)
    return done


def without(paths: Iterable[Path], gone: Iterable[Warc]) -> list[Path]:
    """Return WARC files without those that a merged one stands for."""
    names = {source.name for source in gone}
    return [path for path in paths if path.name not in names]


def anew(root: Path, paths: Sequence[Path], fresh: Path, put: Put, progress: Progress) -> Rebuilt:
    """Make an index of these WARC files, and of `imported/`, at `fresh`; each article file goes to `put`.

    Raises CannotWrite.
    """
    _remove(fresh)
    with closing(open_index(fresh, create=True, durable=False)) as index:
        ledger = Ledger(root, index, put)
        problems = tuple(line for path in paths for line in _take_file(path, ledger, progress))
        with index:
            problems += tuple(intake.again(root, index))
        return Rebuilt(len(paths), index.capture_count(), problems, index.import_counts()["files"])


def _take_file(path: Path, ledger: Ledger, progress: Progress) -> list[str]:
    """Take one WARC file in one transaction; return what is wrong with it, a line for each record."""
    with ledger.index:
        problems = fold(path, ledger, tell=progress)
        ledger.index.seal(warc.final_name(path), reach.size(path), reach.sha256(path))
    return problems


def _put_missing(path: Path, content: bytes) -> None:
    """Put a file where none is.  One that stands there belongs to the old index for now, and may be right.

    Not synced one by one, which takes ten times as long as all else: all are, before the index that names them.
    """
    with writing(path):
        missing = not reach.is_file(path)
    if missing:
        replace(path, content, durable=False)


def _bring_up(root: Path, filed: Filed) -> None:
    """Make an article file again from its record, unless it stands as the fresh index has it."""
    if not stands(root, filed):
        replace(root / filed.path, made(root, filed))


def stands(root: Path, filed: Filed) -> bool:
    """Tell whether an article file is there, with the bytes that an index names."""
    path = root / filed.path
    with writing(path):
        return reach.is_file(path) and reach.sha256(path) == filed.sha256


def made(root: Path, filed: Filed) -> bytes:
    """Make the bytes of an article file from the record that an index names.  Raises BadRecord."""
    return write(page_at(root / "warc", filed.place, filed.refers).article).encode()


def _remove(path: Path) -> None:
    """Remove an index with its write-ahead log."""
    with writing(path):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


def put_in_place(fresh: Path, path: Path) -> None:
    """Let the fresh index take the old one's place in one step; all files are on disk before.

    The old one's log must not outlive it, so what it holds is folded into the old one first.
    """
    os.sync()
    if path.exists():
        try:
            open_index(path, create=True).close()
        except CannotWrite:
            _remove(path)  # no index, or none any more: it could not serve
    with writing(path):
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink(missing_ok=True)
        fresh.replace(path)
        sync_folder(path.parent)
