"""Import: what other archivers kept, taken in; each file that cannot be, as it is met.

`import` is a word of Python's own, so this file has another name than its verb.
"""

import argparse
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

from archive import progress
from archive.intake import Became, Intake, Told, passed_over, take_in
from archive.plain import plain
from archive.store import Archive
from archive.telling import WELL, WRONG, show_next
from archive.walk import Walk


def run(options: argparse.Namespace) -> int:
    """Take in all that lies at the paths, each file by what it is."""
    counts: Counter[Became] = Counter()
    with (
        closing(Archive(options.archive, "import", lambda: datetime.now(UTC))) as archive,
        closing(Walk(options.paths, options.archive)) as found,
        progress.bytes_of(found.size, "import") as tell,
    ):
        counts[Became.PASSED] += found.passed
        for name, why in found.problems:
            _tell(Told(name, Became.DAMAGED, why), counts, options)
        intake = Intake(archive.root, archive.index, refetch=options.refetch)
        for told in take_in(intake, found, passed_over, tell):
            _tell(told, counts, options)
    told_last = {
        "imported": counts[Became.IMPORTED],
        "known": counts[Became.KNOWN],
        "passed_over": counts[Became.PASSED],
        "damaged": counts[Became.DAMAGED],
    }
    line = "{imported:,} imported, {known:,} known already, {passed_over:,} passed over, {damaged:,} damaged"
    show_next(told_last, line.format(**told_last), as_json=options.json)
    return WRONG if counts[Became.DAMAGED] else WELL


def _tell(told: Told, counts: Counter[Became], options: argparse.Namespace) -> None:
    """Count what became of a file, and name a damaged one."""
    counts[told.became] += 1
    if told.became is Became.DAMAGED:
        name, why = plain(told.file), plain(told.why)
        show_next({"file": name, "damaged": why}, f"damaged: {name}: {why}", as_json=options.json)
