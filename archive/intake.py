"""Intake: other archivers' article files into `imported/` and the index.  Files first, then the rows that name them.

A file is written under a temporary name, and what was written is on disk before a row
says so: whatever dies, wherever it dies, importing again makes the rest.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from io import RawIOBase
from pathlib import Path

from archive import kept, urls
from archive.cores import work
from archive.errors import BadArticle
from archive.files import disk
from archive.files.disk import make_folder, writing
from archive.index import Index
from archive.strangers import imported
from archive.strangers.imported import FOLDER, Imported

BATCH = 2000
"""Files that are on disk before their rows are written, in one step."""
_RECORDED = (b"\x1f\x8b", b"WARC/", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")
# gzip, WARC, zip, zstd, and the skippable frame with which a .warc.zst brings its dictionary.
# Source: RFC 1952, 2.3.1; WARC 1.1, 4; APPNOTE 6.3.10, 4.3.7; RFC 8878, 3.1.1 and 3.1.2; the zstd annex of WARC.


_CALLED = (".warc", ".warc.gz", ".warc.zst", ".wacz")


class Became(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    KNOWN = "known"
    """Imported before, or twice in one go."""
    PASSED = "passed"
    """No article file, or none of ours."""
    DAMAGED = "damaged"
    """It cannot be read, is damaged, or cut short."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file, or of a part of it."""

    file: str
    """Its name as it was found; bytes that are no UTF-8 are halves of surrogate pairs."""
    became: Became
    why: str = ""
    """Of a damaged one: where and what, in one line."""


Foreign = Callable[[str], Iterator[Told]]
"""Takes a file of records by its name, and yields what became of it: at least once."""
Progress = Callable[[int], object]
"""Is told how many bytes more are done."""


class Intake:
    """Takes article files into an archive, whose lock the caller holds."""

    def __init__(self, root: Path, index: Index, *, refetch: bool = False) -> None:
        """Write below `root` and into `index`.  refetch: the pages are to be asked for."""
        self._root, self._index, self._refetch = root, index, refetch
        self._pending: dict[str, tuple[Imported, int]] = {}
        self._made: set[str] = set()
        self._making = root / imported.MAKING

    def take(self, file: bytes) -> Became:
        """Take one article file.  Raises BadArticle, CannotWrite."""
        if not (found := imported.of(file)):
            return Became.PASSED
        keep, want = found, replace(found, path=imported.twin(found.path))
        with writing(self._root / FOLDER):
            one = want if self._refetch or self._is_there(want) else keep
            if one is want and self._is_there(keep):
                self._begin()
                self._rename(self._path(keep), want)
            has_row = self._index.is_imported(one.path)
            if one.path in self._pending or (has_row and self._is_there(one)):
                return Became.KNOWN
            self._put(one, file)
        was_kept = one is want and (keep.path in self._pending or self._index.is_imported(keep.path))
        self._pending.pop(keep.path, None)
        self._pending[one.path] = one, urls.rank(one.url)
        if len(self._pending) >= BATCH:
            self._note()
        return Became.KNOWN if has_row or was_kept else Became.IMPORTED

    def finish(self) -> None:
        """End the import.  Raises CannotWrite."""
        self._note()
        forget(self._root)

    def _note(self) -> None:
        """Have the files on disk, and note them."""
        if self._pending:
            os.sync()
            with self._index:
                self._index.import_all(self._pending.values())
            self._pending.clear()

    def _begin(self) -> None:
        """Before the first change, leave word that an import is under way."""
        if not self._made:
            disk.replace(self._root / imported.UNDER_WAY, b"")
            self._made.add(FOLDER)

    def _path(self, one: Imported) -> str:
        return f"{self._root}/{one.path}"

    def _is_there(self, one: Imported) -> bool:
        return os.path.exists(self._path(one))  # noqa: PTH110 - a Path for each file takes longer than all else

    def _put(self, one: Imported, file: bytes) -> None:
        """Put a file in its place, unless it stands there; a power cut may have left other bytes of a dead import."""
        if not (self._is_there(one) and Path(self._path(one)).read_bytes() == file):
            self._begin()
            with self._making.open("wb", buffering=0) as making:
                making.write(file)
            self._rename(str(self._making), one)

    def _rename(self, path: str, one: Imported) -> None:
        folder = os.path.dirname(self._path(one))  # noqa: PTH120 - as above
        if folder not in self._made:
            make_folder(Path(folder))
            self._made.add(folder)
        os.replace(path, self._path(one))  # noqa: PTH105 - as above


def take_in(intake: Intake, names: Iterable[str], foreign: Foreign, tell: Progress) -> Iterator[Told]:
    """Take files of these names, each by what it is, and yield what became of each.  Raises CannotWrite.

    foreign: takes a file that holds records of exchanges.  tell: is told the bytes of each file of another kind.
    """
    for name in names:
        try:
            with open(name, "rb", buffering=0, opener=_opener) as file:
                head = file.read(imported.HEAD)
                if recorded(head) or called(name):
                    yield from foreign(name)
                    continue
                size = os.fstat(file.fileno()).st_size
                tell(size)
                yield Told(name, _taken(intake, name, head, file, size))
        except BadArticle as error:
            yield Told(name, Became.DAMAGED, str(error))
        except OSError as error:
            yield Told(name, Became.DAMAGED, f"it cannot be read: {error.strerror}")
    intake.finish()


def again(root: Path, index: Index, submit: work.Submit = work.here, ahead: int = 1) -> Iterator[str]:
    """Take what lies in `imported/` and has no row into an index; yield a line for each file that is damaged.

    submit, ahead: as of `kept.each`.
    """
    some = list[tuple[Imported, int]]()
    lacking = (name for name in kept.names(root) if not index.is_imported(name))
    for name, found in kept.each(root, lacking, submit, ahead):
        if isinstance(found, str):
            yield f"{name}: {found}"
        else:
            some.append((found, urls.rank(found.url)))
        if len(some) >= BATCH:
            index.import_all(some)
            some.clear()
    index.import_all(some)


def settle(root: Path, index: Index) -> None:
    """Take in what `imported/` holds and the index has not: left by an import that died, or the index is a new one.

    Raises CannotWrite.
    """
    lost = not index.has_imports() and next(kept.names(root), None)
    if lost or (root / imported.UNDER_WAY).exists():
        os.sync()
        with index:
            for _ in again(root, index):
                pass  # what is damaged `verify` tells, and the next import makes whole
        forget(root)


def forget(root: Path) -> None:
    """Remove what is needed while an import is under way."""
    for name in (imported.MAKING, imported.UNDER_WAY):
        with writing(root / name):
            (root / name).unlink(missing_ok=True)


def recorded(head: bytes) -> bool:
    """Tell by its first bytes whether a file may hold records: WARC, bare or packed; or a zip, as WACZ is one."""
    return head.startswith(_RECORDED)


def called(name: str) -> bool:
    """Tell whether a file is called as files of records are: one that is not what its name says is damaged."""
    return name.endswith(_CALLED)


def _opener(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NONBLOCK)  # a pipe that has taken the file's place holds nobody up


def _taken(intake: Intake, name: str, head: bytes, file: RawIOBase, size: int) -> Became:
    """Take one file that is open, and whose first bytes were read."""
    if not imported.claims(head, os.path.basename(name)):  # noqa: PTH119 - as above
        return Became.PASSED
    if size > imported.LARGEST:
        raise BadArticle(f"{size:,} bytes: no article file has more than {imported.LARGEST:,}")
    return intake.take(head + (file.read(size) or b""))
