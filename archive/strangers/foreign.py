"""Foreign: the records of a WARC or WACZ file that somebody else made, each with its bytes as they stand.

What a file is, its bytes tell, never its name.  Whatever is torn, damaged or no record is
told with its place, and reading goes on with the next record that is whole.  Memory does
not grow with the file.  Sources: WARC 1.0 and 1.1, section 4 and annex D; RFC 1952, 2.2;
iipc/warc-specifications, "warc-zstd"; WACZ 1.1.1.
"""

import mmap
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.codings import unpack, zst
from archive.codings.unpack import Unpack
from archive.errors import BadRecord
from archive.files.spool import Bytes, Spool
from archive.records import lenient
from archive.records.record import Record
from archive.strangers import wacz

MOST = 256 << 20
"""Bytes that the block of a wanted record may have."""
_NEXT = re.compile(rb"(?<=\n)" + lenient.BEGINS.pattern)
_BLANK = re.compile(rb"[\r\n]*")
_TAIL = 16
"""Bytes of what was looked through that a line's beginning may lie in."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record of a foreign file."""

    record: Record
    """As values.  Its file is the one that was read, its offset the byte of that at which the
    record begins, or the gzip member or zstd frame that it is in; of no length.  Its block is
    empty where nobody wants it."""
    header: bytes
    """From "WARC/1." to the empty line, byte for byte."""


Read = Iterator[Raw | BadRecord]
Wants = Callable[[Record], bool]
"""Tells by a record's header whether its block is wanted."""


