"""Fold: take every record of a WARC file into the ledger; what cannot be read is told, and passed over."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import borrow, lenient, moment, revisit, rows, salvage, urls, warc
from archive.errors import BadRecord, BadUrl
from archive.ledger import Ledger
from archive.record import ANSWERS, Fields, Record, capture_of, exchange_of, parse_fields

FAILED = "fetch-failed"
"""Field of a metadata record: why a fetch of its target brought no byte."""
SAME = "not-modified"
"""Field of a metadata record: the version of its target, an archived article, that the site said still stands (304)."""
RUN = "run-spider", "run-started", "run-outcome", "run-counts"
"""Fields of a run's closing metadata record."""
RUN_FIELDS = "run-fields"
"""One more, which older records have not: what of the articles' fields the run's pages had."""


def summary(run: rows.Run) -> Fields:
    """Return the fields of a run's closing metadata record, whose own date says when it ended."""
    row = rows.run_row(run)
    begun = moment.stamp(run.started)
    told = zip(RUN, (run.spider, begun, run.outcome, row["counts"]), strict=True)
    return (*told, (RUN_FIELDS, row["fields"]))


def fold(
    path: Path, ledger: Ledger, *, taken: frozenset[int] | None = None, tell: warc.Progress = lambda _: None
) -> list[str]:
    """Take every record of a WARC file into the ledger; return what is wrong, a line for each that cannot be read.

    taken: offsets of the captures that a dead run's index has already; None in a rebuild.
    tell: is told the bytes of each record.
    """
    problems = []
    start: int | None = 0
    while start is not None:
        try:
            _take(path, ledger, start, taken, tell)
            start = None
        except BadRecord as error:
            problems.append(str(error))
            start = salvage.behind(path, error.offset)
    if lenient.is_foreign(path.name):
        borrow.meet(ledger)
    return problems


def _take(path: Path, ledger: Ledger, start: int, taken: frozenset[int] | None, tell: warc.Progress) -> None:
    """Take the records from offset `start` on, up to the first that cannot be read, which raises BadRecord."""
    answer, last = None, max(taken or (), default=-1)
    foreign = lenient.is_foreign(path.name)
    for record in warc.walk(path, start):
        if record.type in ANSWERS:
            answer = record
        elif answer and (record.type == "request" or foreign):
            pair, answer = (answer, record), None
            if not taken or pair[0].offset not in taken:
                _take_pair(*pair, path.parent, ledger)
        elif not foreign and record.type == "metadata" and record.offset > last:
            _take_metadata(record, ledger, mending=taken is not None)
        tell(record.length)


def _take_pair(answer: Record, request: Record, folder: Path, ledger: Ledger) -> None:
    """Take one pair; one whose target URI no crawl of ours could have asked for is passed over."""
    if lenient.is_foreign(answer.file):
        borrow.take(answer, request, ledger)
        return
    with suppress(BadUrl):
        refers = revisit.referred(ledger.index, answer) if answer.type == "revisit" else None
        exchange = exchange_of(answer, request, revisit.read(folder, answer, refers) if refers else None)
        ledger.take(exchange, capture_of(answer, exchange, refers))


def _take_metadata(record: Record, ledger: Ledger, *, mending: bool) -> None:
    """Take a fetch that brought no page, or a run's summary."""
    fields = dict(parse_fields(bytes(record.block)))
    if FAILED in fields or SAME in fields:
        with suppress(BadUrl):
            _take_fetch(urls.canonical(record.get("WARC-Target-URI")), record.date, fields, ledger, mending=mending)
    if set(RUN) <= fields.keys():
        run = _run(record, fields)
        with ledger.index:
            ledger.index.run(run)


def _take_fetch(url: str, at: datetime, fields: dict[str, str], ledger: Ledger, *, mending: bool) -> None:
    """Take a fetch that failed, or was told that nothing is new; when mending, not one before what the index knows."""
    known = ledger.index.known([url]).get(url)
    if mending and known and known.last and known.last > at:
        return
    if FAILED in fields:
        ledger.failed(url, fields[FAILED], at)
    else:
        ledger.looked(url, at)


def _run(record: Record, fields: dict[str, str]) -> rows.Run:
    """Read the summary of a run that has ended.  Raises BadRecord."""
    spider, started, outcome, counts = (fields[name] for name in RUN)
    try:
        told, had = rows.counts(counts), rows.fields(fields.get(RUN_FIELDS, "{}"))
        return rows.Run(spider, datetime.fromisoformat(started), record.date, outcome, told, had)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise BadRecord(record.file, record.offset, f"no summary of a run: {error}") from None
