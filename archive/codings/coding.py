"""Coding: content codings undone piece by piece, so that whoever has enough can stop.  Pure.

Source: RFC 9110, 8.4.1, and IANA's registry of content codings.
"""

from collections.abc import Callable, Iterator
from functools import partial

import brotli
import zstandard
from zlib_ng import zlib_ng

from archive.codings import zst
from archive.files.spool import Bytes

_STEP = 1 << 12
"""Bytes of a body that are opened at once."""
_PIECE = 1 << 16
"""Bytes that a brotli or zstd stream gives at once, more or less: few of either open to very many."""
_WINDOW = 8 << 20
"""Bytes that a zstd stream may make its reader remember.  Source: RFC 9659, 3."""
_GZIP = 31

Pieces = Iterator[bytes]
Opener = Callable[[Bytes], Pieces]
"""Yields what a body opens to.  Raises EOFError where it ends early, ValueError where it is broken."""


def _inflate(bits: int, body: Bytes) -> Iterator[bytes]:
    """Inflate every member of a stream, however many it has.  bits: zlib's window."""
    at = 0
    while at < len(body):
        unzip = zlib_ng.decompressobj(bits)
        while not unzip.eof:
            if at == len(body):
                raise EOFError
            try:
                yield unzip.decompress(body[at : at + _STEP])
            except zlib_ng.error as error:  # type: ignore[misc]  # its stub calls it a value
                raise ValueError(error) from None
            at = min(at + _STEP, len(body)) - len(unzip.unused_data)
        # A second gzip member is more content; zero padding or junk behind the first is not (RFC 1952, 2.2).
        if bits != _GZIP or body[at : at + 2] != b"\x1f\x8b":
            return


def _brotli(body: Bytes) -> Iterator[bytes]:
    """Open a brotli stream.  Source: RFC 7932."""
    unpack, at = brotli.Decompressor(), 0
    while len(body) and not unpack.is_finished():
        step = _STEP if unpack.can_accept_more_data() else 0
        if step and at >= len(body):
            raise EOFError
        try:
            yield unpack.process(bytes(body[at : at + step]), output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise ValueError(error) from None
        at += step


def _zstd(body: Bytes) -> Iterator[bytes]:
    """Open all zstd frames in a row; junk behind the first is none.  Source: RFC 8878, 3.1."""
    at = 0
    while at < len(body):
        try:
            found = zst.frame(body, at)
        except ValueError:
            if at:
                return
            raise
        if not found.skippable:
            yield from open_frame(body[found.start : found.end], _WINDOW)
        at = found.end


def open_frame(frame: Bytes, window: int, dictionary: zstandard.ZstdCompressionDict | None = None) -> Iterator[bytes]:
    """Yield what a whole zstd frame opens to.  window: bytes it may make us remember.  Raises ValueError."""
    unpack = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=window)
    with unpack.stream_reader(frame) as reader:
        try:
            while piece := reader.read(_PIECE):
                yield piece
        except zstandard.ZstdError as error:
            raise ValueError(error) from None


OPENERS: dict[str, tuple[Opener, ...]] = {
    "gzip": (partial(_inflate, _GZIP),),
    "x-gzip": (partial(_inflate, _GZIP),),
    "deflate": (partial(_inflate, 15), partial(_inflate, -15)),
    "br": (_brotli,),
    "zstd": (_zstd,),
}
"""How each content coding is opened; the first way that leads through counts.
Servers send deflate with and without its zlib frame: RFC 9110, 8.4.1.2, note on "deflate"."""


def begins(body: Bytes, coding: str) -> bool:
    """Tell whether a body begins as one in this coding does."""
    return any(_opens(opener, body) for opener in OPENERS.get(coding, ()))


def _opens(opener: Opener, body: Bytes) -> bool:
    try:
        next((piece for piece in opener(body) if piece), b"")
    except EOFError:
        return len(body) > 0
    except ValueError:
        return False
    return True
