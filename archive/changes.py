"""Changes: what the site said anew of articles, took away or gave back, in the order in which it was seen.

The index says what there is, page by page of it, so memory does not grow with the archive;
the records say what changed.  Reads only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.commit.ledger import page_at
from archive.errors import ArchiveError
from archive.history import Event, events, placed, what
from archive.index import Index
from archive.language import moment
from archive.records.record import Place
from archive.tables.lately import Before
from archive.tables.rows import Captured, Filed
from archive.versions import content
from archive.versions.diff import Change, compare


@dataclass(frozen=True, slots=True)
class News:
    """One thing that became of an article."""

    url: str
    """Canonical URL."""
    title: str
    """As the page had it, or the last one before it was gone."""
    path: str
    """Its article file, relative to the archive."""
    captured: datetime
    """When it was seen: WARC-Date, UTC."""
    event: Event
    """EDITED, GONE or RETURNED."""
    version: int | None
    """Number of the version that it is, if it is one."""
    what: str
    """What came, as `history.Seen` has it."""
    digest: str
    """Payload digest of its record."""
    place: Place
    """Where its record lies."""
    changes: tuple[Change, ...]
    """What is different from the page before, field by field; of what is gone nothing."""
    problem: str
    """Why that cannot be told, if a record cannot be read; else ""."""

    def values(self) -> dict[str, Any]:
        """Return it for programs."""
        told = {name: getattr(self, name) for name in _VALUES}
        where = {"warc": f"warc/{self.place.file}", "offset": self.place.offset}
        changes = [change.values() for change in self.changes]
        return {**told, "captured": moment.stamp(self.captured), **where, "changes": changes}


_VALUES = "url title path captured event version what digest problem".split()


def changes(root: Path, index: Index, since: datetime, until: datetime) -> Iterator[News]:
    """Yield what was seen from `since` on and before `until`, the newest last."""
    for url, number in index.edits(since, until):
        if one := _one(root, index, url, number):
            yield one


def latest(root: Path, index: Index, before: Before | None, limit: int) -> tuple[list[News], Before | None]:
    """Return what was seen last, the newest first, and where what comes before begins; None: nothing does.

    limit: candidates that are looked at, so there may be less news, down to none.
    """
    found = index.latest_edits(before, limit + 1)
    news = (_one(root, index, url, number) for url, number, _ in found[:limit])
    return [one for one in news if one], found[limit - 1][2] if len(found) > limit else None


def _one(root: Path, index: Index, url: str, number: int) -> News | None:
    """Return what a capture of a URL tells; None if that is no news."""
    captures = dict(index.captures(url))
    told = list(events(captures.values()))
    at = next(at for at, (one, _, _) in enumerate(told) if one is captures[number])
    filed = index.filed(url=url)
    return _news(root, filed, told[: at + 1]) if filed and told[at][1] not in (Event.NONE, Event.FIRST) else None


def _news(root: Path, filed: Filed, told: list[tuple[Captured, Event, int | None]]) -> News:
    """Make one of an article's captures up to it, and what each of them tells."""
    one, event, version = told[-1]
    pages = [page for page, _, _ in told if page.page][-2 if version else -1 :]
    changed, title, problem = tuple[Change, ...](), filed.title, ""
    try:
        read = [page_at(root / "warc", *placed(page)) for page in pages]
        title = read[-1].article.title
        changed = compare(*map(content.texts, read)) if version else ()
    except ArchiveError as error:
        problem = str(error)
    return News(
        url=filed.url,
        title=title,
        path=filed.path,
        captured=one.capture.date,
        event=event,
        version=version,
        what="article" if one.page else what(root / "warc", one),
        digest=one.capture.digest,
        place=placed(one)[0],
        changes=changed,
        problem=problem,
    )
