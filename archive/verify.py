"""Verify: does everything in an archive agree with everything else?  Reads only; memory does not grow.

Each finding names the file, the place and the rule that is broken.  The WARC is walked
member by member, every digest is made again, and every article file from its record.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from archive import article, page, revisit, salvage, urls, warc
from archive.errors import BadArticle, BadRecord, BadUrl, CannotWrite, NotFound
from archive.exchange import Exchange
from archive.index import NAME as INDEX
from archive.index import Index
from archive.record import ANSWERS, Record, capture_of, digests_of, exchange_of
from archive.rows import Captured, Warc, article_row
from archive.warc import Progress


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    file: str
    """Relative to the archive."""
    offset: int | None
    """Bytes before the WARC member that it is about; None for a whole file."""
    rule: str
    """What always holds and does not here, in a few words."""
    what: str
    """What was found instead."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        return f"{self.file}{'' if self.offset is None else f' at offset {self.offset}'}: {self.rule}: {self.what}"


def verify(root: Path, progress: Progress, *, running: bool = False) -> Iterator[Finding]:
    """Yield everything that is wrong with an archive, file by file.

    running: a crawl is writing to it now, so an open file and an article file whose row is
    on its way are no faults.  Raises NotFound if there is no
    archive or no index at all.
    """
    if not (root / "warc").is_dir():
        raise NotFound(f"no archive at {root}: it has no folder warc/")
    index = Index(root / INDEX)
    try:
        yield from _verify(root, index, progress, running)
    except CannotWrite as error:
        yield Finding(INDEX, None, "the index can be read", str(error))
    finally:
        index.close()


def _verify(root: Path, index: Index, progress: Progress, running: bool) -> Iterator[Finding]:
    yield from (Finding(INDEX, None, "the index is a sound database", line) for line in index.flaws())
    paths = warc.sealed(root / "warc")  # before the rows: a running crawl writes the row first
    known = {row.name: row for row in index.warcs()}
    for path in paths:
        try:
            yield from _sealed(path, known.pop(path.name, None))
            yield from _Walk(root, path, index, running).findings(progress)
        except OSError as error:
            yield Finding(f"warc/{path.name}", None, "every WARC file can be read", os.strerror(error.errno or 0))
    yield from (Finding(INDEX, None, "the tables agree", f"{name}: {how}") for name, how in index.uneven())
    if not running:
        for name in known:
            yield Finding(f"warc/{name}", None, "every WARC file of the index is there", "missing")
        yield from _strays(root, index)
        yield from _unfinished(root)


def _sealed(path: Path, known: Warc | None) -> Iterator[Finding]:
    """Hold a sealed file as a whole against what the index noted when it was sealed."""
    if known is None:
        yield Finding(
            f"warc/{path.name}",
            None,
            "every sealed file is in the index",
            "not there; `rfi-archive rebuild` takes it in",
        )
        return
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    if (sha256, size) != (known.sha256, known.size):
        what = f"SHA-256 is {sha256}, it was {known.sha256}, and {size} bytes of {known.size}"
        yield Finding(f"warc/{path.name}", None, "a sealed file never changes", what)


