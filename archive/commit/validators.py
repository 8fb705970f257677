"""Validators: what the last good answer of a URL said of its version, so that the site can say that it still stands."""

from pathlib import Path

from archive.errors import BadRecord
from archive.exchange import header_values
from archive.index import Index
from archive.records.record import entity
from archive.warc import read_record

ASKS = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
"""Header of a conditional request, and that of the answer which it repeats.  Source: RFC 9110, 13.1."""


def of_article(folder: Path, index: Index, url: str) -> dict[str, str]:
    """Return the headers that ask for an archived article only if it differs from the page captured last.

    They are read from that page's record, so no row is kept for the few that are looked at.
    None for one that is gone: its return is worth a record; nor where the record cannot be read.
    folder: where the WARC files are.
    """
    pages, stood = index.pages(url), index.stood([url]).get(url)
    if not pages or stood is None or stood.gone:
        return {}
    try:
        head = entity(read_record(folder, index.place(pages[-1].number)[0]))[0]
    except BadRecord:
        return {}
    told = {name: header_values(head, header) for name, header in ASKS.items()}
    return {name: values[0] for name, values in told.items() if values and values[0]}


def named(request: bytes) -> str:
    """Return the version that a request says it knows, for people; "" for one that asks in any case."""
    values = (value for name in ASKS for value in header_values(request, name.lower()))
    return next(values, "")
