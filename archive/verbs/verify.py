"""Verify: everything that is wrong, as it is found."""

import argparse
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

from archive import warc
from archive.engines.opening import open_index
from archive.errors import CannotWrite
from archive.export import cdxj, lists
from archive.files.lock import held
from archive.finding import Finding
from archive.index import NAME as INDEX
from archive.terminal import progress
from archive.terminal.telling import WELL, WRONG, say, show_next
from archive.verify import verify
from archive.warcs import abreast, holdings


def run(options: argparse.Namespace) -> int:
    """Tell all that is wrong with an archive, or with WARC files by themselves."""
    wrong = 0
    files = options.files or holdings.sealed(options.archive / "warc")
    with progress.bytes_of(sum(map(abreast.size, files)), "verify") as tell:
        for finding in abreast.alone(files, tell) if options.files else _findings(options.archive, tell):
            wrong += 1
            show_next(asdict(finding), str(finding), as_json=options.json)
    say(f"wrong: {wrong}" if wrong else "nothing wrong")
    return WRONG if wrong else WELL


def _findings(root: Path, tell: warc.Progress) -> Iterator[Finding]:
    """Yield what is wrong with an archive; lists and CDXJ are not judged while a crawl is about to write them."""
    running = held(root)
    yield from verify(root, tell, running=running)
    if not running:
        with suppress(CannotWrite), closing(open_index(root / INDEX)) as index:  # an index that cannot be read was told
            yield from lists.stale(root, index)
            yield from cdxj.stale(root, index)
