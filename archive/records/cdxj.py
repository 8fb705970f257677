"""CDXJ: one line for each capture, by which replay tools find its record.  Pure.

A line is key, time and a JSON object, as cdxj-indexer writes it; a file of lines is in
byte order.  Source: pywb's manual, "Indexing", which WACZ 1.1.1 refers to.
"""

import json
from collections.abc import Iterable, Iterator

from archive.errors import BadUrl
from archive.records import surt
from archive.records.lenient import REVISIT
from archive.records.record import Capture

_NOT_MODIFIED = 304


def line(capture: Capture) -> str | None:
    """Return the line of a capture, ASCII, with its end; None if there is nothing to replay.

    That is a capture without a status, a 304 (a blank page, not the page), and a URL
    without a key.  The digest keeps its "sha1:": pywb, cdxj-indexer and ReplayWeb.page take
    it so; a head that is not plain has none.
    """
    if capture.status in (0, _NOT_MODIFIED):
        return None
    try:
        key = surt.key(capture.url)
    except BadUrl:
        return None
    told = {
        "url": capture.url,
        "mime": REVISIT if capture.refers else capture.mime,
        "status": str(capture.status),
        "digest": capture.digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.file,
    }
    known = json.dumps({name: value for name, value in told.items() if value})
    return f"{key} {capture.date:%Y%m%d%H%M%S} {known}\n"


def lines(captures: Iterable[Capture]) -> Iterator[str]:
    """Yield the lines of captures, in the order in which they come."""
    return filter(None, map(line, captures))
