"""Abreast: WARC files walked in stretches side by side, on all cores where there is much to do.

What is wrong is told in the order of files and offsets, however many cores there are.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from archive import check, reach, salvage, warc, work
from archive.check import NOWHERE, STEP, Stretch, Walked, Whole
from archive.errors import BadRecord
from archive.finding import Finding
from archive.warc import Progress

MUCH = 96 << 20
"""Bytes of records that several processes check sooner than one, for all that starting them takes."""

Cut = Callable[[Path], Iterator[Stretch]]
"""Cuts a file into stretches, as well as it can be told where pairs begin."""
Walk = Callable[[Stretch], work.Job[Walked]]
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
            found = findings([path], partial(_guessed, step=step), partial(submit, check.walk), 2 * number, progress)
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
    walk: Walk,
    ahead: int,
    progress: Progress,
    is_gone: Callable[[Path], bool] = lambda _: False,
) -> Iterator[Finding]:
    """Yield what is wrong with files, in order; at most `ahead` stretches are at work.

    is_gone: tells of a file whether somebody has taken it away meanwhile, which is no fault.
    """
    plan = (stretch for path in paths for stretch in cut(path))
    for path, some in groupby(_walked(plan, walk, ahead), key=lambda walked: walked.stretch.path):
        done, whole = 0, Whole(path)
        for walked in some:
            found = list(whole.findings(walked))
            if not (found and is_gone(path)):
                yield from found
            reached = max(done, min(walked.end, size(path)))
            progress(reached - done)
            done = reached
        yield from whole.repeated()
        progress(max(0, size(path) - done))


def _walked(plan: Iterator[Stretch], walk: Walk, ahead: int) -> Iterator[Walked]:
    """Yield the stretches of a plan, walked; each begins where the one before it in its file has ended.

    Where the plan is wrong about a cut, what was walked from there is walked again from the right place.
    """
    jobs = deque[tuple[Stretch, work.Job[Walked]]]()
    unreadable: Path | None = None
    while True:
        while len(jobs) < ahead and (stretch := next(plan, None)):
            jobs.append((stretch, walk(stretch)))
        if not jobs:
            return
        stretch, job = jobs.popleft()
        if stretch.path == unreadable:
            job.cancel()
            continue
        walked = job.result()
        unreadable = stretch.path if walked.end == NOWHERE else None
        if jobs and not unreadable and (right := _follows(walked, jobs[0][0])) != jobs[0][0]:
            jobs.popleft()[1].cancel()
            jobs.appendleft((right, walk(right)))
        yield walked


def _follows(walked: Walked, planned: Stretch) -> Stretch:
    """Return how a planned stretch must begin, given how the one before it in the plan has ended."""
    if planned.path != walked.stretch.path:
        return planned
    return Stretch(planned.path, walked.end, planned.end, walked.damaged)


def _guessed(path: Path, step: int) -> Iterator[Stretch]:
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
