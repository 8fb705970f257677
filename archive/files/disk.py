"""Writing so that a power cut leaves the old bytes or the new ones, never a part of them.

Imports errors only.  Every refusal of the file system becomes one CannotWrite.
"""

import ctypes
import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from archive.errors import CannotWrite

_ADVICE = {
    errno.ENOSPC: "the disk is full: make room and run again",
    errno.EDQUOT: "the quota is used up: make room and run again",
    errno.EFBIG: "a file-size limit is reached: raise it (ulimit -f) and run again",
    errno.EROFS: "the file system is read-only: mount it for writing and run again",
    errno.EACCES: "permission denied: give this user the right to write there",
    errno.EPERM: "permission denied: give this user the right to write there",
    errno.EIO: "the disk reports an error: check it before the next run",
}
_MANY = 8
"""Files of one go from which on the whole file system is synced: once, where each of them would wait for the disk."""
_SYNCED_WHOLE = frozenset((0xEF53, 0x58465342, 0x9123683E, 0xF2F52010, 0x01021994, 0x794C7630))
"""File systems (ext, XFS, Btrfs, F2FS, tmpfs, overlay) whose syncfs waits for all that fsync would have waited for;
others, such as FUSE, pass it on to nobody.  Source: linux/magic.h, syncfs(2)."""
_TELLS = 5, 8
"""The first Linux whose syncfs says that something could not be written.  Source: syncfs(2), VERSIONS."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn any OSError inside into CannotWrite, which names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
        raise CannotWrite(f"cannot write {path}: {advice}") from error


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hex; however large it is, little of it is held.  Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def free(folder: Path) -> int:
    """Return how many bytes the disk below `folder` has free for this user.  Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def need(folder: Path, least: int) -> None:
    """Raise CannotWrite if the disk below `folder` has less than so many bytes free for this user."""
    with writing(folder):
        there = free(folder)
    if there < least:
        raise CannotWrite(f"cannot write {folder}: the disk has {there:,} bytes free, less than {least:,}: make room")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a rename lasts only after this."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each name durable; well if it is there.  Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def replace(
    path: Path,
    content: bytes | Iterable[bytes],
    *,
    durable: bool = True,
    mode: int | None = None,
    under: str = "",
) -> None:
    """Put `content` at `path` in one step: temporary name, fsync, rename, fsync of the folder.

    content: all at once, or in pieces, of which one is held at a time.
    under: the temporary name, for a file whose own never comes again: the next one takes it, should this one die.
    durable: False leaves out the two fsyncs, for a caller who syncs many files at once later.
    mode: permissions of the file, whatever the umask is; None: as the umask has them.
    Raises CannotWrite; then the old file, if there was one, is untouched.
    """
    temporary = path.with_name(under or f".{path.name}.new")
    with writing(path):
        make_folder(path.parent)
        try:
            with temporary.open("wb") as file:
                if mode is not None:
                    os.fchmod(file.fileno(), mode)
                file.writelines((content,) if isinstance(content, bytes) else content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        if durable:
            sync_folder(path.parent)


def stands(path: Path, content: bytes) -> bool:
    """Tell whether a file with these bytes stands in its place.  Raises CannotWrite."""
    with writing(path):
        return path.exists() and path.read_bytes() == content


def put(path: Path, content: bytes) -> None:
    """Put a file in its place, unless it stands there already.  Raises CannotWrite."""
    if not stands(path, content):
        replace(path, content)


def put_all(files: Mapping[Path, bytes]) -> None:
    """Put many files in their places, durable, unless they stand there already.  Raises CannotWrite."""
    replace_all({path: content for path, content in files.items() if not stands(path, content)})


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Put many files in their places as `replace` does, all durable when this returns: the disk is waited for together.

    Raises CannotWrite; then some may stand in their places, each whole, and no temporary one is left.
    """
    made: dict[Path, Path] = {}
    current = Path()
    try:
        for current, content in files.items():
            made[current] = _written(current, content)
        _sync_all(made.values())
        for current, temporary in made.items():
            temporary.replace(current)
        _sync_all({path.parent: None for path in made})
    except BaseException as error:
        for temporary in made.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        with writing(current):
            raise error from None


def _written(path: Path, content: bytes) -> Path:
    """Write a temporary file beside `path`, not synced yet; return it.  Raises OSError: then it is gone again."""
    temporary = path.with_name(f".{path.name}.new")
    make_folder(path.parent)
    try:
        with temporary.open("wb", buffering=0) as file:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync_all(paths: Iterable[Path]) -> None:
    """Make files of one file system, or the names in folders, durable: one by one if they are few.  Raises OSError."""
    some = list(paths)
    whole = len(some) >= _MANY and _is_synced_whole(some[0].parent)
    for path in some[:1] if whole else some:
        handle = os.open(path, os.O_RDONLY)
        try:
            if not whole:
                os.fsync(handle)
            elif _libc().syncfs(handle):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(handle)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _is_synced_whole(folder: Path) -> bool:
    """Tell whether syncing the whole file system below a folder is as good as syncing each file of it."""
    release = re.match(r"([0-9]+)\.([0-9]+)", os.uname().release)
    if os.uname().sysname != "Linux" or not release or tuple(map(int, release.groups())) < _TELLS:
        return False
    told = (ctypes.c_long * 64)()  # struct statfs, whose first field is the kind of file system
    return _libc().statfs(os.fsencode(folder), told) == 0 and told[0] & 0xFFFFFFFF in _SYNCED_WHOLE
