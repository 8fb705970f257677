"""Import: what other archivers kept, taken in; each file that cannot be, as it is met.

`import` is a word of Python's own, so this file has another name than its verb.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime

from archive import adopting
from archive.adopting import Adopting, Counts
from archive.files.walk import Walk
from archive.intake import Became, Intake, Told, take_in
from archive.records import lenient
from archive.store import Archive
from archive.terminal import progress
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, WRONG, show_next


def run(options: argparse.Namespace) -> int:
    """Take in all that lies at the paths, each file by what it is."""
    counts: Counter[Became] = Counter()
    about = adopting.about(options.paths)
    with (
        closing(Archive(options.archive, lenient.PREFIX, lambda: datetime.now(UTC), about)) as archive,
        closing(Walk(options.paths, options.archive)) as found,
        progress.bytes_of(found.size, "import") as tell,
    ):
        counts[Became.PASSED] += found.passed
        for name, why in found.problems:
            _tell(Told(name, Became.DAMAGED, why), counts, options)
        intake, records = Intake(archive.root, archive.index, refetch=options.refetch), Adopting(archive)
        for told in take_in(intake, found, lambda name: records.told(name, tell), tell):
            _tell(told, counts, options)
        for waits in records.end():
            show_next({"waits": str(waits)}, f"waits: {waits}", as_json=options.json)
    told_last = {
        "imported": counts[Became.IMPORTED],
        "known": counts[Became.KNOWN],
        "passed_over": counts[Became.PASSED],
        "damaged": counts[Became.DAMAGED],
    }
    of_records = {"records": asdict(records.counts)} if records.counts.records else {}
    line = "{imported:,} imported, {known:,} known already, {passed_over:,} passed over, {damaged:,} damaged"
    lines = line.format(**told_last), *_of_records(records.counts)
    show_next(told_last | of_records, "\n".join(lines), as_json=options.json)
    return WRONG if counts[Became.DAMAGED] else WELL


def _of_records(counts: Counts) -> Iterator[str]:
    """Yield a line on what WARC and WACZ files held, if there were any."""
    if counts.records:
        yield (
            f"records: {counts.taken:,} answers taken, {counts.articles:,} of them articles, {counts.known:,} known"
            f" already, {counts.passed:,} of other things, {counts.waiting:,} waiting for their payload"
        )


def _tell(told: Told, counts: Counter[Became], options: argparse.Namespace) -> None:
    """Count what became of a file, and name a damaged one."""
    counts[told.became] += 1
    if told.became is Became.DAMAGED:
        name, why = plain(told.file), plain(told.why)
        show_next({"file": name, "damaged": why}, f"damaged: {name}: {why}", as_json=options.json)
