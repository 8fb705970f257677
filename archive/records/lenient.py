"""Lenient: what the header of a record says that another tool wrote.  Pure.

Found in the wild, and read: lines that end in a bare LF, folded lines, names of fields in
any case, a target URI in angle brackets (WARC 1.0's own grammar, 5.14, as wget follows it).
"""

import re
from collections.abc import Iterator

from archive import urls
from archive.errors import BadUrl
from archive.files.spool import Bytes
from archive.records.record import Fields, Record

PREFIX = "import"
"""What the name of a file of ours begins with that holds the records of others, in place of a spider."""
BEGINS = re.compile(rb"WARC/1\.[01][ \t]*\r?\n")
"""What a record begins with.  Source: WARC 1.1, section 4."""
MOST = 1 << 16
"""Bytes that a header may have."""
_SECOND = re.compile(rb"\n" + BEGINS.pattern)
_FOREIGN = re.compile(rf"(?:part-)?{PREFIX}-")
REVISIT = "warc/revisit"
"""Media type in an index of a capture whose payload another record holds."""
_END = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LENGTH = re.compile("[0-9]{1,18}")


def is_foreign(file: str) -> bool:
    """Tell whether a WARC file of an archive, by its name, holds records of others as they wrote them."""
    return _FOREIGN.match(file) is not None


def header(data: Bytes | bytearray, at: int = 0) -> bytes:
    """Return a record's header that begins at a byte, the empty line behind it included; b"" if none does."""
    if not BEGINS.match(data, at):
        return b""
    found = _END.search(data, at, at + MOST)
    if not found or _SECOND.search(data, at, found.end()):  # two, of which the first lost its end
        return b""
    return bytes(data[at : found.end()])


def fields(header: bytes) -> Fields:
    """Return the fields of a header, names as written."""
    lines = _FOLD.sub(" ", header.decode("utf-8", "replace")).split("\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)


def length(record: Record) -> int | None:
    """Return what Content-Length says, in bytes; None if it says nothing of the kind."""
    told = record.get("Content-Length")
    return int(told) if _LENGTH.fullmatch(told) else None


def target(record: Record, name: str = "WARC-Target-URI") -> str:
    """Return the canonical form of the URI that a field names.  Raises BadUrl."""
    return urls.canonical(asked(record, name))


def asked(record: Record, name: str = "WARC-Target-URI") -> str:
    """Return the URI that a field names, without the brackets it may stand in."""
    told = record.get(name)
    return told[1:-1] if told[:1] == "<" and told[-1:] == ">" else told


def concurrent(record: Record) -> Iterator[str]:
    """Yield the ids that a record names as of the same capture."""
    return (value for name, value in record.fields if name.lower() == "warc-concurrent-to")


def is_ours(record: Record) -> bool:
    """Tell whether a record is of a page of our editions, or of a picture, stylesheet or font of theirs."""
    try:
        url = target(record)
    except BadUrl:
        return False
    return urls.may_be_fetched(url) and (
        urls.edition_of(url) is not None or urls.kind(url) in (urls.Kind.IMAGE, urls.Kind.REQUISITE)
    )
