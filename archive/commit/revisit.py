"""Revisit: an answer whose payload an earlier record holds already.

It points only at a response record of the same URL that will stay: in a sealed file, or
earlier in the same one.  That record is read, whole, before anything points at it.
"""

from pathlib import Path

from archive import urls, warc
from archive.errors import BadRecord
from archive.exchange import Exchange
from archive.index import Index
from archive.language import moment
from archive.records.digest import digest
from archive.records.record import Place, Record, entity


def original(folder: Path, index: Index, exchange: Exchange, file: str, named: str) -> Record | None:
    """Return the record whose payload an answer has again; None if the answer must be stored whole.

    folder: where the WARC files are.  file: name of the one that the answer will stand in.
    named: what `record.payload` says of the answer.
    """
    if exchange.truncated or not exchange.body or not named:
        return None
    place = index.original(urls.canonical(exchange.url), named, file=file)
    try:
        found = warc.read_record(folder, place) if place else None
    except BadRecord:
        return None  # damaged or gone: what came now takes its place
    return found if found and digest(entity(found)[1]) == named else None


def referred(index: Index, revisit: Record) -> Place:
    """Return where the record lies that a revisit refers to, as the index has it.  Raises BadRecord, BadUrl."""
    url = urls.canonical(revisit.get("WARC-Refers-To-Target-URI"))
    date = moment.read(revisit.get("WARC-Refers-To-Date"))
    named = revisit.get("WARC-Payload-Digest")
    place = index.original(url, named, file=revisit.file, date=date) if date else None
    if place is None:
        raise BadRecord(revisit.file, revisit.offset, f"it refers to a record of {url} that is not there")
    return place


def read(folder: Path, revisit: Record, place: Place) -> Record:
    """Read the record that a revisit refers to.  Raises BadRecord, of the revisit: that is what cannot be read."""
    try:
        found = warc.read_record(folder, place)
    except BadRecord as error:
        problem = f"the record that it refers to cannot be read ({error})"
        raise BadRecord(revisit.file, revisit.offset, problem) from None
    if found.type != "response" or found.id != revisit.get("WARC-Refers-To"):
        raise BadRecord(revisit.file, revisit.offset, f"it refers to another record than that of {place}")
    return found
