"""Spoiling: one record of a small archive is made wrong in one way, and the archive is rebuilt around it."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from archive import warc
from archive.rebuild import rebuild
from archive.records import record
from archive.records.digest import digest
from archive.records.record import Fields, Record
from tests.archive import archives
from tests.archive.archives import CN, keep, page, short

Edit = Callable[[Fields, bytes], tuple[Fields, bytes]]
"""What makes another header and block of one."""


def small(root: Path) -> Path:
    """An archive of one file with every type of record, revisits too."""
    archive = archives.open_archive(root)
    for exchange in (page(CN[0]), short(1), short(1)):
        keep(archive, exchange)
    archive.fail(CN[1].url, "connection refused")
    archives.close(archive, articles=2)
    return root


def the_file(root: Path) -> Path:
    """Its one WARC file."""
    (path,) = warc.sealed(root / "warc")
    return path


def spoil(root: Path, wrong: Callable[[list[Record]], list[bytes]]) -> None:
    """Write the file anew from members that are made of its records, and make index and files from it again."""
    path = the_file(root)
    path.write_bytes(b"".join(wrong(list(warc.walk(path)))))
    rebuild(root, datetime(2027, 1, 1, tzinfo=UTC), lambda _: None)


def member(fields: Fields, block: bytes) -> bytes:
    """A gzip member that says just this, be it right or wrong."""
    return gzip.compress(b"WARC/1.1\r\n" + record.warc_fields(fields) + b"\r\n" + block + b"\r\n\r\n", 6, mtime=0)


def same(one: Record) -> bytes:
    return member(one.fields, bytes(one.block))


def one(kind: str, edit: Edit) -> Callable[[list[Record]], list[bytes]]:
    """Edit the first record of a type."""

    def wrong(records: list[Record]) -> list[bytes]:
        at = first(records, kind)
        return [member(*edit(r.fields, bytes(r.block))) if n == at else same(r) for n, r in enumerate(records)]

    return wrong


def first(records: list[Record], kind: str) -> int:
    return next(number for number, record in enumerate(records) if record.type == kind)


def without(name: str) -> Edit:
    return lambda fields, block: (tuple(pair for pair in fields if pair[0] != name), block)


def also(name: str, value: str) -> Edit:
    return lambda fields, block: ((*fields, (name, value)), block)


def says(name: str, value: str) -> Edit:
    return lambda fields, block: (tuple((n, value if n == name else v) for n, v in fields), block)


def holds(change: Callable[[bytes], bytes]) -> Edit:
    """Change the block; length and digests are right."""

    def edit(fields: Fields, block: bytes) -> tuple[Fields, bytes]:
        block = change(block)
        made = {"Content-Length": str(len(block)), "WARC-Block-Digest": digest(block)}
        if dict(fields)["WARC-Type"] == "response":
            made["WARC-Payload-Digest"] = digest(block.partition(b"\r\n\r\n")[2])
        return tuple((name, made.get(name, value)) for name, value in fields), block

    return edit


def drop(kind: str) -> Callable[[list[Record]], list[bytes]]:
    """Leave out the first record of a type."""
    return lambda records: [same(r) for n, r in enumerate(records) if n != first(records, kind)]
