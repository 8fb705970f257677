"""Member: one WARC record as the gzip member that it is in a file.  Pure.  Source: WARC 1.1, annex D.3.

What is compressed already is not compressed once more, which would take most of the time of
a record and give back one byte in a hundred: it stands in stored blocks of the same stream.
"""

import re
import struct
from collections.abc import Iterator

from zlib_ng import zlib_ng

from archive.exchange import Exchange, codings
from archive.files.spool import Bytes
from archive.records.digest import digest
from archive.records.record import Fields, warc_fields

END = b"\r\n\r\n"
"""Stands behind the block of each record."""
_PACKED = re.compile(
    r"image/(?:jpeg|png|webp|avif|gif)|audio/(?:mpeg|mp4|ogg)|video/|font/woff|application/(?:zip|gzip)"
)
"""Media types whose bytes are compressed already, however they are sent."""
_LEVEL = 6
_STEP = 1 << 16
_GZIP = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""Head of a member that tells neither name nor time nor system.  Source: RFC 1952, 2.3."""
_STORED = struct.Struct("<BHH")
"""Head of a stored block where a byte begins: 1 in the last one, length, its complement.  Source: RFC 1951, 3.2.4."""
_MOST = 0xFFFF
"""Bytes of a stored block."""
_TAIL = struct.Struct("<II")
"""Behind the blocks: CRC-32 and length of what they hold."""


def is_packed(exchange: Exchange) -> bool:
    """Tell whether the body of an answer, as it came, is compressed already: by its coding or by what it is."""
    return bool(codings(exchange.head)) or _PACKED.match(exchange.media_type) is not None


def member(fields: Fields, block: tuple[Bytes, ...], packed: Bytes = b"") -> Iterator[bytes]:
    """Yield one record as one gzip member, in pieces; its block's digest and length are added to the fields.

    packed: the end of the block, compressed already.  Source: annex D.3, record-at-time compression.
    """
    whole = (*block, packed)
    told = (("WARC-Block-Digest", digest(*whole)), ("Content-Length", str(sum(map(len, whole)))))
    head = b"WARC/1.1\r\n" + warc_fields((*fields, *told)) + b"\r\n"
    return stored(b"".join((head, *block)), packed) if packed else squeezed(head, *block, END)


def squeezed(*pieces: Bytes) -> Iterator[bytes]:
    """Yield a gzip member of these bytes in a row, in pieces."""
    gzip = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, 31)
    for piece in pieces:
        for at in range(0, len(piece), _STEP):
            if out := gzip.compress(piece[at : at + _STEP]):
                yield out
    yield gzip.flush()


def stored(head: bytes, packed: Bytes) -> Iterator[bytes]:
    """Yield a gzip member of `head`, compressed, of `packed` as it is, and of END, in pieces."""
    deflate = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -15)
    yield _GZIP + deflate.compress(head) + deflate.flush(zlib_ng.Z_SYNC_FLUSH)  # up to the end of a byte
    for at in range(0, len(packed), _MOST):
        piece = packed[at : at + _MOST]
        yield _STORED.pack(0, len(piece), len(piece) ^ _MOST)
        yield bytes(piece)
    sum32 = zlib_ng.crc32(END, zlib_ng.crc32(packed, zlib_ng.crc32(head)))
    size = len(head) + len(packed) + len(END)
    yield _STORED.pack(1, len(END), len(END) ^ _MOST) + END + _TAIL.pack(sum32, size & 0xFFFFFFFF)
