"""Verify: does everything in an archive agree with everything else?  Reads only; memory does not grow.

Each finding names the file, the place and the rule that is broken.  The WARC is walked
member by member, every digest is made again, and every article file from its record.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import article, page, urls, warc
from archive.errors import BadRecord, NotFound
from archive.export import lists
from archive.index import NAME as INDEX
from archive.index import Filed, Index, Warc
from archive.record import Record, digest, entity, exchange_of

Progress = Callable[[int], object]
"""Is told how many bytes of WARC were done since it was told last."""


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

    running: a crawl is writing to it now, so an open file and a list behind its index are
    no faults.  Raises NotFound if there is no archive or no index at all.
    """
    if not (root / "warc").is_dir():
        raise NotFound(f"no archive at {root}: it has no folder warc/")
    index = Index(root / INDEX)
    known = {row.name: row for row in index.warcs()}
    for path in warc.sealed(root / "warc"):
        yield from _sealed(path, known.pop(path.name, None))
        yield from _records(root, path, index)
        progress(path.stat().st_size)
    yield from _strays(root, index)
    if not running:
        for name in known:
            yield Finding(f"warc/{name}", None, "every WARC file of the index is there", "missing")
        yield from _unfinished(root, index)
    index.close()


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
    if sha256 != known.sha256:
        what = f"SHA-256 is {sha256}, it was {known.sha256}, and {path.stat().st_size} bytes of {known.size}"
        yield Finding(f"warc/{path.name}", None, "a sealed file never changes", what)


def _records(root: Path, path: Path, index: Index) -> Iterator[Finding]:
    """Walk one file; hold each record against its digests, the index, and the article file made from it."""
    captures, filed = index.captures(path.name), index.filed_from(path.name)
    response = None
    try:
        for record in warc.walk(path):
            yield from _digests(path, record)
            if record.type == "response":
                yield from _capture(path, record, captures.pop(record.offset, None))
                response = record
            elif response and record.type == "request":
                if made := filed.pop(response.offset, None):
                    yield from _article(root, made, response, record)
                response = None
    except BadRecord as error:
        yield Finding(f"warc/{path.name}", error.offset, "every member is a whole record", str(error))
    for offset in captures:
        yield Finding(
            f"warc/{path.name}", offset, "every capture of the index is a record", "no response record was read there"
        )
    for made in filed.values():
        yield Finding(
            made.path,
            None,
            "an article file is made from its record",
            f"no record could be read at {made.offset} of {path.name}",
        )


def _digests(path: Path, record: Record) -> Iterator[Finding]:
    """Make a record's digests again.  Source: WARC 1.1, 5.8 and 5.9."""
    made = {"WARC-Block-Digest": digest(record.block)}
    if record.type == "response":
        made["WARC-Payload-Digest"] = digest(entity(record)[1])
    for name, is_ in made.items():
        if record.get(name) != is_:
            yield Finding(
                f"warc/{path.name}",
                record.offset,
                f"{name} is that of the bytes",
                f"says {record.get(name)!r}, is {is_}",
            )


def _capture(path: Path, record: Record, known: tuple[str, int, str] | None) -> Iterator[Finding]:
    """Hold a response record against its row."""
    if known is None:
        yield Finding(
            f"warc/{path.name}", record.offset, "every response record is in the index", record.get("WARC-Target-URI")
        )
        return
    stands = (
        urls.canonical(record.get("WARC-Target-URI")),
        int(record.date.timestamp()),
        record.get("WARC-Payload-Digest"),
    )
    if stands != known:
        yield Finding(
            f"warc/{path.name}", record.offset, "a capture's row equals its record", f"{known} is not {stands}"
        )


def _article(root: Path, filed: Filed, response: Record, request: Record) -> Iterator[Finding]:
    """Make an article file from its record again and hold the file on disk and the row against it."""
    rule = "an article file equals what its record makes"
    found = page.of(exchange_of(response, request))
    if isinstance(found, page.NotAnArticle):
        yield Finding(filed.path, None, rule, f"the record makes none: {found}")
        return
    made = article.write(found.article).encode()
    path = root / filed.path
    if not path.is_file():
        yield Finding(
            filed.path, None, "every article of the index has its file", "missing; `rfi-archive rebuild` makes it"
        )
    elif path.read_bytes() != made:
        yield Finding(filed.path, None, rule, f"it does not: {first_difference(path.read_bytes(), made)}")
    if hashlib.sha256(made).hexdigest() != filed.sha256 or urls.article_path(found.article.url) != filed.path:
        yield Finding(INDEX, None, "an article's row equals its record", f"{filed.path}: SHA-256 or path differs")


def first_difference(stands: bytes, made: bytes) -> str:
    """Tell where two files part, in one line."""
    at = next((i for i, (a, b) in enumerate(zip(stands, made, strict=False)) if a != b), min(len(stands), len(made)))
    return f"from byte {at} on, {stands[at : at + 20]!r} stands for {made[at : at + 20]!r}"


def _strays(root: Path, index: Index) -> Iterator[Finding]:
    """Find article files that no row names."""
    for folder, _, names in os.walk(root / "articles"):
        for name in names:
            path = (Path(folder) / name).relative_to(root).as_posix()
            if index.filed(path=path) is None:
                yield Finding(path, None, "every article file has a record", "the index names none")


def _unfinished(root: Path, index: Index) -> Iterator[Finding]:
    """Find what only a run that died can have left: open WARC files, lists behind the index."""
    for path in sorted((root / "warc").glob("*" + warc.OPEN)):
        yield Finding(f"warc/{path.name}", None, "no file is left open", "its run died; the next crawl mends it")
    for edition, path, content in lists.made(root, index):
        if not path.is_file() or path.read_bytes() != content:
            yield Finding(
                f"lists/{path.name}",
                None,
                "a list equals the index",
                f"{edition.name}: `rfi-archive lists` makes it again",
            )
