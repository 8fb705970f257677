"""Spool: bytes that grow, in memory while they are few, in a temporary file when they are many.

Imports nothing of the house.  What comes from the network may be large; what holds it
here stays a buffer that can be sliced, hashed and compressed like bytes.
"""

import mmap
import tempfile
from typing import BinaryIO

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

    def __len__(self) -> int:
        return self._size

    def write(self, data: Bytes) -> None:
        """Append `data`."""
        self._size += len(data)
        if self._file is None and self._size > self._in_memory:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the spool does
            self._file.write(self._buffer)
            self._buffer.clear()
        if self._file is None:
            self._buffer += data
        else:
            self._file.write(data)

    def view(self) -> Bytes:
        """Return all that was written, as bytes or as a view of the mapped file."""
        if self._file is None:
            return bytes(self._buffer)
        self._file.flush()
        return memoryview(mmap.mmap(self._file.fileno(), self._size, access=mmap.ACCESS_READ))
