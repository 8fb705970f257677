"""WACZ: an archive, or some days of it, as one file that ReplayWeb.page opens.

The same archive and days make the same bytes.  Source: WACZ 1.1.1.
"""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from archive import __version__, warc
from archive.errors import BadRecord
from archive.export import blocks, pages, readback
from archive.export.package import Package, pieces
from archive.export.part import Part
from archive.export.selection import Selection, Taken
from archive.files import disk
from archive.files.sorting import Sorting
from archive.index import Index
from archive.language.moment import stamp
from archive.records import cdxj


def write(
    root: Path, index: Index, out: Path, since: date | None, until: date | None, tell: warc.Progress = lambda _: None
) -> Path:
    """Write what was captured from day `since` to day `until`, UTC and both included, to `out`; return it.

    None: no end there.  Files that are being written to are left out.  A revisit of the
    range brings the record along that holds its payload, and its pages the stylesheets and
    fonts that were fetched earlier in the month.  The file is made under a temporary name
    and read back before it gets its own.  Raises NotFound (nothing in the range),
    BadRecord (a WARC file is damaged), CannotWrite.
    tell: is told the bytes of each WARC file, once when it is written and once when it is read back.
    """
    temporary = out.with_name(f".{out.name}.new")
    with closing(Selection.of(index, since, until)) as selection, disk.writing(out):
        disk.make_folder(out.parent)
        try:
            with temporary.open("w+b") as file:
                _fill(file, root / "warc", selection, tell)
            readback.check(temporary, tell)
            temporary.replace(out)
            disk.sync_folder(out.parent)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return out


def _fill(file: BinaryIO, folder: Path, selection: Selection, tell: warc.Progress) -> None:
    """Write the whole package into an empty file."""
    first, last = selection.span()
    with Package(file) as package, closing(Sorting()) as lines:
        package.add(pages.PATH, pages.lines(folder, selection), squeeze=True)
        for taken in selection.files():
            (_whole if taken.whole else _part)(package, folder, selection, taken, last, lines)
            tell(taken.size)
        index = blocks.Blocks()
        package.add(f"indexes/{blocks.DATA}", index.compress(lines))
        package.add(f"indexes/{blocks.LIST}", [index.listed()], squeeze=True)
        package.close(_about(first, last))


def _about(first: datetime, last: datetime) -> dict[str, str]:
    """Return what the package says of itself; its time is that of the newest capture, so that it stays the same."""
    return {
        "title": f"RFI {first:%Y-%m-%d} – {last:%Y-%m-%d}",
        "description": f"Captured from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC.",
        "created": stamp(last),
        "software": f"rfi-archive/{__version__}",
    }


def _whole(package: Package, folder: Path, selection: Selection, taken: Taken, _: datetime, lines: Sorting) -> None:
    """Add a WARC file as it is."""
    path = folder / taken.file
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            found = package.add(f"archive/{taken.file}", pieces(file, 0, size), most=size)
    except FileNotFoundError:
        raise BadRecord(taken.file, 0, "the file is gone: did a rollup run just now? Then try again") from None
    if found != taken.sha256:
        raise BadRecord(taken.file, 0, "the file is not what was sealed: `rfi-archive verify` tells more")
    lines.add(cdxj.lines(selection.captures(taken.file)))


def _part(package: Package, folder: Path, selection: Selection, taken: Taken, now: datetime, lines: Sorting) -> None:
    """Add what is wanted of a WARC file."""
    captures = selection.captures(taken.file)
    wanted = (capture.offset for capture in selection.captures(taken.file))
    part = Part(folder / taken.file, wanted, now)

    def copy() -> Iterator[bytes]:
        size = 0
        for answer, piece in part.copy():
            if answer is not None:
                lines.add(cdxj.lines([replace(next(captures), file=part.name, offset=size)]))
            yield piece
            size += len(piece)

    package.add(f"archive/{part.name}", copy(), most=taken.size)
