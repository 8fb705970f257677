"""Verify: does everything in an archive agree with everything else?  Reads only; memory does not grow.

Each finding names the file, the place, the rule that is broken and where that is written.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path

from archive import kept, page, warc
from archive.compare import UNREAD, compare
from archive.cores import work
from archive.engines.opening import open_index
from archive.errors import CannotWrite
from archive.files import reach
from archive.finding import Finding, Rule
from archive.index import NAME as INDEX
from archive.index import Index
from archive.warc import Progress
from archive.warcs import abreast, holdings
from archive.warcs.check import STEP, Stretch

MUCH = 24 << 20
"""Bytes of WARC from which on several processes are done sooner than one, for all that starting them takes."""

DATABASE = Rule("the index is a sound database", "DESIGN, One law")
READ = Rule("the index can be read", "DESIGN, One law")
EVEN = Rule("the tables agree", "DESIGN, law 1")
THERE = Rule("every WARC file of the index is there", "DESIGN, One law")
PARSER = Rule("every page was read by today's parser", "DESIGN, law 2")
STRAY = Rule("every article file has a record", "DESIGN, One law")
LEFT = Rule("no file is left open", "DESIGN, law 3")
AGAIN = "`rfi-archive rebuild` reads them again, `rebuild --since DAY` some; `--dry-run` tells what would be different"
"""What to do about pages that another parser read."""


def verify(
    root: Path, progress: Progress, *, running: bool = False, workers: int | None = None, step: int = STEP
) -> Iterator[Finding]:
    """Yield everything that is wrong with an archive, file by file.

    running: a crawl is writing to it now, so an open file, one that has just gone, and an
    article file whose row is on its way are no faults.  workers: processes; None: as many as
    are worth it.  step: bytes of WARC that one takes at once.  Raises NotFound if there is no
    archive or no index at all.
    """
    warc.folder_of(root)
    try:
        paths = holdings.sealed(root / "warc")  # before the rows: a running crawl writes the row first
        number = abreast.worth(paths, MUCH) if workers is None else workers
        with (
            work.workers(number, compare.__module__, early=True) as submit,
            closing(open_index(root / INDEX)) as index,
        ):
            yield from _verify(root, paths, index, progress, submit, 2 * number, running=running, step=step)
    except CannotWrite as error:
        yield READ.broken(INDEX, None, str(error))


def _verify(  # noqa: PLR0913 - what `verify` knows
    root: Path,
    paths: Sequence[Path],
    index: Index,
    progress: Progress,
    submit: work.Submit,
    ahead: int,
    *,
    running: bool,
    step: int,
) -> Iterator[Finding]:
    found = abreast.findings(
        paths,
        lambda path: _cut(index, path, step),
        lambda stretch: submit(compare, root, stretch, running),
        ahead,
        progress,
        lambda path: running and _is_gone(index, path),
    )
    # While the files are walked: it takes as long as a tenth of them.
    yield from (DATABASE.broken(INDEX, None, line) for line in index.flaws())
    known = [row.name for row in index.warcs()]
    yield from _gathered(found, index)
    yield from kept.findings(root, index, running=running, submit=submit, ahead=ahead)
    yield from (EVEN.broken(INDEX, None, f"{name}: {how}") for name, how in index.uneven())
    if not running:
        there = {path.name for path in paths}
        yield from (THERE.broken(f"warc/{name}", None, "missing") for name in known if name not in there)
        yield from _strays(root, index)
        yield from _unfinished(root)


def _gathered(found: Iterator[Finding], index: Index) -> Iterator[Finding]:
    """Yield findings; what only another parser's reading explains is one for each parser, not one for each page."""
    unread = 0
    for finding in found:
        if finding.rule == UNREAD.name:
            unread += 1
        else:
            yield finding
    for version, count in index.parsers().items():
        if version != page.VERSION:
            what = f"{count:,} were read by page.py {version}, this is {page.VERSION}"
            yield PARSER.broken(INDEX, None, f"{what}: {AGAIN}")
    if unread:
        what = f"{unread:,} that were no articles are some by page.py {page.VERSION}"
        yield PARSER.broken(INDEX, None, f"{what}: `rfi-archive rebuild --pending` reads them again")


def _cut(index: Index, path: Path, step: int) -> Iterator[Stretch]:
    """Cut a file where, as far as the index knows, pairs begin; not at all where it cannot be read."""
    start, end_of_file = 0, abreast.size(path)
    with suppress(CannotWrite):
        while (end := index.next_offset(path.name, start + step)) and start < end < end_of_file:
            yield Stretch(path, start, end)
            start = end
    yield Stretch(path, start)


def _is_gone(index: Index, path: Path) -> bool:
    """Tell whether a file was taken into another one while it was read."""
    return not reach.is_file(path) or path.name not in {row.name for row in index.warcs()}


def _strays(root: Path, index: Index) -> Iterator[Finding]:
    """Find article files that no row names."""
    near = (Path(folder) / name for folder, _, names in os.walk(root / "articles") for name in names)
    for file in chain(near, reach.names(root / "articles")):
        path = file.relative_to(root).as_posix()
        if not index.is_filed(path):
            yield STRAY.broken(path, None, "the index names none")


def _unfinished(root: Path) -> Iterator[Finding]:
    """Find what only a run that died can have left."""
    for path in warc.left_open(root / "warc"):
        yield LEFT.broken(f"warc/{path.name}", None, "its run died; the next crawl mends it")
