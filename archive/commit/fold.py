"""Fold: what was gleaned from WARC files is taken into the ledger; what cannot be read is told, and passed over."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import urls
from archive.commit import borrow, draft, revisit
from archive.commit.glean import Again, Borrowed, Gleaned, Gleaning, Own
from archive.commit.ledger import Ledger
from archive.errors import BadRecord, BadUrl
from archive.language import moment
from archive.records import lenient
from archive.records.record import Fields, Record, capture_of, exchange_of, parse_fields
from archive.tables import rows
from archive.warcs.check import Stretch

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


def fold(path: Path, ledger: Ledger, taken: frozenset[int]) -> None:
    """Take every record of a WARC file that a dead run left into the ledger, of which its index has some already.

    taken: offsets of the captures that the index has.  What cannot be read is passed over.
    """
    for found in Gleaning(Stretch(path), taken):
        if isinstance(found, Own) and found.draft.page:
            ledger.write(found.capture, found.draft.page)
        enter(found, path.parent, ledger, mending=True)
    close(path, ledger)


def close(path: Path, ledger: Ledger) -> None:
    """Do what follows from the end of a file.  Raises CannotWrite."""
    if lenient.is_foreign(path.name):
        borrow.meet(ledger)


def enter(found: Gleaned, folder: Path, ledger: Ledger, *, mending: bool = False) -> str:
    """Take what was gleaned into the ledger, in the order of the records; return what is wrong with it, "" if nothing.

    folder: where the WARC files are.  mending: the index may know of later fetches.  Raises CannotWrite.
    """
    try:
        if isinstance(found, str):
            return found
        if isinstance(found, Own):
            ledger.enter(found.capture, found.draft)
        elif isinstance(found, Borrowed):
            borrow.enter(found, ledger)
        elif isinstance(found, Again):
            _again(found.answer, found.request, folder, ledger)
        else:
            _note(found, ledger, mending=mending)
    except BadRecord as error:
        return str(error)
    return ""


def _again(answer: Record, request: Record, folder: Path, ledger: Ledger) -> None:
    """Take a revisit; one whose target URI no crawl of ours could have asked for is passed over."""
    with suppress(BadUrl):
        refers = revisit.referred(ledger.index, answer)
        exchange = exchange_of(answer, request, revisit.read(folder, answer, refers))
        ledger.enter(capture_of(answer, exchange, refers), draft.of(exchange))


def _note(record: Record, ledger: Ledger, *, mending: bool) -> None:
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
