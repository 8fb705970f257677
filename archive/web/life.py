"""Life: what became of an article, as its captures tell; no record is read."""

from dataclasses import dataclass
from datetime import datetime

from archive.history import Event, events
from archive.index import Index
from archive.tables.rows import Captured
from archive.versions import content


@dataclass(frozen=True, slots=True)
class Moment:
    """One capture that told something new."""

    captured: datetime
    """WARC-Date, UTC."""
    event: Event
    """What it told; never NONE."""
    version: int | None
    """Its number, if it is a version."""
    fields: tuple[str, ...]
    """What of the article is different from the page before it, names of diff.FIELDS."""
    status: int
    """Status code of the answer."""
    one: Captured
    """The capture."""


def of(index: Index, url: str) -> tuple[Moment, ...]:
    """Return what became of an article, by date."""
    captures = (one for _, one in index.captures(url))
    return tuple(_moment(*told) for told in events(captures) if told[1] is not Event.NONE)


def versions(life: tuple[Moment, ...]) -> list[Moment]:
    """Return the versions of an article, the first one first."""
    return [moment for moment in life if moment.version]


def _moment(one: Captured, event: Event, version: int | None) -> Moment:
    fields = (
        [name for name in one.page.changed.split() if name not in (content.FIRST, content.MARKUP)] if one.page else []
    )
    return Moment(one.capture.date, event, version, tuple(fields), one.capture.status, one)
