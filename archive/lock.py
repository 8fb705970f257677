"""Lock: one writer at a time on an archive.  A dead process cannot hold it: the kernel lets go."""

import fcntl
import os
from datetime import datetime
from pathlib import Path

from archive.disk import writing
from archive.errors import Locked

NAME = ".lock"


class Lock:
    """An exclusive `flock` on a file in the archive; the file stays, the lock goes with its process."""

    def __init__(self, root: Path, holder: str, now: datetime) -> None:
        """Take the lock and write down who holds it.  Raises Locked, which names the other."""
        path = root / NAME
        with writing(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(self._file, 200).decode("utf-8", "replace").strip()
            os.close(self._file)
            raise Locked(
                f"{root} is being written to by {other or 'another process'}: try again when it has ended"
            ) from None
        with writing(path):
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{holder} (process {os.getpid()}) since {now:%Y-%m-%d %H:%M:%S} UTC\n".encode())

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._file)
