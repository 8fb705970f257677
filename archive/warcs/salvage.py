"""Salvage: find where whole records begin again behind a damaged one.

Source: WARC 1.1, annex D: each record is a gzip member of its own, so that readers can go on behind damage.
"""

from collections.abc import Iterator
from pathlib import Path

from archive import warc
from archive.errors import BadRecord
from archive.files import reach

_MEMBER = b"\x1f\x8b\x08"
_STEP = 1 << 20


def behind(path: Path, offset: int) -> int | None:
    """Return the offset of the first whole record behind `offset`; None if there is none to the end."""
    for at in _members(path, offset + 1):
        try:
            next(warc.walk(path, at))
        except BadRecord:
            continue
        return at
    return None


def _members(path: Path, start: int) -> Iterator[int]:
    """Yield the offsets from `start` on at which a gzip member may begin; little of the file is held."""
    with reach.opened(path) as file:
        file.seek(start)
        rest = b""
        while piece := file.read(_STEP):
            data = rest + piece
            at = data.find(_MEMBER)
            while at >= 0:
                yield start + at
                at = data.find(_MEMBER, at + 1)
            rest = data[1 - len(_MEMBER) :]
            start += len(data) - len(rest)
