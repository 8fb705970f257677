"""Prove: name the record an article file was made from, make the file again, and compare; and each earlier version."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import article, page, warc
from archive.commit.ledger import page_at
from archive.compare import first_difference
from archive.engines.opening import open_index
from archive.errors import BadRecord, NotFound
from archive.exchange import Exchange
from archive.files import reach
from archive.history import events, placed
from archive.index import NAME as INDEX
from archive.records import pair
from archive.records.digest import digest
from archive.records.record import Record
from archive.tables.rows import Captured


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article beside its record."""

    number: int
    """From 1, by date."""
    captured: datetime
    """Date of its capture, UTC."""
    warc: str
    """The WARC file, relative to the archive."""
    offset: int
    """Bytes before the record's gzip member."""
    refers: str | None
    """Where the record lies that holds the payload, if this one is a revisit."""
    sha256: str
    """Of the article file that it makes, as the index has it, hex."""
    problem: str
    """Why its record does not make that; "" if it does."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An article file beside its record."""

    path: str
    """The article file, relative to the archive."""
    url: str
    """WARC-Target-URI of the record."""
    captured: datetime
    """WARC-Date, UTC."""
    warc: str
    """The WARC file, relative to the archive."""
    offset: int
    """Bytes before the record's gzip member."""
    record: str
    """WARC-Record-ID."""
    refers: str | None
    """Where the record lies that holds the payload, if this one is a revisit."""
    digest: str
    """Payload digest as made again from the bytes."""
    sha256: str
    """Of the article file as it stands, hex."""
    problems: tuple[str, ...]
    """What does not hold; empty if file, record and digest agree, and every version is what its record makes."""
    versions: tuple[Version, ...]
    """All versions of the article, the oldest first; the file is of the last."""


def prove(root: Path, file: Path) -> Proof:
    """Prove one article file.  Raises NotFound (no such file, or none of this archive), BadRecord."""
    if not reach.is_file(file):
        raise NotFound(f"no file {file}")
    if not file.resolve().is_relative_to(root.resolve()):
        raise NotFound(f"{file} is not in the archive {root}: name the archive it belongs to with --archive")
    path = file.resolve().relative_to(root.resolve()).as_posix()
    with closing(open_index(root / INDEX)) as index:
        filed = index.filed(path=path)
        captures = index.captures(filed.url) if filed else []
    if filed is None:
        raise NotFound(f"{path} is no article file of the archive {root}: its index names no record for it")
    folder = root / "warc"
    record, exchange = warc.read_pair(folder, filed.place, filed.refers)
    original = warc.read_record(folder, filed.refers) if filed.refers else None
    stands, versions = reach.read(file), tuple(_versions(folder, [one for _, one in captures]))
    wrong = (f"version {one.number}: {one.problem}" for one in versions if one.problem)
    return Proof(
        path=path,
        url=exchange.url,
        captured=exchange.date,
        warc=f"warc/{filed.place.file}",
        offset=filed.place.offset,
        record=record.id,
        refers=filed.refers.told if filed.refers else None,
        digest=digest(exchange.body),
        sha256=hashlib.sha256(stands).hexdigest(),
        problems=(*_problems(stands, exchange, pair.digests_of(record, original), record), *wrong),
        versions=versions,
    )


def _problems(stands: bytes, exchange: Exchange, digests: dict[str, str], record: Record) -> Iterator[str]:
    """Say what does not hold between a file, its record's bytes and the digests the record bears."""
    for name, found in digests.items():
        if found != record.get(name):
            yield f"{name} should be {found}, the record says {record.get(name)!r}"
    made = page.of(exchange)
    if isinstance(made, page.NotAnArticle):
        yield f"the record makes no article: {made}"
    elif (text := article.write(made.article).encode()) != stands:
        yield f"the file is not what its record makes: {first_difference(stands, text)}"


def _versions(folder: Path, captures: list[Captured]) -> Iterator[Version]:
    """Hold each version of an article against its record."""
    for one, _, number in events(captures):
        if number and one.page:
            place, refers = placed(one)
            yield Version(
                number=number,
                captured=one.capture.date,
                warc=f"warc/{place.file}",
                offset=place.offset,
                refers=refers.told if refers else None,
                sha256=one.page.sha256,
                problem=_problem(folder, one, one.page.sha256),
            )


def _problem(folder: Path, one: Captured, sha256: str) -> str:
    """Return why a record does not make the file that the index has of it; "" if it does."""
    try:
        text = article.write(page_at(folder, *placed(one)).article).encode()
    except BadRecord as error:
        return str(error)
    made = hashlib.sha256(text).hexdigest()
    return "" if made == sha256 else f"its record makes a file of sha256 {made}, the index says {sha256}"
