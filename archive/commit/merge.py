"""Merge: several sealed WARC files in one, every record byte for byte; what a dead merge left is put in order.

A merged file is a warcinfo record that names its sources, and behind it each source as it
was.  It gets its name when it has been read back; from then on it stands for them.
"""

import hashlib
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive import warc
from archive.errors import BadRecord
from archive.files.disk import sha256, sync_folder, writing
from archive.index import Index
from archive.records.member import member
from archive.records.record import FIELDS_TYPE, head_fields, new_id, parse_fields, warc_fields
from archive.tables.rows import Warc

PREFIX = "rollup"
"""What a merged file's name begins with, in place of a spider."""
MAKING = ".rollup"
"""Stands behind its name while it is made; whatever bears it may be thrown away."""
_SOURCE = "rollup-source"
"""Field of a merged file's warcinfo record, once a source: name, bytes, SHA-256."""
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged file."""

    file: Warc
    """The file itself."""
    sources: tuple[Warc, ...]
    """What it was made of, in order."""

    def starts(self) -> Iterator[tuple[str, int]]:
        """Yield each source's name, and how many bytes of the merged file lie before it."""
        at = self.file.size - sum(source.size for source in self.sources)
        for source in self.sources:
            yield source.name, at
            at += source.size


def make(folder: Path, sources: Sequence[Warc], now: datetime, tell: warc.Progress) -> Merged:
    """Write, read back and name one file that holds all of these; they stay where they are.

    folder: where the files lie.  sources: named as `warc.file_name` does, neighbours in the order of `warc.sort_key`.
    Raises BadRecord for a source that is not what it was when it was sealed, CannotWrite.
    """
    path = folder / _name(sources[0].name, now)
    making = path.with_name(path.name + MAKING)
    with writing(making):
        try:
            with making.open("xb") as file:
                file.writelines(_first_member(folder, path.name, sources, now))
                for source in sources:
                    _copy(folder, source, file, tell)
                file.flush()
                os.fsync(file.fileno())
            merged = Merged(_read_back(making, path.name, sources), tuple(sources))
            making.rename(path)
        except BaseException:
            with suppress(OSError):
                making.unlink(missing_ok=True)
            raise
        sync_folder(folder)
    return merged


def _name(first: str, now: datetime) -> str:
    """Return a merged file's name, which takes its first source's place in the order of files."""
    random = warc.file_name(PREFIX, now, 0, socket.gethostname()).split("-")[-2:]
    return "-".join((PREFIX, warc.sort_key(first)[0], *random))


def _first_member(folder: Path, name: str, sources: Sequence[Warc], now: datetime) -> Iterator[bytes]:
    """Yield the warcinfo record of a merged file: what its first source says of its making, and all sources."""
    first = next(warc.walk(folder / sources[0].name))
    said = (
        tuple((n, v) for n, v in parse_fields(bytes(first.block)) if n != _SOURCE) if first.type == "warcinfo" else ()
    )
    named = tuple((_SOURCE, f"{source.name} {source.size} {source.sha256}") for source in sources)
    fields = (("WARC-Filename", name), ("Content-Type", FIELDS_TYPE))
    return member(head_fields("warcinfo", new_id(), now, fields), (warc_fields((*said, *named)),))


def _copy(folder: Path, source: Warc, file: BinaryIO, tell: warc.Progress) -> None:
    """Append a source; BadRecord if its bytes are not those that were sealed."""
    copied = hashlib.sha256()
    with (folder / source.name).open("rb") as from_file:
        while piece := from_file.read(_STEP):
            copied.update(piece)
            file.write(piece)
            tell(len(piece))
    if copied.hexdigest() != source.sha256:
        raise BadRecord(source.name, 0, "it has changed since it was sealed; `rfi-archive verify` tells where")


def _read_back(path: Path, name: str, sources: Sequence[Warc]) -> Warc:
    """Read a merged file: are each source's bytes in it, and each record whole?  Raises BadRecord."""
    size = path.stat().st_size
    merged = Merged(Warc(name, size, ""), tuple(sources))
    whole, starts = hashlib.sha256(), dict(merged.starts())
    with path.open("rb") as file:
        whole.update(file.read(min(starts.values())))
        for source in sources:
            part, left = hashlib.sha256(), source.size
            while left and (piece := file.read(min(left, _STEP))):
                whole.update(piece)
                part.update(piece)
                left -= len(piece)
            if part.hexdigest() != source.sha256:
                raise BadRecord(path.name, starts[source.name], f"{source.name} was not copied whole")
    missed = set(starts.values()).difference(record.offset for record in warc.walk(path))
    if missed:
        raise BadRecord(path.name, min(missed), "no record begins where a source does")
    return Warc(name, size, whole.hexdigest())


def sources_of(path: Path) -> tuple[Warc, ...]:
    """Return what a sealed file was made of, as its warcinfo record says; nothing if it is no merged file."""
    if not path.name.startswith(PREFIX + "-"):
        return ()
    first = next(warc.walk(path), None)
    named = [v.split() for n, v in parse_fields(bytes(first.block)) if n == _SOURCE] if first else []
    return tuple(Warc(name, int(size), sha256) for name, size, sha256 in named)


def remove(folder: Path, sources: Iterable[Warc]) -> None:
    """Remove the files that a merged one stands for.  One that is not what was merged stays: it may be all there is.

    Raises CannotWrite.
    """
    with writing(folder):
        for source in sources:
            path = folder / source.name
            if path.exists() and sha256(path) == source.sha256:
                path.unlink()
        sync_folder(folder)


def throw_away(folder: Path) -> None:
    """Remove what a merge that died had not finished.  Raises CannotWrite."""
    with writing(folder):
        for left in folder.glob("*" + MAKING):
            left.unlink()


def settle(folder: Path, index: Index) -> None:
    """Put in order what a merge left that died: take in a file that has its name, remove what it stands for.

    Raises CannotWrite.
    """
    throw_away(folder)
    known = {row.name for row in index.warcs()}
    if known.issuperset(path.name for path in warc.sealed(folder)):
        return  # the usual case, and no file need be opened
    for merged in [*unsettled(folder)]:  # all are read before the first removes another: a source may be merged, too
        if merged.file.name not in known and known.issuperset(source.name for source in merged.sources):
            index.merge(merged.file, merged.starts())
        remove(folder, merged.sources)


def unsettled(folder: Path) -> Iterator[Merged]:
    """Yield each merged file that is sound, and some of whose sources are still there."""
    for path in warc.sealed(folder):
        with suppress(BadRecord):  # a damaged one stands for nothing
            sources = sources_of(path)
            if any((folder / source.name).exists() for source in sources):
                yield Merged(_read_back(path, path.name, sources), sources)


def superseded(folder: Path) -> list[Warc]:
    """Return the sources of such files: who makes an index anew leaves them out, and removes them when it stands."""
    return [source for merged in unsettled(folder) for source in merged.sources]
