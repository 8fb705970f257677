"""CDXJ on disk: one file for each sealed WARC file in `cdxj/`, and all of them as one.

A file is a function of the index's rows of its WARC file, which never change once that is sealed.
"""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.engines.opening import open_index
from archive.errors import Locked
from archive.files import disk, reach
from archive.files.lock import Lock
from archive.files.sorting import Sorting
from archive.finding import Finding, Rule
from archive.index import NAME as INDEX
from archive.index import Index
from archive.records import cdxj

FOLDER = "cdxj"
RULE = Rule("a CDXJ file equals the index", "DESIGN.md, One law")
_END = ".cdxj"
_TOGETHER = 64
"""Files that are merged, and so open, at once."""


def path(root: Path, warc: str) -> Path:
    """Return where the CDXJ file of a WARC file lies."""
    return root / FOLDER / (warc.removesuffix(".warc.gz") + _END)


def made(index: Index, warc: str) -> Iterator[bytes]:
    """Yield what the CDXJ file of a WARC file should hold, line by line."""
    with closing(Sorting(cdxj.lines(index.records(warc)))) as lines:
        yield from (line.encode("ascii") for line in lines)


def behind(root: Path, index: Index) -> tuple[dict[Path, str], list[Path]]:
    """Return the CDXJ files that are missing, with their WARC files, and those whose WARC file is gone."""
    wanted = {path(root, row.name): row.name for row in index.warcs()}
    there = set(_there(root))
    return {one: warc for one, warc in wanted.items() if one not in there}, sorted(there - wanted.keys())


def write(root: Path, index: Index, *, afresh: bool = False) -> list[Path]:
    """Bring `cdxj/` up to date; return the paths made and removed.  Raises CannotWrite.

    afresh: look into the files that stand there, too, and make those again that are wrong.
    """
    missing, gone = behind(root, index)
    missing |= _wrong(root, index) if afresh else {}
    for one, warc in missing.items():
        disk.replace(one, made(index, warc))
    for one in gone:
        with disk.writing(one):
            one.unlink(missing_ok=True)
    return [*missing, *gone]


def _there(root: Path) -> Iterator[Path]:
    """Yield the CDXJ files that are in the folder, or in the store only."""
    yield from (root / FOLDER).glob(f"*{_END}")
    yield from reach.names(root / FOLDER)


def _wrong(root: Path, index: Index) -> dict[Path, str]:
    """Return the CDXJ files that are there, and not what the index makes, with their WARC files."""
    there = {path(root, row.name): row.name for row in index.warcs()}
    return {one: warc for one, warc in there.items() if reach.is_file(one) and not _holds(one, made(index, warc))}


def _holds(one: Path, lines: Iterator[bytes]) -> bool:
    """Tell whether a file holds these lines and nothing else; a line of each is held."""
    with reach.opened(one) as file:
        return all(here == there for here, there in zip_longest(file, lines))


def bring_up(root: Path, now: datetime, *, afresh: bool = False) -> None:
    """Bring `cdxj/` up to date, unless another process is writing to the archive: a run does so at its end.

    Raises NotFound if there is no index, CannotWrite.
    """
    with closing(open_index(root / INDEX)) as index:
        if afresh or any(behind(root, index)):
            with suppress(Locked), Lock(root, "rfi-archive cdxj", now):
                write(root, index, afresh=afresh)
    with disk.writing(root / FOLDER):
        disk.make_folder(root / FOLDER)  # pywb refuses a folder that is not there, even of an empty archive


def stale(root: Path, index: Index) -> Iterator[Finding]:
    """Find CDXJ files that are missing, or not what the index makes, or of no WARC file."""
    missing, gone = behind(root, index)
    for paths, what in (
        (missing, "it is not there"),
        (_wrong(root, index), "it does not"),
        (gone, "it is of no WARC file"),
    ):
        for one in paths:
            yield RULE.broken(f"{FOLDER}/{one.name}", None, f"{what}: `rfi-archive export cdxj` mends it")


def merged(root: Path) -> Iterator[bytes]:
    """Yield the lines of all files in `cdxj/` in byte order; however many they are, few are open at once."""
    with TemporaryDirectory(prefix="rfi-archive-") as scratch:
        rest = sorted(_there(root))
        while len(rest) > _TOGETHER:
            sheaf = Path(scratch, str(len(rest)))
            with sheaf.open("wb") as file:
                file.writelines(_merge(rest[:_TOGETHER]))
            rest = [*rest[_TOGETHER:], sheaf]
        yield from _merge(rest)


def _merge(paths: list[Path]) -> Iterator[bytes]:
    with ExitStack() as files:
        yield from heapq.merge(*(files.enter_context(reach.opened(one)) for one in paths))
