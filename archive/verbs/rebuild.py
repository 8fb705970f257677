"""Rebuild: index, article files and all that is made of them, from warc/ alone."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from archive import progress, warc
from archive.export import cdxj, lists
from archive.pending import PROBLEM, read_again
from archive.rebuild import rebuild
from archive.telling import WELL, WRONG, say, show, show_next


def run(options: argparse.Namespace) -> int:
    """Make all of it again, or only what waits for a better parser."""
    code = _pending(options) if options.pending else _all(options)
    lists.bring_up(options.archive, datetime.now(UTC))
    cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    return code


def _pending(options: argparse.Namespace) -> int:
    became = list[str]()
    for one in read_again(options.archive, datetime.now(UTC)):
        became.append(one.became)
        show_next(asdict(one), str(one), as_json=options.json)
    say(f"different: {len(became)}" if became else "nothing is different")
    return WRONG if PROBLEM in became else WELL


def _all(options: argparse.Namespace) -> int:
    with progress.bytes_of(warc.total(options.archive), "rebuild") as tell:
        done = rebuild(options.archive, datetime.now(UTC), tell)
    imported = [f"{done.imported:,} imported article files taken in"] if done.imported else []
    told = [f"{done.captures:,} captures of {done.files:,} WARC files taken in", *imported, *done.problems]
    show(asdict(done), lambda _: told, as_json=options.json)
    return WRONG if done.problems else WELL
