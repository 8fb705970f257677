"""Zst: where the frames of a zstd stream lie, told from their headers alone.  Pure; imports nothing of the house.

What opens frames tells neither where one ends nor that it is cut.  Source: RFC 8878, 3.1.
"""

import struct
from typing import NamedTuple

MAGIC = b"\x28\xb5\x2f\xfd"
"""What a frame begins with."""
SKIPPABLE = b"\x2a\x4d\x18"
"""The second to fourth byte of a frame that holds no content; its first is 0x50 to 0x5f."""
DICTIONARY = b"\x5d" + SKIPPABLE
"""What the frame begins with that holds a WARC file's dictionary.  Source: iipc/warc-specifications, "warc-zstd"."""
_DICTIONARY_ID = 0, 1, 2, 4
_CONTENT_SIZE = 0, 2, 4, 8
_RLE, _RESERVED = 1, 3


class Frame(NamedTuple):
    """One frame."""

    start: int
    """Its first byte."""
    end: int
    """The byte behind its last."""
    skippable: bool
    """It holds no content of the stream."""


def frame(data: bytes | memoryview, at: int) -> Frame:
    """Return the frame that begins at a byte.  Raises ValueError if none does, EOFError if the data end in it."""
    if begins_skippable(data, at):
        end = at + 8 + int.from_bytes(_bytes(data, at + 4, 4), "little")
    elif data[at : at + 4] == MAGIC:
        end = _blocks(data, at)
    else:
        raise ValueError("no zstd frame begins there")
    if end > len(data):
        raise EOFError
    return Frame(at, end, data[at : at + 4] != MAGIC)


def begins_skippable(data: bytes | memoryview, at: int) -> bool:
    """Tell whether a frame without content begins at a byte."""
    return data[at + 1 : at + 4] == SKIPPABLE and data[at] >> 4 == 0x5  # noqa: PLR2004 - 0x184D2A5? in little endian


def _blocks(data: bytes | memoryview, at: int) -> int:
    """Return where a frame ends whose magic number stands at a byte."""
    (told,) = _bytes(data, at + 4, 1)
    single, checksum = told >> 5 & 1, told >> 2 & 1
    size = _CONTENT_SIZE[told >> 6] or single
    at += 5 + (not single) + _DICTIONARY_ID[told & 3] + size
    last = 0
    while not last:
        (header,) = struct.unpack("<I", bytes(_bytes(data, at, 3)) + b"\0")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        if kind == _RESERVED:
            raise ValueError("a zstd frame has a block of no known kind")
        at += 3 + (1 if kind == _RLE else size)
    return at + 4 * checksum


def _bytes(data: bytes | memoryview, at: int, number: int) -> bytes | memoryview:
    """Return a number of bytes from one on.  Raises EOFError if there are fewer."""
    found = data[at : at + number]
    if len(found) < number:
        raise EOFError
    return found
