"""Doctor: bring WARC files, index and article files back into step, and lose nothing on the way.

The index is made anew from the records beside the old one; what the two disagree about is
told, and the new one takes its place.  A file that no record makes goes to `quarantine/`.
"""

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import kept, page, rebuild, warc
from archive.commit import merge
from archive.engines.opening import differ, open_index, put_in_place, remove
from archive.errors import BadArticle, CannotWrite, NotFound
from archive.export import cdxj, lists
from archive.files.disk import replace, writing
from archive.files.lock import Lock
from archive.files.quarantine import QUARANTINE, put_aside
from archive.index import NAME as INDEX
from archive.index import Index
from archive.strangers.imported import FOLDER
from archive.tables.rows import Warc
from archive.warcs.mend import last_whole_pair, mend
from archive.warcs.seal import seal

_PARSED = frozenset(("pages", "articles"))
"""Tables whose rows all say something else after a change of the parser."""
HOPELESS = "cannot mend"
"""What is said of damage that only another copy could mend."""


@dataclass(frozen=True, slots=True)
class Cure:
    """One thing that was mended, or would be."""

    does: str
    """What is done: "mend", "remove", "add row", "drop row", "remake", "quarantine"; or HOPELESS."""
    what: str
    """The file, relative to the archive, or the row."""
    why: str
    """What was found, in one line."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        return f"{self.does}: {self.what}: {self.why}"


def doctor(root: Path, now: datetime, progress: warc.Progress, *, dry: bool = False) -> Iterator[Cure]:
    """Yield each disagreement between records, index and files, as it is mended; a second run finds none.

    dry: mend nothing, only tell.  Raises NotFound if there is no archive, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    with Lock(root, "rfi-archive doctor", now):
        yield from _unfinished(root, dry)
        superseded = merge.superseded(folder)
        yield from (Cure("remove", f"warc/{source.name}", "a rollup holds it, and died") for source in superseded)
        yield from _open(folder, now, dry)
        yield from _imported(root, now, dry)
        with TemporaryDirectory(prefix="rfi-archive-") as scratch:
            fresh = Path(scratch) / f"{INDEX}.dry" if dry else root / f"{INDEX}.new"
            outdated = yield from _indexed(root, fresh, superseded, progress, dry)
            if not dry:
                put_in_place(fresh, root / INDEX)
                _rename(folder, superseded)
            with closing(open_index(fresh if dry else root / INDEX)) as index:
                yield from _articles(root, index, outdated, now, dry)
                yield from _derived(root, index, dry)
            if dry:
                remove(fresh)


def _unfinished(root: Path, dry: bool) -> Iterator[Cure]:
    """Remove what a write that died left under a temporary name: its file stands as it was, or is made again."""
    left = [*root.glob(f"{INDEX}.new*"), *(root / "warc").glob("*" + merge.MAKING)]
    for folder in ("articles", FOLDER, "lists", cdxj.FOLDER, "warc/torn", QUARANTINE):
        left += (root / folder).rglob(".*.new")
    for path in sorted(left):
        yield Cure("remove", path.relative_to(root).as_posix(), "a write that died left it")
        if not dry:
            with writing(path):
                path.unlink()


def _open(folder: Path, now: datetime, dry: bool) -> Iterator[Cure]:
    """Mend what dead runs left open; it is sealed when the index knows it."""
    for left in warc.left_open(folder):
        end, problem = last_whole_pair(left)
        cut = f"cut at {end}, the rest kept in warc/torn/ ({problem})" if problem else "sealed as it is"
        yield Cure("mend", f"warc/{left.name}", f"its run died: {cut}")
        if not dry:
            mend(left, now)


def _imported(root: Path, now: datetime, dry: bool) -> Iterator[Cure]:
    """Hold each imported file against its name; the index is then made of those that are what it says."""
    for name in kept.names(root):
        try:
            kept.read(root, name)
        except BadArticle as error:
            if not os.access(root / name, os.R_OK):
                yield Cure(HOPELESS, name, str(error))
                continue
            yield Cure(QUARANTINE, name, str(error))
            if not dry:
                put_aside(root, name, str(error), now)


def _rename(folder: Path, superseded: Sequence[Warc]) -> None:
    """Seal what was open, and remove what a rollup holds: not before the index knows, or no run could go on then."""
    for left in warc.left_open(folder):
        seal(left)
    merge.remove(folder, superseded)


