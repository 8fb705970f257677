"""Borrow: what follows from a record that another tool made, once it stands in a file of ours.

Import and rebuild go through the same functions.  A revisit waits until the end of the file
that it is in: then whatever waits, in all files, looks for its payload among all that is here.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import urls, warc
from archive.commit import draft, glean
from archive.commit.glean import Borrowed
from archive.commit.ledger import Ledger
from archive.errors import BadRecord, BadUrl
from archive.language import moment
from archive.records import lenient, pair
from archive.records.record import Place, Record


def take(answer: Record, behind: Record, ledger: Ledger) -> int:
    """Take another tool's answer into the ledger; return its capture's number.

    Raises BadRecord, BadUrl, CannotWrite.
    """
    return enter(glean.borrowed(answer, behind), ledger)


def enter(found: Borrowed, ledger: Ledger) -> int:
    """Take what was gleaned from another tool's answer into the ledger; return its capture's number."""
    with ledger.index:
        number = ledger.adopt(found.draft, found.capture) if found.draft else ledger.hold(found.capture)
        ledger.index.borrow(number, found.record, found.digest, waits=found.draft is None)
        return number


def meet(ledger: Ledger) -> None:
    """Give each revisit that waits its payload, if that is here now.  Raises CannotWrite."""
    folder = ledger.root / "warc"
    for number, place in ledger.index.unmet():
        try:
            _meet(ledger, folder, number, place)
        except (BadRecord, BadUrl):
            continue  # damaged by now, it or its payload: verify tells of that


def _meet(ledger: Ledger, folder: Path, number: int, place: Place) -> None:
    answer = warc.read_record(folder, place)
    holder = _holder(ledger, answer)
    if holder is None:
        return
    _, exchange = warc.read_pair(folder, place, holder)
    with ledger.index:
        ledger.index.met(number, holder)
        ledger.adopt(draft.of(exchange), pair.borrowed_capture(answer, holder), number)


def _holder(ledger: Ledger, answer: Record) -> Place | None:
    """Return where the record lies that a revisit's payload is in; None if it is not here."""
    url = ""
    with suppress(BadUrl):  # most often it is not said
        url = lenient.target(answer, "WARC-Refers-To-Target-URI")
    date: datetime | None = moment.read(answer.get("WARC-Refers-To-Date") or None)
    digest = answer.get("WARC-Payload-Digest")
    return ledger.index.holder(answer.get("WARC-Refers-To"), url, date, digest, urls.canonical(lenient.asked(answer)))
