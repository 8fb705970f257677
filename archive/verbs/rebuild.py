"""Rebuild: index, article files and all that is made of them, from warc/ alone."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from archive import progress, warc
from archive.export import cdxj, lists
from archive.rebuild import rebuild
from archive.telling import WELL, WRONG, show


def run(options: argparse.Namespace) -> int:
    """Make all of it again."""
    with progress.bytes_of(warc.total(options.archive), "rebuild") as tell:
        done = rebuild(options.archive, datetime.now(UTC), tell)
    lists.bring_up(options.archive, datetime.now(UTC))
    cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    told = [f"{done.captures:,} captures of {done.files:,} WARC files taken in", *done.problems]
    show(asdict(done), lambda _: told, as_json=options.json)
    return WRONG if done.problems else WELL
