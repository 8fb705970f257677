"""Unpack: what a compressed stretch of a foreign file opens to, in pieces, and where it ends.

Each yields pieces and returns, as a generator does, the offset behind the stretch.  All raise
EOFError where the data end first, and ValueError for damage or for what can only be a bomb.
"""

import re
from collections.abc import Callable, Generator

import zstandard
from zlib_ng import zlib_ng

from archive.codings import coding, zst
from archive.files.spool import Bytes

FREE = 256 << 20
"""Bytes that every stretch may open to; beyond them, more than RATIO times its size is a bomb."""
RATIO = 200
_STEP = 1 << 14
_WINDOW = 128 << 20
"""Bytes that a zstd frame may make its reader remember: what the format's own tool bears unasked."""
GZIP = b"\x1f\x8b"
"""What a gzip member begins with."""
_GZIP, _DEFLATE = 31, -15
_DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"
_MOST_DICTIONARY = 32 << 20

Opened = Generator[bytes, None, int]
Unpack = Callable[[Bytes, int], Opened]
"""Opens the stretch of some data that begins at a byte."""


def gzip(data: Bytes, start: int) -> Opened:
    """Open one gzip member; its sum holds when this ends."""
    return _inflate(data, start, _GZIP)


def deflate(data: Bytes, start: int) -> Opened:
    """Open a bare deflate stream, as a zip file has it."""
    return _inflate(data, start, _DEFLATE)


def _inflate(data: Bytes, start: int, bits: int) -> Opened:
    unzip, at, size = zlib_ng.decompressobj(bits), start, 0
    while not unzip.eof:
        piece = data[at : at + _STEP]
        if not len(piece):
            raise EOFError
        try:
            out = unzip.decompress(piece)
        except zlib_ng.error as error:  # type: ignore[misc]  # its stub calls it a value
            raise ValueError(f"damaged: {error}") from None
        at += len(piece) - len(unzip.unused_data)
        size = _bear(size + len(out), at - start)
        yield out
    return at


def zstd(dictionary: zstandard.ZstdCompressionDict | None) -> Unpack:
    """Return what opens one frame of a zstd file with such a dictionary."""

    def opened(data: Bytes, start: int) -> Opened:
        found, size = zst.frame(data, start), 0
        if not found.skippable:
            for piece in coding.open_frame(data[found.start : found.end], _WINDOW, dictionary):
                size = _bear(size + len(piece), found.end - found.start)
                yield piece
        return found.end

    return opened


def dictionary(data: Bytes) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary that a .warc.zst begins with, itself compressed or not; None if it has none."""
    if data[:4] != zst.DICTIONARY:
        return None
    found = zst.frame(data, 0)
    held = bytes(data[8 : found.end])
    if held[:4] == zst.MAGIC:
        held = b"".join(_few(coding.open_frame(held, _WINDOW)))
    if held[:4] != _DICTIONARY_MAGIC:
        raise ValueError("damaged: its first frame holds no dictionary")
    try:
        return zstandard.ZstdCompressionDict(held)
    except zstandard.ZstdError as error:
        raise ValueError(f"damaged: its dictionary cannot be read ({error})") from None


def _few(pieces: coding.Pieces) -> coding.Pieces:
    size = 0
    for piece in pieces:
        if (size := size + len(piece)) > _MOST_DICTIONARY:
            raise ValueError("its dictionary is too large to be one")
        yield piece


def _bear(opened: int, packed: int) -> int:
    """Return how much came out of so much; raise ValueError where that is a bomb."""
    if opened > FREE and opened > RATIO * packed:
        raise ValueError(f"{packed} bytes open to more than {opened}: a bomb")
    return opened


MEMBER = re.compile(rb"\x1f\x8b\x08")
FRAME = re.compile(rb"\x28\xb5\x2f\xfd")
"""What the stretches of a compressed file begin with."""
