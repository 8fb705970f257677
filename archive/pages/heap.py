"""Heap: memory that one page needed stays here for the next.  Imports nothing of the house.

The C library gives what is free at the end of its heap back to the system as soon as that is 128 kB; a page read
takes a megabyte for a millisecond, so that each would be asked for anew and filled with zeros first, which takes as
long as all else.  Source: mallopt(3), of glibc; other C libraries are left as they are.
"""

import ctypes
from contextlib import suppress
from functools import cache

HELD = 8 << 20
"""Bytes that may lie free before any are given back."""
LARGE = 1 << 20
"""Bytes of one piece that comes from the system by itself, and goes back at once."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


@cache
def hold() -> None:
    """Let this process keep what it will soon need again; the second time there is nothing to do."""
    with suppress(AttributeError, OSError):  # no glibc
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, LARGE)
        mallopt(_TRIM_THRESHOLD, HELD)
