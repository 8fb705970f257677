"""Stood: how an archived article stands, as a value made of its rows.  Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archive.tables import rows


@dataclass(frozen=True, slots=True)
class Stood:
    """How an archived article stands; all times are UTC, whole seconds."""

    url: str
    """Canonical URL."""
    path: str
    """Where its file lies, relative to the archive."""
    title: str
    """As in the file, plain text."""
    made: int
    """Number of the capture that its file is made from: its newest version."""
    changed: str
    """What that version said anew, as `content.changes` has it."""
    version: datetime
    """When that version was captured."""
    first: datetime
    """When the first of its pages was captured."""
    looked: datetime | None
    """When a crawl of ours was last told how it stands; None: never."""
    gone: datetime | None
    """When it was first seen gone since it was last there; None: it is there."""
    modified: datetime | None
    """When it was last edited, as its page says; None: it does not."""
    published: datetime
    """Its rank: when it was published, as listed, else the day in its URL."""
    attempts: int
    """Fetches that failed since the last good one."""
    last: datetime | None
    """When it was last fetched; None: never."""


def stood(url: str, path: str, title: str, made: int, changed: str, *row: Any) -> Stood:
    """Make a Stood of its fields, times as the index keeps them; looked at never is 0."""
    version, first, looked, gone, modified, rank, attempts, last = row
    return Stood(
        url=str(url),
        path=str(path),
        title=str(title),
        made=int(made),
        changed=str(changed),
        version=datetime.fromtimestamp(version, UTC),
        first=datetime.fromtimestamp(first, UTC),
        looked=rows.date(looked or None),
        gone=rows.date(gone),
        modified=rows.date(modified),
        published=datetime.fromtimestamp(rank, UTC),
        attempts=int(attempts),
        last=rows.date(last),
    )
