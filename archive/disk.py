"""Writing so that a power cut leaves the old bytes or the new ones, never a part of them.

Imports errors only.  Every refusal of the file system becomes one CannotWrite.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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


def replace(path: Path, content: bytes | Iterable[bytes], *, durable: bool = True, mode: int | None = None) -> None:
    """Put `content` at `path` in one step: temporary name, fsync, rename, fsync of the folder.

    content: all at once, or in pieces, of which one is held at a time.
    durable: False leaves out the two fsyncs, for a caller who syncs many files at once later.
    mode: permissions of the file, whatever the umask is; None: as the umask has them.
    Raises CannotWrite; then the old file, if there was one, is untouched.
    """
    temporary = path.with_name(f".{path.name}.new")
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
