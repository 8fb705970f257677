"""Rebuild: make index and article files again, from warc/ and, of what has no record, imported/ alone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from pathlib import Path

from archive import intake, warc
from archive.article import write
from archive.commit import glean, merge
from archive.commit.fold import close, enter
from archive.commit.glean import Sheaf, gather
from archive.commit.ledger import Ledger, page_at
from archive.cores import work
from archive.engines.opening import open_index, put_in_place, remove
from archive.files import reach
from archive.files.disk import replace, writing
from archive.files.lock import Lock
from archive.index import NAME as INDEX
from archive.index import Index
from archive.tables.database import batches
from archive.tables.rows import Filed, Warc
from archive.warc import Progress
from archive.warcs import abreast, holdings, shipping

STEP = 1 << 20
"""Bytes of WARC of a stretch: what a process reads at once, and what of it is in memory."""
MUCH = 16 << 20
"""Bytes of WARC from which on several processes are done sooner than one, for all that starting them takes."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    files: int
    """WARC files read."""
    captures: int
    """Pairs of records taken from them."""
    problems: tuple[str, ...]
    """One line for each record or imported file that could not be read; the others are taken."""
    imported: int = 0
    """Article files of other archivers taken from `imported/`."""


def rebuild(root: Path, now: datetime, progress: Progress, *, workers: int | None = None, step: int = STEP) -> Rebuilt:
    """Make index and article files again.  Old index and files serve until the new index is whole.

    A file that a dead run left open is left to the next run, which mends it.
    workers: processes beside this one; None: as many as are worth it.  step: bytes of WARC that one
    takes at once.  Raises NotFound if there is no archive, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    # The processes first: one that had the lock from this one would keep it when this one is killed.
    with staff(holdings.sealed(folder), workers, early=True) as team, Lock(root, "rfi-archive rebuild", now):
        merge.throw_away(folder)
        fresh = root / f"{INDEX}.new"
        gone = merge.superseded(folder)
        done = anew(root, without(holdings.sealed(folder), gone), fresh, team, progress, put=True, step=step)
        with closing(open_index(fresh)) as index:
            for filed in fallen(root, index, team):
                replace(root / filed.path, made(root, filed))
        put_in_place(fresh, root / INDEX)
        intake.forget(root)
        merge.remove(folder, gone)  # not before: the old index leads to them
        shipping.articles(root)
    return done


@dataclass(frozen=True, slots=True)
class Team:
    """Processes that do jobs."""

    submit: work.Submit
    """Has a job done."""
    ahead: int
    """Jobs that are at work or wait at once: their results are in memory."""


@contextmanager
def staff(paths: Iterable[Path], workers: int | None, *, early: bool = False) -> Iterator[Team]:
    """Give the processes that these WARC files are worth, or so many.  early: as `work.workers` has it."""
    number = abreast.worth(paths, MUCH) if workers is None else workers
    with work.workers(number, glean.__name__, early=early) as submit:
        yield Team(submit, 4 * number)  # while the writer gives many texts at once to the search, the others go on


def without(paths: Iterable[Path], gone: Iterable[Warc]) -> list[Path]:
    """Return WARC files without those that a merged one stands for."""
    names = {source.name for source in gone}
    return [path for path in paths if path.name not in names]


def anew(  # noqa: PLR0913 - what a rebuild and a doctor's differ in
    root: Path, paths: Sequence[Path], fresh: Path, team: Team, progress: Progress, *, put: bool, step: int = STEP
) -> Rebuilt:
    """Make an index of these WARC files, and of `imported/`, at `fresh`.

    It is the same however many processes there are.  put: put article files where none are.
    Raises CannotWrite.
    """
    remove(fresh)
    with closing(open_index(fresh, create=True, durable=False)) as index:
        ledger = Ledger(root, index, _leave)
        plan = (stretch for path in paths for stretch in abreast.guessed(path, step))
        walked = abreast.walked(plan, lambda stretch: team.submit(gather, root, stretch, put), team.ahead)
        problems = [line for path, some in groupby(walked, _of) for line in _take_file(path, some, ledger, progress)]
        with index:
            problems += intake.again(root, index, team.submit, team.ahead)
        done = Rebuilt(len(paths), index.capture_count(), tuple(problems), index.import_counts()["files"])
    open_index(fresh, create=True).close()  # from now on others may read it while somebody writes
    return done


def _of(sheaf: Sheaf) -> Path:
    return sheaf.stretch.path


def _leave(_path: Path, _content: bytes) -> None:
    """Leave an article file to whoever gleans its page, and to the look at all of them in the end."""


def _take_file(path: Path, sheaves: Iterable[Sheaf], ledger: Ledger, progress: Progress) -> list[str]:
    """Take one WARC file in one transaction; return what is wrong with it, a line for each record."""
    problems, done = list[str](), 0
    with ledger.index:
        for sheaf in sheaves:
            problems += filter(None, (enter(found, path.parent, ledger) for found in sheaf.found))
            progress(sheaf.end - done)
            done = sheaf.end
        close(path, ledger)
        ledger.index.seal(warc.final_name(path), reach.size(path), reach.sha256(path))
    return problems


def fallen(root: Path, index: Index, team: Team) -> Iterator[Filed]:
    """Yield the article files that are missing, or are not as an index has them."""
    found = work.ordered(team.submit, partial(_fallen, root), batches(index.articles()), team.ahead)
    return chain.from_iterable(found)


def _fallen(root: Path, some: Sequence[Filed]) -> list[Filed]:
    return [filed for filed in some if not stands(root, filed)]


def stands(root: Path, filed: Filed) -> bool:
    """Tell whether an article file is there, with the bytes that an index names."""
    path = root / filed.path
    with writing(path):
        return reach.is_file(path) and reach.sha256(path) == filed.sha256


def made(root: Path, filed: Filed) -> bytes:
    """Make the bytes of an article file from the record that an index names.  Raises BadRecord."""
    return write(page_at(root / "warc", filed.place, filed.refers).article).encode()
