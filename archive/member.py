"""Member: one WARC record as the gzip member that it is in a file.  Pure.  Source: WARC 1.1, annex D.3."""

from collections.abc import Iterator

from zlib_ng import zlib_ng

from archive.record import Fields, digest, warc_fields
from archive.spool import Bytes

END = b"\r\n\r\n"
"""Stands behind the block of each record."""
_LEVEL = 6
_STEP = 1 << 16


def member(fields: Fields, block: tuple[Bytes, ...]) -> Iterator[bytes]:
    """Yield one record as one gzip member, in pieces; its block's digest and length are added to the fields.

    Source: annex D.3, record-at-time compression.
    """
    told = (("WARC-Block-Digest", digest(*block)), ("Content-Length", str(sum(len(piece) for piece in block))))
    return squeezed(b"WARC/1.1\r\n" + warc_fields((*fields, *told)) + b"\r\n", *block, END)


def squeezed(*pieces: Bytes) -> Iterator[bytes]:
    """Yield a gzip member of these bytes in a row, in pieces."""
    gzip = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, 31)
    for piece in pieces:
        for at in range(0, len(piece), _STEP):
            if out := gzip.compress(piece[at : at + _STEP]):
                yield out
    yield gzip.flush()
