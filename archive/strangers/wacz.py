"""Wacz: the WARC files in a WACZ file, opened without trust in what its list says.

No path of it is used for anything but telling people.  Sources: WACZ 1.1.1; PKWARE, APPNOTE 6.3, 4.3.7.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from archive.codings import unpack
from archive.errors import ArchiveError, BadRecord
from archive.files.spool import Bytes, Spool
from archive.terminal.plain import plain

BEGINS = b"PK\x03\x04"
_FOLDER = "archive/"
_HEAD = struct.Struct("<4s22xHH")
_ENCRYPTED = 1
_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    ValueError,
    LookupError,
    OSError,
    struct.error,
)
"""What the standard library raises for a zip file that is none."""


class NoList(ArchiveError):
    """A zip file whose list of what it holds is torn or damaged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A WARC file in a WACZ."""

    name: str
    """As the list has it, safe to be told."""
    data: Bytes
    """The file."""


def entries(name: str, data: Bytes) -> Iterator[Entry | BadRecord]:
    """Yield the WARC files of a WACZ, and in place of one that cannot be opened why.  Raises NoList, CannotWrite."""
    try:
        with zipfile.ZipFile(_File(data)) as package:
            listed = [one for one in package.infolist() if one.filename.startswith(_FOLDER) and not one.is_dir()]
    except _DAMAGE as error:
        raise NoList(f"the list of the zip file cannot be read ({plain(str(error))})") from None
    if sum(one.compress_size for one in listed) > len(data):
        raise NoList("its entries lie one in another: a bomb")
    if not listed:
        yield BadRecord(name, 0, f"a zip file with no WARC file in {_FOLDER}")
    for one in listed:
        try:
            yield Entry(plain(one.filename), _opened(one, data))
        except (ValueError, EOFError) as error:
            yield BadRecord(name, one.header_offset, f"{plain(one.filename)}: {str(error) or 'torn'}")


def _opened(one: zipfile.ZipInfo, data: Bytes) -> Bytes:
    """Return the bytes of an entry: where they lie, or in a temporary file.  Raises ValueError, EOFError."""
    head = bytes(data[one.header_offset : one.header_offset + _HEAD.size])
    if len(head) < _HEAD.size or not head.startswith(BEGINS):
        raise ValueError("no entry begins there")
    if one.flag_bits & _ENCRYPTED:
        raise ValueError("it is encrypted")
    _, name, extra = _HEAD.unpack(head)
    start = one.header_offset + _HEAD.size + name + extra
    packed = data[start : start + one.compress_size]
    if one.compress_type == zipfile.ZIP_STORED:
        return packed
    if one.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError(f"compressed in a way that is not read ({one.compress_type})")
    return _inflated(packed)


def _inflated(packed: Bytes) -> Bytes:
    """Inflate an entry; of a damaged one, as much as there is: its records are judged one by one."""
    out = Spool()
    try:
        for piece in unpack.deflate(packed, 0):
            out.write(piece)
    except (ValueError, EOFError):
        if not len(out):
            raise
    return out.view()


class _File(io.RawIOBase):
    """Bytes as a file that can be read; a mapped one is not copied for it."""

    def __init__(self, data: Bytes) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size < 0 else self._at + size
        found = bytes(self._data[self._at : end])
        self._at += len(found)
        return found
