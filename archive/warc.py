"""WARC files: their names, and any file walked member by member.

One gzip member a record; a response with its request right behind it is a pair.
Sources: WARC 1.1 (ISO 28500:2017), by section.
"""

import errno
import os
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from zlib_ng import zlib_ng

from archive.errors import BadRecord, NotFound
from archive.exchange import Exchange
from archive.files import cloud, reach
from archive.files.spool import Bytes, Spool
from archive.records import lenient, pair
from archive.records.record import Fields, Place, Record, parse_fields

OPEN = ".open"
"""Stands behind the name of a file that is being written; sealing takes it away."""
IMPORTED = lenient.PREFIX + "-"
"""How the name of a file begins that holds records made by others."""
_END = ".warc.gz"
_STEP = 1 << 16
_HEAD = re.compile(rb"WARC/1\.[01]\r\n((?:[^\r\n]+\r\n)*)\r\n")


def file_name(prefix: str, now: datetime, serial: int, host: str) -> str:
    """Return `<prefix>-<17 digits>-<serial>-<host>-<random>.warc.gz`; 17 digits: UTC to the millisecond.

    Source: 6.1.4 and annex C; the random part keeps two machines of one name apart.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%d%H%M%S") + f"{now.microsecond // 1000:03d}"
    host = re.sub(r"[^A-Za-z0-9]+", ".", host).strip(".") or "localhost"
    return f"{prefix}-{stamp}-{serial:05d}-{host}-{uuid.uuid4().hex[:8]}.warc.gz"


def final_name(path: Path) -> str:
    """Return the name that a file has when it is sealed, without a folder."""
    return path.name.partition(_END)[0] + _END


def sort_key(name: str) -> tuple[str, str]:
    """Return what puts WARC files in the order in which they were begun, whatever their spider."""
    stamp = re.search(r"-([0-9]{17}-[0-9]{5})-", name)
    return (stamp[1] if stamp else "", name)


Progress = Callable[[int], object]
"""Is told how many bytes of WARC were done since it was told last."""


def walk(path: Path, start: int = 0, name: str = "") -> Iterator[Record]:
    """Yield the records of a file from offset `start`, checking every gzip member's frame and sum.

    name: of the WARC file, where it is not that of `path`.
    Raises BadRecord at the first member that is torn, damaged or no record; the error's
    offset is where the last whole one ends.  Memory does not grow with the file.
    """
    name = name or final_name(path)
    with reach.opened(path) as file:
        file.seek(start)
        ahead = b""
        while ahead or (ahead := file.read(_STEP)):
            opened, ahead = _open_member(name, start, file, ahead)
            end = file.tell() - len(ahead)
            yield _parse(name, start, end - start, opened)
            start = end


def _open_member(name: str, start: int, file: BinaryIO, ahead: bytes) -> tuple[Bytes, bytes]:
    """Decompress the member that `ahead`, read already, begins: its content, and what was read beyond it."""
    unzip, out = zlib_ng.decompressobj(31), None
    while ahead:
        try:
            piece = unzip.decompress(ahead)
        except zlib_ng.error as error:  # type: ignore[misc]  # its stub calls it a value
            raise BadRecord(name, start, f"damaged gzip member ({error})") from None
        if unzip.eof and out is None:
            return piece, unzip.unused_data
        if out is None:
            out = Spool()
        out.write(piece)
        if unzip.eof:
            return out.view(), unzip.unused_data
        ahead = file.read(_STEP)
    raise BadRecord(name, start, "torn: the file ends inside this member")


def _parse(name: str, offset: int, length: int, opened: Bytes) -> Record:
    """Make a Record of a member's content; raises BadRecord unless it is one whole record."""
    fields, end = _header(name, opened)
    if not end:
        raise BadRecord(name, offset, "no WARC header at the start of this member")
    record = Record(name, offset, length, fields, opened[end:-4])
    told = lenient.length(record) if lenient.is_foreign(name) else record.get("Content-Length")
    if told not in (len(record.block), str(len(record.block))) or opened[-4:] != b"\r\n\r\n":
        raise BadRecord(
            name,
            offset,
            f"Content-Length says {record.get('Content-Length')!r}, the block has {len(record.block)} bytes",
        )
    return record


def _header(name: str, opened: Bytes) -> tuple[Fields, int]:
    """Return the fields of the header that a member begins with, and its length; 0 if it has none."""
    if lenient.is_foreign(name):
        header = lenient.header(opened)
        return lenient.fields(header), len(header)
    match = _HEAD.match(opened)
    return (parse_fields(match[1]), match.end()) if match else ((), 0)


def read_pair(folder: Path, place: Place, refers: Place | None = None) -> tuple[Record, Exchange]:
    """Read the record of an answer, and with the request behind it its exchange.  Raises BadRecord.

    refers: where the record lies that holds a revisit's payload.
    """
    answer, request = _first(folder, place, 2)
    return answer, pair.exchange_of(answer, request, read_record(folder, refers) if refers else None)


def read_record(folder: Path, place: Place) -> Record:
    """Read one record of a file, sealed or not.  Raises BadRecord."""
    return _first(folder, place, 1)[0]


def _first(folder: Path, place: Place, number: int) -> list[Record]:
    """Read a number of records in a row."""
    path = folder / place.file
    left = path.with_name(path.name + OPEN)
    try:
        found = list(islice(walk(left if left.exists() else path, place.offset), number))
    except OSError as error:
        raise BadRecord(place.file, place.offset, f"it cannot be read: {error.strerror or error}") from None
    if len(found) < number:
        raise BadRecord(place.file, place.offset, "no such record: the file ends before it")
    return found


def sealed(folder: Path) -> list[Path]:
    """Return the sealed files of a folder in the order in which they were begun."""
    return sorted(folder.glob("*.warc.gz"), key=lambda path: sort_key(path.name))


def left_open(folder: Path) -> list[Path]:
    """Return the files of a folder that are open by name, in the order in which they were begun."""
    return sorted(folder.glob("*" + OPEN), key=lambda path: sort_key(path.name))


def folder_of(root: Path) -> Path:
    """Return where the WARC files of an archive are.  Raises NotFound if there is no archive."""
    if not (root / "warc").is_dir() and not cloud.url():
        raise NotFound(f"no archive at {root}: it has no folder warc/")
    return root / "warc"


def refuse_existing(path: Path) -> None:
    """Raise FileExistsError if a sealed file has that name."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
