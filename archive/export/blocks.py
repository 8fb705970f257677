"""Blocks: a sorted CDXJ index in compressed blocks, and the list of them, so that a reader loads only what it needs.

Pure.  Source: format cdxj-gzip-1.0 ("ZipNum"), as cdxj-indexer writes it and ReplayWeb.page reads it.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

DATA, LIST = "index.cdx.gz", "index.idx"
LINES = 1024
"""Lines of a block, as everybody has it."""


class Blocks:
    """Compresses lines block by block; `listed` tells afterwards where each is."""

    def __init__(self) -> None:
        self._size = 0
        self._listed = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': DATA})}\n"]

    def compress(self, lines: Iterable[str]) -> Iterator[bytes]:
        """Yield sorted lines as gzip members, a block each."""
        rest = iter(lines)
        while some := list(islice(rest, LINES)):
            gzip = zlib.compressobj(wbits=31)
            block = gzip.compress("".join(some).encode()) + gzip.flush()
            self._list(some[0], block)
            yield block

    def _list(self, first: str, block: bytes) -> None:
        """Note a block by the key and time of its first line."""
        where = {"offset": self._size, "length": len(block), "digest": f"sha256:{hashlib.sha256(block).hexdigest()}"}
        self._listed.append(f"{first.partition(' {')[0]} {json.dumps(where)}\n")
        self._size += len(block)

    def listed(self) -> bytes:
        """Return the list of all blocks so far."""
        return "".join(self._listed).encode()