def _indexed(
    root: Path, fresh: Path, superseded: Sequence[Warc], progress: warc.Progress, dry: bool
) -> Generator[Cure, None, frozenset[str]]:
    """Make the index anew at `fresh`; yield what it and the old one disagree about, and what cannot be read.

    Return the article files that are as an older parser made them: they are nobody's work, and are made again.
    """
    folder = root / "warc"
    paths = sorted((*warc.sealed(folder), *warc.left_open(folder)), key=lambda path: warc.sort_key(path.name))
    taken = rebuild.without(paths, superseded)
    with rebuild.staff(taken, None) as team:
        done = rebuild.anew(root, taken, fresh, team, progress, put=False)
    torn = tuple(map(warc.final_name, warc.left_open(folder))) if dry else ()  # told, not mended yet
    for problem in done.problems:
        if not (torn and problem.startswith(torn)) and not problem.startswith(f"{FOLDER}/"):  # told already
            yield Cure(HOPELESS, f"warc/{problem.partition(' at offset ')[0]}", problem)
    old = root / INDEX
    try:
        with closing(open_index(old)) as index:
            yield from _changed(index.warcs(), fresh)
            yield from (Cure("remake", INDEX, flaw) for flaw in index.garbled())
            others = sum(count for version, count in index.parsers().items() if version != page.VERSION)
            outdated = _outdated(root, index, fresh) if others else frozenset[str]()
        if others:
            yield Cure("remake", INDEX, f"{others:,} pages were read by another page.py than {page.VERSION}")
        for table, row, goes in differ(old, fresh):
            if others and table in _PARSED:
                continue
            yield (
                Cure("drop row", f"{table}: {row}", "no record says so")
                if goes
                else Cure("add row", f"{table}: {row}", "a record says so")
            )
    except (NotFound, CannotWrite) as error:
        yield Cure("remake", INDEX, str(error))
        return frozenset()
    return outdated


def _outdated(root: Path, index: Index, fresh: Path) -> frozenset[str]:
    """Return the article files that stand as an index says, and of which a fresh one says something else."""
    with closing(open_index(fresh)) as now:
        changed = ((filed, now.filed(path=filed.path)) for filed in index.articles())
        return frozenset(
            old.path for old, new in changed if new and new.sha256 != old.sha256 and rebuild.stands(root, old)
        )


def _changed(known: Sequence[Warc], fresh: Path) -> Iterator[Cure]:
    """Yield the sealed files that are not what they were; the new index goes on saying what they were."""
    with closing(open_index(fresh, create=True)) as index:
        now = {row.name: row for row in index.warcs()}
        for row in known:
            if row.name in now and now[row.name] != row:
                yield Cure(HOPELESS, f"warc/{row.name}", f"its SHA-256 was {row.sha256} when it was sealed")
                with index:
                    index.seal(row.name, row.size, row.sha256)


def _articles(root: Path, index: Index, outdated: frozenset[str], now: datetime, dry: bool) -> Iterator[Cure]:
    """Hold the article files against their records: what no record makes goes, what is missing is made."""
    for path in sorted((root / "articles").rglob("[!.]*")):
        name = path.relative_to(root).as_posix()
        filed = index.filed(path=name)
        if not path.is_dir() and name not in outdated and not (filed and rebuild.stands(root, filed)):
            why = "its record makes other bytes" if filed else "no record makes it"
            yield Cure(QUARANTINE, name, why)
            if not dry:
                put_aside(root, name, why, now)
    with rebuild.staff(warc.sealed(root / "warc"), None) as team:
        for filed in rebuild.fallen(root, index, team):
            yield Cure("remake", filed.path, f"from its record in {filed.place.file} at offset {filed.place.offset}")
            if not dry:
                replace(root / filed.path, rebuild.made(root, filed))


def _derived(root: Path, index: Index, dry: bool) -> Iterator[Cure]:
    """Write again what is made from the index: lists and CDXJ."""
    for finding in (*lists.stale(root, index), *cdxj.stale(root, index)):
        yield Cure("remake", finding.file, finding.what)
    if not dry:
        lists.write(root, index)
        cdxj.write(root, index, afresh=True)
