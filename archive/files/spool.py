"""Spool: bytes that grow, in memory while they are few, in a temporary file when they are many.

Imports disk only.  What comes from the network may be large; what holds it
here stays a buffer that can be sliced, hashed and compressed like bytes.
"""

import mmap
import tempfile
from pathlib import Path
from typing import BinaryIO

from archive.files.disk import writing

IN_MEMORY = 1 << 20
"""Bytes kept in memory; beyond that all goes to an unnamed temporary file."""

Bytes = bytes | memoryview
"""A whole run of bytes that is read only, wherever it lies."""


class Spool:
    """Grows by `write`, is read as one buffer by `view`; the file vanishes with the last view of it."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._buffer = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0

    def __del__(self) -> None:
        if self._file:
            self._file.close()  # views have the file mapped, and need no handle

    def __len__(self) -> int:
        return self._size

    def write(self, data: Bytes) -> None:
        """Append `data`.  Raises CannotWrite, for want of room for temporary files."""
        self._size += len(data)
        if self._size <= self._in_memory:
            self._buffer += data
            return
        with writing(Path(tempfile.gettempdir())):
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the spool does
                self._file.write(self._buffer)
                self._buffer = bytearray()
            self._file.write(data)
            self._file.flush()

    def view(self) -> Bytes:
        """Return all that was written, as bytes or as a view of the mapped file."""
        if self._file is None:
            return bytes(self._buffer)
        return memoryview(mmap.mmap(self._file.fileno(), self._size, access=mmap.ACCESS_READ))
