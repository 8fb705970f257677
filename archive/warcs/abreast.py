"""Abreast: WARC files walked in stretches side by side, on all cores where there is much to do.

What is wrong is told in the order of files and offsets, however many cores there are.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol, TypeVar

from archive import warc
from archive.cores import work
from archive.errors import BadRecord
from archive.files import reach
from archive.finding import Finding
from archive.warc import Progress
from archive.warcs import check, salvage
from archive.warcs.check import NOWHERE, STEP, Stretch, Walked, Whole

MUCH = 96 << 20
"""Bytes of records that several processes check sooner than one, for all that starting them takes."""

Cut = Callable[[Path], Iterator[Stretch]]
"""Cuts a file into stretches, as well as it can be told where pairs begin."""


class Ended(Protocol):
    """What a walk through a stretch gives: what it found, and where it came to."""

    @property
    def stretch(self) -> Stretch:
        """Which one."""

    @property
    def end(self) -> int:
        """Where the next one must begin; before the end of this one, if that was too much at once."""

    @property
    def damaged(self) -> bool:
        """What stands before `end` could not be read."""


E = TypeVar("E", bound=Ended)
Walk = Callable[[Stretch], work.Job[E]]
"""Has a stretch walked."""


def alone(
    paths: Iterable[Path], progress: Progress, *, workers: int | None = None, step: int = STEP
) -> Iterator[Finding]:
    """Yield everything that is wrong with WARC files by themselves: whole, in form, of one piece.

    paths: files, sealed or not, in an archive or not.  workers: processes; None: as many as
    are worth it.  step: bytes that one takes at once.  Raises OSError for a file that cannot be read.
    """
    files = list(paths)
    number = worth(files, MUCH) if workers is None else workers
    with work.workers(number, check.__name__) as submit:
        for path in files:
            found = findings([path], partial(guessed, step=step), partial(submit, check.walk), 2 * number, progress)
            yield from (replace(finding, file=str(path)) for finding in found)


def worth(paths: Iterable[Path], much: int) -> int:
    """Return how many processes these files are worth."""
    return work.cores() if sum(size(path) for path in paths) > much else 1


def size(path: Path) -> int:
    """Return the bytes of a file; 0 if it has just gone."""
    try:
        return reach.size(path)
    except OSError:
        return 0


def findings(
    paths: Iterable[Path],
    cut: Cut,
    walk: Walk[Walked],
    ahead: int,
    progress: Progress,
    is_gone: Callable[[Path], bool] = lambda _: False,
) -> Iterator[Finding]:
    """Yield what is wrong with files, in order; at most `ahead` stretches are at work, the first ones from now on.

    is_gone: tells of a file whether somebody has taken it away meanwhile, which is no fault.
    """
    plan = (stretch for path in paths for stretch in cut(path))
    return _findings(walked(plan, walk, ahead), progress, is_gone)


def _findings(stretches: Iterator[Walked], progress: Progress, is_gone: Callable[[Path], bool]) -> Iterator[Finding]:
    for path, some in groupby(stretches, key=lambda one: one.stretch.path):
        done, whole = 0, Whole(path)
        for one in some:
            found = list(whole.findings(one))
            if not (found and is_gone(path)):
                yield from found
            reached = max(done, min(one.end, size(path)))
            progress(reached - done)
            done = reached
        yield from whole.repeated()
        progress(max(0, size(path) - done))


def walked(plan: Iterator[Stretch], walk: Walk[E], ahead: int) -> Iterator[E]:
    """Yield the stretches of a plan, walked; each begins where the one before it in its file has ended.

    Where the plan is wrong about a cut, what was walked from there is walked again from the right place.
    ahead: stretches that are at work, two at least; the first ones are from now on, before any is asked for.
    """
    begun = ((stretch, walk(stretch)) for stretch in plan)
    return _walked(deque(islice(begun, ahead)), begun, walk)


def _walked(
    jobs: deque[tuple[Stretch, work.Job[E]]], more: Iterator[tuple[Stretch, work.Job[E]]], walk: Walk[E]
) -> Iterator[E]:
    """Yield them, given the first jobs, and those that are begun when they are asked for."""
    ahead = len(jobs)
    unreadable: Path | None = None
    while True:
        jobs.extend(islice(more, ahead - len(jobs)))
        if not jobs:
            return
        stretch, job = jobs.popleft()
        if stretch.path == unreadable:
            job.cancel()
            continue
        found = job.result()
        unreadable = stretch.path if found.end == NOWHERE else None
        planned = jobs[0][0] if jobs and jobs[0][0].path == stretch.path else None
        right = _behind(found, planned)
        if right and right != planned:
            if planned:
                jobs.popleft()[1].cancel()
            jobs.appendleft((right, walk(right)))
        yield found


def _behind(found: Ended, planned: Stretch | None) -> Stretch | None:
    """Return the stretch behind one that was walked, given which one the plan has; None if nothing is left."""
    path = found.stretch.path
    if planned:
        return Stretch(path, found.end, planned.end, found.damaged)
    end = found.stretch.end
    left = found.end < (size(path) if end is None else end)
    return Stretch(path, found.end, end, found.damaged) if left else None


def guessed(path: Path, step: int) -> Iterator[Stretch]:
    """Cut a file of which nothing is known: about every `step` bytes, where a record that is no request begins."""
    start = 0
    while (end := _first_behind(path, start + step)) is not None:
        yield Stretch(path, start, end)
        start = end
    yield Stretch(path, start)


def _first_behind(path: Path, offset: int) -> int | None:
    """Return the offset of the first whole record behind `offset` that is no request; None if there is none."""
    at = salvage.behind(path, offset)
    while at is not None:
        try:
            return next((record.offset for record in warc.walk(path, at) if record.type != "request"), None)
        except BadRecord as error:
            at = salvage.behind(path, error.offset)
    return None
