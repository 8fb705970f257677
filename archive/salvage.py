"""Salvage: find where whole records begin again behind a damaged one.

Source: WARC 1.1, annex D: each record is a gzip member of its own, so that readers can go on behind damage.
"""

import mmap
from pathlib import Path

from archive import warc
from archive.errors import BadRecord

_MEMBER = b"\x1f\x8b\x08"


def behind(path: Path, offset: int) -> int | None:
    """Return the offset of the first whole record behind `offset`; None if there is none to the end."""
    if offset >= path.stat().st_size:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(_MEMBER, offset + 1)
        while at >= 0:
            try:
                next(warc.walk(path, at))
            except BadRecord:
                at = data.find(_MEMBER, at + 1)
            else:
                return at
    return None