class _Walk:
    """One walk through a WARC file, side by side with what the index has of it; a few rows at a time are held."""

    def __init__(self, root: Path, path: Path, index: Index, running: bool) -> None:
        self._root, self._path, self._running = root, path, running
        self._rows = index.captured(path.name)
        self._next = next(self._rows, None)

    def findings(self, progress: Progress) -> Iterator[Finding]:
        """Yield what is wrong with each record and with the article file made from it; go on behind damage."""
        start: int | None = 0
        done = 0
        while start is not None:
            try:
                for record, findings in self._records(start):
                    yield from findings
                    progress(record.length)
                    done += record.length
                start = None
            except BadRecord as error:
                yield self._about(error.offset, "every member is a whole record", error.problem)
                start = salvage.behind(self._path, error.offset)
        yield from self._missed(None)
        progress(self._path.stat().st_size - done)

    def _records(self, start: int) -> Iterator[tuple[Record, Iterator[Finding]]]:
        """Yield each record from `start` on with what is wrong with it."""
        response = None
        for record in warc.walk(self._path, start):
            findings = self._digests(record)
            if response:
                findings = chain(findings, self._pair(response, record))
                response = None
            elif record.type in ANSWERS:
                response = record
            yield record, findings
        if response:
            raise BadRecord(self._path.name, response.offset, "the file ends behind a response without its request")

    def _row_at(self, offset: int) -> Captured | None:
        """Return the row of the capture at `offset`, and step behind it."""
        row = self._next
        if row is None or row.capture.offset != offset:
            return None
        self._next = next(self._rows, None)
        return row

    def _missed(self, offset: int | None) -> Iterator[Finding]:
        """Name the rows before `offset`, or all that are left, at whose offsets no record was read."""
        while (row := self._next) and (offset is None or row.capture.offset < offset):
            what = "no such pair was read there"
            yield self._about(row.capture.offset, "every capture of the index is a pair of records", what)
            if row.article:
                what = f"no record could be read at {row.capture.offset} of {self._path.name}"
                yield Finding(str(row.article["path"]), None, "an article file is made from its record", what)
            self._next = next(self._rows, None)

    def _digests(self, record: Record) -> Iterator[Finding]:
        """Make a record's digests again.  Source: WARC 1.1, 5.8 and 5.9."""
        for name, is_ in digests_of(record).items():
            if record.get(name) != is_:
                what = f"says {record.get(name)!r}, is {is_}"
                yield self._about(record.offset, f"{name} is that of the bytes", what)

    def _pair(self, response: Record, request: Record) -> Iterator[Finding]:
        """Hold a pair against its row, and what it makes against the article file."""
        yield from self._missed(response.offset)
        row = self._row_at(response.offset)
        refers = row.capture.refers if row else None
        exchange = exchange_of(response, request, revisit.read(self._path.parent, response, refers) if refers else None)
        try:
            url = urls.canonical(exchange.url)
        except BadUrl:
            return  # no crawl of ours asked for it, and a rebuild passes it over
        stands = replace(capture_of(response, exchange, refers), url=url)
        if row is None:
            yield self._about(response.offset, "every response record is in the index", url)
        elif stands != row.capture:
            yield self._about(response.offset, "a capture's row equals its record", f"{row.capture} is not {stands}")
        if row and row.article:
            yield from _article(self._root, row.article, exchange, self._running)

    def _about(self, offset: int, rule: str, what: str) -> Finding:
        return Finding(f"warc/{self._path.name}", offset, rule, what)


def _article(root: Path, row: dict[str, Any], exchange: Exchange, running: bool) -> Iterator[Finding]:
    """Make an article file from its record again and hold the file on disk and the row against it."""
    name, rule = str(row["path"]), "an article file equals what its record makes"
    found = page.of(exchange)
    if isinstance(found, page.NotAnArticle):
        yield Finding(name, None, rule, f"the record makes none: {found}")
        return
    made = article.write(found.article).encode()
    expected = article_row(
        found.article, found.facts, urls.article_path(found.article.url), hashlib.sha256(made).hexdigest()
    )
    for column in (column for column, value in expected.items() if row[column] != value):
        what = f"{name}: {column} is {row[column]!r:.80}, should be {expected[column]!r:.80}"
        yield Finding(INDEX, None, "an article's row equals its record", what)
    path = root / name
    if not path.is_file():
        what = "missing; `rfi-archive rebuild` makes it"
        yield Finding(name, None, "every article of the index has its file", what)
    elif (stands := path.read_bytes()) != made and not (running and _is_newer(stands, found.article.epoch)):
        yield Finding(name, None, rule, f"it does not: {first_difference(stands, made)}")


def _is_newer(file: bytes, epoch: int) -> bool:
    """Tell whether a file is a later capture's, whose row a running crawl is about to write."""
    try:
        return article.read(file).epoch > epoch
    except BadArticle:
        return False


def first_difference(stands: bytes, made: bytes) -> str:
    """Tell where two files part, in one line."""
    at = next((i for i, (a, b) in enumerate(zip(stands, made, strict=False)) if a != b), min(len(stands), len(made)))
    here, there = (file[at : at + 30].decode("utf-8", "replace") for file in (stands, made))
    return f"from byte {at} on, {here!r} stands for {there!r}"


def _strays(root: Path, index: Index) -> Iterator[Finding]:
    """Find article files that no row names."""
    for folder, _, names in os.walk(root / "articles"):
        for name in names:
            path = (Path(folder) / name).relative_to(root).as_posix()
            if index.filed(path=path) is None:
                yield Finding(path, None, "every article file has a record", "the index names none")


def _unfinished(root: Path) -> Iterator[Finding]:
    """Find what only a run that died can have left."""
    for path in sorted((root / "warc").glob("*" + warc.OPEN)):
        yield Finding(f"warc/{path.name}", None, "no file is left open", "its run died; the next crawl mends it")
