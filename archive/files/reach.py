"""Reach: the files of an archive wherever they lie: in its folder, or else in the store, read by range.

A path is always that which the file has, or had, in the folder.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from archive.files import cloud

FIRST, LARGEST = 1 << 16, 8 << 20
"""Bytes that are asked for first, and at most: one record is read by one short range, a whole file by long ones."""
FOLDERS = {"warc": 1, "articles": 3, "lists": 1, "cdxj": 1}
"""Folders of an archive whose files may lie in the store, and how far below them they lie."""


def opened(path: Path) -> BinaryIO:
    """Open a file for reading.  Raises OSError; of one that is nowhere perhaps not before it is read."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        if (store := cloud.store()) and (name := key(path)):
            return cast("BinaryIO", io.BufferedReader(Ranged(store, name), FIRST))
        raise


def size(path: Path) -> int:
    """Return the bytes of a file.  Raises OSError, FileNotFoundError."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        if (store := cloud.store()) and (name := key(path)):
            return store.size(name)
        raise


def is_file(path: Path) -> bool:
    """Tell whether a file is there.  Raises OSError if the store cannot tell."""
    try:
        return path.is_file() or (cloud.store() is not None and not path.exists() and size(path) >= 0)
    except (FileNotFoundError, NotADirectoryError):
        return False


def read(path: Path) -> bytes:
    """Return a whole file.  Raises OSError, FileNotFoundError."""
    with opened(path) as file:
        return file.read()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hex; little of it is held.  Raises OSError."""
    with opened(path) as file:
        return hashlib.file_digest(cast("io.BufferedReader", file), "sha256").hexdigest()


def names(folder: Path) -> Iterator[Path]:
    """Yield the paths of the files of an archive's folder that lie in the store only.  Raises OSError."""
    if store := cloud.store():
        found = (folder.parent / name for name, _ in store.names(folder.name))
        yield from (path for path in found if not path.exists())


def key(path: Path) -> str:
    """Return the name that a file of an archive has in the store; "" for one that never lies there."""
    for folder, depth in FOLDERS.items():
        if len(path.parts) > depth and path.parts[-1 - depth] == folder:
            return "/".join(path.parts[-1 - depth :])
    return ""


class Ranged(io.RawIOBase):
    """A file in the store; each range that is asked for in a row is twice as long as the one before."""

    def __init__(self, store: cloud.Store, name: str) -> None:
        """Open it; nothing is asked for yet."""
        super().__init__()
        self._store, self._name = store, name
        self._at, self._step = 0, FIRST
        self._start, self._block, self._end = 0, b"", -1  # _end: where the file ends, once that is known

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = (self._store.size(self._name) if base is None else base) + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill a buffer as far as the block reaches that is here, or the next one."""
        if not self._start <= self._at < self._start + len(self._block):
            self._fetch()
        piece = self._block[self._at - self._start :][: len(into)]
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _fetch(self) -> None:
        """Ask for the next block."""
        self._start, self._block = self._at, b""
        if 0 <= self._end <= self._at:
            return
        self._block = self._store.read(self._name, self._at, self._at + self._step)
        if len(self._block) < self._step:
            self._end = self._at + len(self._block)
        self._step = min(2 * self._step, LARGEST)
