"""Lock: one writer at a time on an archive.  A dead process cannot hold it: the kernel lets go."""

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import Self

from archive.errors import Locked
from archive.files.disk import writing

NAME = ".lock"


class Lock:
    """An exclusive `flock` on a file in the archive; the file stays, the lock goes with its process."""

    def __init__(self, root: Path, holder: str, now: datetime) -> None:
        """Take the lock and write down who holds it.  Raises Locked, which names the other."""
        path = root / NAME
        with writing(path):
            self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                self._take(root)
                os.ftruncate(self.handle, 0)
                os.write(self.handle, f"{holder} (process {os.getpid()}) since {now:%Y-%m-%d %H:%M:%S} UTC\n".encode())
            except BaseException:
                os.close(self.handle)
                raise

    def _take(self, root: Path) -> None:
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"{root} is being written to by {_told(self.handle)}: try again when it has ended") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self.handle)


def held(root: Path) -> bool:
    """Tell whether somebody holds the archive's lock now; makes no file and keeps nobody out."""
    return holder(root) is not None


def holder(root: Path) -> str | None:
    """Return who holds the archive's lock now, since when; None if nobody does.  Makes no file, keeps nobody out."""
    try:
        file = os.open(root / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None  # nobody has ever written here
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(file)
    finally:
        os.close(file)
    return None


def _told(file: int) -> str:
    """Return what the holder of a lock wrote down."""
    return os.read(file, 200).decode("utf-8", "replace").strip() or "another process"
