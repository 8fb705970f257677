"""Reserve: room that a run keeps back on the disk, so that a full one still lets it end in order.

What a run's end needs (its summary, the rows of what was recorded last, the log folded into
the index, lists) is little, but on a full disk there is nothing.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

from archive.files.disk import writing

NAME = ".reserve"
SIZE = 8 << 20
"""Bytes: the index grows by up to 4 MB when its log is folded in, the rest needs less."""


class Reserve:
    """A file of SIZE bytes in the archive, while a run lasts; a run that died leaves it to the next."""

    def __init__(self, root: Path) -> None:
        """Keep the room back.  Raises CannotWrite where there is none: such a run could not end well."""
        self._path = root / NAME
        with writing(self._path):
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                os.posix_fallocate(file, 0, SIZE)
            except OSError as error:
                self.release()
                if error.errno != errno.EFBIG:  # a limit on files says nothing of the disk
                    raise
            finally:
                os.close(file)

    def release(self) -> None:
        """Give the room back; well if it was before."""
        with suppress(OSError):  # a disk that refuses this as well will say so at the next write
            self._path.unlink(missing_ok=True)