def records(path: Path, wants: Wants = lambda _: True) -> Read:
    """Yield every whole record of a file in order, and in place of what is none why.  Never raises but CannotWrite."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) if size else b""
    except OSError as error:
        yield BadRecord(path.name, 0, f"it cannot be read: {error.strerror}")
        return
    if data[:4] == wacz.BEGINS:
        yield from _packaged(path.name, data, wants)
    else:
        yield from _Reader(path.name, wants).any(data)


def _packaged(name: str, data: Bytes, wants: Wants) -> Read:
    """Read the WARC files in a WACZ; of one whose list is gone, what stands in it as in a file of gzip members."""
    try:
        for entry in wacz.entries(name, data):
            if isinstance(entry, BadRecord):
                yield entry
            else:
                yield from _Reader(f"{name}/{entry.name}", wants).any(entry.data)
    except wacz.NoList as error:
        yield BadRecord(name, 0, f"{error}; what can be found in it is read")
        yield from _Reader(name, wants).found(data, 1)


class _Reader:
    """Reads one WARC file, whatever it is compressed by."""

    def __init__(self, name: str, wants: Wants) -> None:
        self._name, self._wants = name, wants

    def any(self, data: Bytes) -> Read:
        """Yield the records of a file."""
        blank = _BLANK.match(data)
        begins = bytes(data[blank.end() if blank else 0 :][:4])
        if begins == b"WARC":
            yield from self._plain(data)
        elif begins[:2] == unpack.GZIP:
            yield from self._compressed(data, unpack.gzip, unpack.MEMBER)
        elif begins == zst.MAGIC or (begins and zst.begins_skippable(data, 0)):
            try:
                opened = unpack.zstd(unpack.dictionary(data))
            except (ValueError, EOFError) as error:
                yield self._bad(0, str(error) or "torn: the file ends inside its dictionary")
            else:
                yield from self._compressed(data, opened, unpack.FRAME)
        else:
            yield self._bad(0, "neither a WARC nor a WACZ file" if len(data) else "it is empty")
            yield from self.found(data, 0)

    def found(self, data: Bytes, start: int) -> Read:
        """Yield the records that stand as gzip members in what is no WARC file, or not any more."""
        at = _following(data, start, unpack.gzip, unpack.MEMBER)
        if at is not None:
            yield from self._compressed(data, unpack.gzip, unpack.MEMBER, at)

    def _bad(self, offset: int, problem: str) -> BadRecord:
        return BadRecord(self._name, offset, problem)

    # Not compressed

    def _plain(self, data: Bytes) -> Read:
        """Yield the records of a file that is not compressed."""
        at = 0
        while (blank := _BLANK.match(data, at)) and (at := blank.end()) < len(data):
            try:
                raw, at = self._at(data, at)
            except BadRecord as error:
                yield error
                following = _NEXT.search(data, at + 1)
                at = following.start() if following else len(data)
            else:
                yield raw

    def _at(self, data: Bytes, at: int) -> tuple[Raw, int]:
        """Return the record that begins at a byte, and where it ends.  Raises BadRecord."""
        raw, size = self._headed(lenient.header(data, at), at)
        start = at + len(raw.header)
        end = start + size
        if end > len(data):
            raise self._bad(at, "torn: the file ends inside this record")
        if not _ends_well(bytes(data[end : end + 16])):
            raise self._bad(at, f"Content-Length says {size}, and its block does not end there")
        return self._with(raw, data[start:end] if self._wants(raw.record) else b""), end

    # Compressed

    def _compressed(self, data: Bytes, opened: Unpack, magic: re.Pattern[bytes], start: int = 0) -> Read:
        """Yield the records of a file of members, one or many in each."""
        at: int | None = start
        while at is not None and at < len(data):
            member = _Member(opened(data, at))
            try:
                yield from self._in_member(member, at)
                at = member.end
            except EOFError:
                yield self._bad(at, "torn: the file ends inside this member")
                at = _following(data, at + 1, opened, magic)
            except ValueError as error:
                yield self._bad(at, str(error))
                at = _following(data, at + 1, opened, magic)

    def _in_member(self, member: "_Member", at: int) -> Read:
        """Yield the records of a member.  Raises EOFError, ValueError: a record is held back until its end is there."""
        while member.goes_on():
            try:
                yield self._from(member, at)
            except BadRecord as error:
                yield error
                member.to_next()

    def _from(self, member: "_Member", at: int) -> Raw:
        where = f" (byte {member.passed} of what this member opens to)" if member.passed else ""
        raw, size = self._headed(member.header(), at, where)
        block = member.block(size, keep=self._wants(raw.record))
        if block is None:
            raise self._bad(at, f"Content-Length says {size}, more than this member has{where}")
        if not member.ends_well():
            raise self._bad(at, f"Content-Length says {size}, and its block does not end there{where}")
        return self._with(raw, block)

    # Both

    def _headed(self, header: bytes, at: int, where: str = "") -> tuple[Raw, int]:
        """Return a record without its block, and the size of that.  Raises BadRecord."""
        if not header:
            raise self._bad(at, f"no WARC header{where}")
        record = Record(self._name, at, 0, lenient.fields(header), b"")
        size = lenient.length(record)
        if size is None:
            raise self._bad(at, f"Content-Length says {record.get('Content-Length')[:40]!r}{where}")
        if size > MOST and self._wants(record):
            raise self._bad(at, f"{size} bytes, more than the {MOST} that are taken{where}")
        return Raw(record, header), size

    def _with(self, raw: Raw, block: Bytes) -> Raw:
        told = raw.record
        return Raw(Record(told.file, told.offset, 0, told.fields, block), raw.header)


def _ends_well(behind: bytes) -> bool:
    """Tell whether what stands behind a block may stand there."""
    return not behind or behind[:1] in b"\r\n" or behind.startswith(b"WARC/1.")


def _following(data: Bytes, start: int, opened: Unpack, magic: re.Pattern[bytes]) -> int | None:
    """Return where the next member begins that holds a record; None if none does."""
    for found in magic.finditer(data, start):
        member = _Member(opened(data, found.start()))
        try:
            if member.goes_on() and member.header():
                return found.start()
        except (EOFError, ValueError):
            continue
    return None


class _Member:
    """What a member opens to, as much of it at a time as is asked for."""

    def __init__(self, pieces: unpack.Opened) -> None:
        self._pieces, self._buffer = pieces, bytearray()
        self.passed = 0
        """Bytes of it that were taken."""
        self.end = 0
        """The byte of the file behind it, once all of it was opened."""

    def _more(self) -> bool:
        try:
            self._buffer += next(self._pieces)
        except StopIteration as stop:
            self.end = stop.value or self.end
            return False
        return True

    def _pass(self, number: int) -> None:
        del self._buffer[:number]
        self.passed += number

    def goes_on(self) -> bool:
        """Pass over blank lines; tell whether anything is left."""
        while True:
            blank = _BLANK.match(self._buffer)
            self._pass(blank.end() if blank else 0)
            if self._buffer:
                return True
            if not self._more():
                return False

    def header(self) -> bytes:
        """Take a record's header; b"" if there is none."""
        while not (found := lenient.header(self._buffer)):
            if len(self._buffer) > lenient.MOST or not self._more():
                return b""
            if len(self._buffer) > _TAIL and not self._buffer.startswith(b"WARC/1."):
                return b""
        self._pass(len(found))
        return found

    def block(self, size: int, *, keep: bool) -> Bytes | None:
        """Take a block; None if less than that is left."""
        spool = Spool()
        while size:
            if not self._buffer and not self._more():
                return None
            piece = self._buffer[:size]
            if keep:
                spool.write(bytes(piece))
            self._pass(len(piece))
            size -= len(piece)
        return spool.view()

    def ends_well(self) -> bool:
        """Tell whether what stands here may stand behind a block; blank lines are passed over."""
        while len(self._buffer) < _TAIL and self._more():
            pass
        well = _ends_well(bytes(self._buffer[:_TAIL]))
        self.goes_on()  # to the end of the member, if this was its last record: its sum holds then
        return well

    def to_next(self) -> None:
        """Pass over all before the next line that a record begins with, or all that is left."""
        while not (found := _NEXT.search(self._buffer)):
            self._pass(max(0, len(self._buffer) - _TAIL))
            if not self._more():
                self._pass(len(self._buffer))
                return
        self._pass(found.start())
