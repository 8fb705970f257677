"""Kept: what lies in `imported/`, file by file, beside what the index has of it.  Reads only."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from archive.cores import work
from archive.errors import BadArticle
from archive.finding import Finding, Rule
from archive.index import Index
from archive.strangers import imported
from archive.strangers.imported import FOLDER, KEPT, MAKING, UNDER_WAY, Imported, twin
from archive.tables.database import batches

Read = tuple[str, Imported | str]
"""The name of a file, relative to the archive, and what it holds; or in a line, why it cannot be read."""

HAS_FILE = Rule("every imported file of the index is there", "DESIGN, One law")
HAS_ROW = Rule("every imported file is in the index", "DESIGN, One law")
NAMED = Rule("an imported file is what its name says", "DESIGN, law 2")
ROW = Rule("an imported file's row equals what the file says", "DESIGN, One law")
LEFT = Rule("no import is left half done", "DESIGN, law 3")


def names(root: Path) -> Iterator[str]:
    """Yield the files in `imported/`, relative to the archive, in order; but for what an import under way needs."""
    for folder, folders, files in os.walk(root / FOLDER):
        folders.sort()
        for name in sorted(files):
            path = (Path(folder) / name).relative_to(root).as_posix()
            if path not in (MAKING, UNDER_WAY):
                yield path


def read(root: Path, name: str) -> Imported:
    """Read a file in `imported/`.  Raises BadArticle if it is not what its name says."""
    path = root / name
    try:
        if path.is_symlink() or path.stat().st_size > imported.LARGEST:
            raise BadArticle("no import of ours puts such a thing here")
        found = imported.of(path.read_bytes())
    except OSError as error:
        raise BadArticle(f"it cannot be read: {error.strerror}") from None
    if found is None:
        raise BadArticle("it is no article of ours")
    if name not in (found.path, twin(found.path)):
        raise BadArticle(f"its bytes belong to {found.path}")
    if name.startswith(KEPT) and (root / twin(name)).exists():
        raise BadArticle(f"{twin(name)} holds it, too")
    return replace(found, path=name)


def each(root: Path, names: Iterable[str], submit: work.Submit = work.here, ahead: int = 1) -> Iterator[Read]:
    """Read files in `imported/`, in their order, as many processes as there are.  ahead: as of `work.ordered`."""
    return chain.from_iterable(work.ordered(submit, partial(_several, root), batches(names), ahead))


def _several(root: Path, names: Iterable[str]) -> list[Read]:
    return [_read(root, name) for name in names]


def _read(root: Path, name: str) -> Read:
    try:
        return name, read(root, name)
    except BadArticle as error:
        return name, str(error)


def findings(
    root: Path, index: Index, *, running: bool, submit: work.Submit = work.here, ahead: int = 1
) -> Iterator[Finding]:
    """Yield what `imported/` and its rows disagree about.

    running: somebody writes to the archive beside it.  submit, ahead: as of `each`.
    """
    for name, found in each(root, names(root), submit, ahead):
        row = index.imported(name)
        if row is None:
            if not running:
                yield HAS_ROW.broken(name, None, "not there; `rfi-archive doctor` takes it in")
        elif isinstance(found, str):
            if not running or (root / name).exists():  # else it is wanted now
                yield NAMED.broken(name, None, found)
        elif found != row:
            yield ROW.broken(name, None, f"{row} is not {found}"[:400])
    if not running and (root / UNDER_WAY).exists():
        yield LEFT.broken(UNDER_WAY, None, "its import died; the next crawl or import takes in what it left")
    for row in index.imports():
        there = (root / row.path).exists() or (running and (root / twin(row.path)).exists())
        if not there:
            yield HAS_FILE.broken(row.path, None, "missing; import it once more")
