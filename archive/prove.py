"""Prove: name the record an article file was made from, make the file again, and compare."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import article, page, warc
from archive.compare import first_difference
from archive.errors import NotFound
from archive.exchange import Exchange
from archive.index import NAME as INDEX
from archive.index import Index
from archive.record import Record, digest, digests_of


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
    """What does not hold; empty if file, record and digest agree."""


def prove(root: Path, file: Path) -> Proof:
    """Prove one article file.  Raises NotFound (no such file, or none of this archive), BadRecord."""
    if not file.is_file():
        raise NotFound(f"no file {file}")
    if not file.resolve().is_relative_to(root.resolve()):
        raise NotFound(f"{file} is not in the archive {root}: name the archive it belongs to with --archive")
    path = file.resolve().relative_to(root.resolve()).as_posix()
    with closing(Index(root / INDEX)) as index:
        filed = index.filed(path=path)
    if filed is None:
        raise NotFound(f"{path} is no article file of the archive {root}: its index names no record for it")
    folder = root / "warc"
    record, exchange = warc.read_pair(folder, filed.place, filed.refers)
    original = warc.read_record(folder, filed.refers) if filed.refers else None
    stands = file.read_bytes()
    return Proof(
        path=path,
        url=exchange.url,
        captured=exchange.date,
        warc=f"warc/{filed.place.file}",
        offset=filed.place.offset,
        record=record.id,
        refers=f"warc/{original.file} at offset {original.offset}" if original else None,
        digest=digest(exchange.body),
        sha256=hashlib.sha256(stands).hexdigest(),
        problems=tuple(_problems(stands, exchange, digests_of(record, original), record)),
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
