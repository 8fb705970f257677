"""Readback: holds a WACZ file that was just written against itself, before it gets its name."""

import hashlib
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive import warc
from archive.errors import BadRecord
from archive.export import blocks, pages
from archive.export.package import DIGEST, LISTED
from archive.files.sorting import refusals
from archive.records import lenient
from archive.records.record import ANSWERS

_STEP = 1 << 20
_ARCHIVE = "archive/"


def check(path: Path, tell: warc.Progress = lambda _: None) -> None:
    """Raise BadRecord unless all of this holds.

    The list of files names each file of the package with its size and SHA-256, and nothing
    else; lines of the index rise, and each opens a record of an answer of that URL and
    second; the URL and second of each page are in the index.
    tell: is told the bytes of each WARC file.
    """
    with refusals(), zipfile.ZipFile(path) as package, closing(sqlite3.connect("")) as found:
        found.execute("create table found (url text, time text)")
        try:
            _list(package, path.name, tell)
            found.executemany("insert into found values (?, ?)", _index(package, path))
            found.execute("create index of_found on found (url, time)")
            _pages(package, path.name, found)
        except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
            raise BadRecord(path.name, 0, f"a WACZ file that cannot be read back: {error}") from error


def _list(package: zipfile.ZipFile, name: str, tell: warc.Progress) -> None:
    """Hold the list against the files, and the list's digest against the list."""
    told = json.loads(package.read(LISTED))["resources"]
    there = [info.filename for info in package.infolist()]
    if [*(one["path"] for one in told), LISTED, DIGEST] != there:
        raise BadRecord(name, 0, "its list of files is not what it holds")
    for one in [*told, {**json.loads(package.read(DIGEST)), "bytes": package.getinfo(LISTED).file_size}]:
        if _measure(package, one["path"]) != (one["bytes"], one["hash"]):
            raise BadRecord(
                name, package.getinfo(one["path"]).header_offset, f"{one['path']} is not what its list says"
            )
        if one["path"].startswith(_ARCHIVE):
            tell(one["bytes"])


def _measure(package: zipfile.ZipFile, path: str) -> tuple[int, str]:
    """Return size and labelled SHA-256 of a file in the package."""
    sha256, size = hashlib.sha256(), 0
    with package.open(path) as file:
        while piece := file.read(_STEP):
            sha256.update(piece)
            size += len(piece)
    return size, f"sha256:{sha256.hexdigest()}"


def _index(package: zipfile.ZipFile, path: Path) -> Iterator[tuple[str, str]]:
    """Yield URL and time of each line of the index, once the record behind it is found right."""
    starts = {info.filename: _start(path, info.header_offset) for info in package.infolist()}
    before = ""
    for line in _lines(package):
        if line <= before:
            raise BadRecord(path.name, 0, f"the index is not in order at {line[:200]}")
        before = line
        _, time, told = line.split(" ", 2)
        entry = json.loads(told)
        _open(path, starts[_ARCHIVE + entry["filename"]], time, entry)
        yield entry["url"], time


def _start(path: Path, header: int) -> int:
    """Return where the bytes of a stored file begin, as its own header in the zip tells."""
    with path.open("rb") as file:
        file.seek(header + 26)
        names = file.read(4)
    return header + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")


def _lines(package: zipfile.ZipFile) -> Iterator[str]:
    """Yield the lines of the index, read by its list of blocks, which must leave nothing out."""
    listed = package.read(f"indexes/{blocks.LIST}").decode().splitlines()[1:]
    places = [json.loads(line[line.index(" {") :]) for line in listed]
    ends = [(place["offset"], place["offset"] + place["length"]) for place in places]
    size = package.getinfo(f"indexes/{blocks.DATA}").file_size
    if any(one[1] != other[0] for one, other in pairwise([(0, 0), *ends, (size, size)])):
        raise ValueError("blocks of the index are not listed one behind the other")
    with package.open(f"indexes/{blocks.DATA}") as data:
        for key, place in zip(listed, places, strict=True):
            block = zlib.decompress(data.read(place["length"]), 31).decode().splitlines()
            if not block[0].startswith(key[: key.index(" {") + 2]):
                raise ValueError(f"a block of the index is listed under {key}")
            yield from block


def _open(path: Path, start: int, time: str, entry: dict[str, Any]) -> None:
    """Raise BadRecord unless the record at a place is the answer that the index names."""
    at = start + int(entry["offset"])
    record = next(warc.walk(path, at, str(entry["filename"])))
    digest = record.get("WARC-Payload-Digest")
    foreign = lenient.is_foreign(record.file)
    same = (
        record.type in ANSWERS
        and record.length == int(entry["length"])
        and record.date.strftime("%Y%m%d%H%M%S") == time
        and (lenient.asked(record) if foreign else record.get("WARC-Target-URI")) == entry["url"]
        and (digest == entry.get("digest", "") or (foreign and not digest))
    )
    if not same:
        raise BadRecord(path.name, at, f"the index has {entry['url']} of {time} here, but there is another record")


def _pages(package: zipfile.ZipFile, name: str, found: sqlite3.Connection) -> None:
    """Hold each page against the index."""
    with package.open(pages.PATH) as file:
        next(file)
        for line in file:
            page = json.loads(line)
            time = "".join(filter(str.isdigit, page["ts"]))
            if not found.execute("select 1 from found where url = ? and time = ?", (page["url"], time)).fetchone():
                raise BadRecord(name, 0, f"page {page['url']} of {page['ts']} is not in the index")
