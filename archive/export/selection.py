"""Selection: the captures that an export takes; on disk, since they may be many."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Self

from archive import urls
from archive.errors import NotFound
from archive.files.sorting import refusals
from archive.index import Index
from archive.records import pair
from archive.records.record import Capture
from archive.tables import rows
from archive.tables.rows import Captured
from archive.versions import content

_TABLES = """
    create table captures (     -- of all sealed WARC files
        file text, offset integer, length integer, url text, epoch integer, digest text, status integer, mime text,
        target text, target_offset integer,
        inside integer,         -- 1: captured in the range
        wanted integer,         -- 1: inside, or needed by one that is
        article integer,        -- 1: it holds an article
        version integer,        -- 1: that says something new
        requisite integer,      -- 1: a stylesheet or a font
        primary key (file, offset)) without rowid;"""
_ADD = f"insert into captures values ({', '.join('?' * 15)})"
# Stylesheets and fonts are fetched once a calendar month: a range may need those from before it, of its month.
_REQUISITES = """update captures set wanted = 1 where requisite and (url, epoch) in
    (select url, max(epoch) from captures where requisite and epoch >= ? and epoch < ? group by url)"""
# A revisit is of no use without the record that holds its payload, which may be older than the range.
_TARGETS = """update captures set wanted = 1 where (file, offset) in
    (select target, target_offset from captures where wanted and target is not null)"""
_FILES = "select file, count(*), sum(wanted) from captures group by file having sum(wanted) > 0"
_CAPTURE = "file, offset, length, url, epoch, digest, status, mime, target, target_offset"
_WANTED = f"select {_CAPTURE} from captures where file = ? and wanted order by offset"
# Beside its versions the first capture of an article shows what stood at the beginning of the range.
_PAGES = f"""select {_CAPTURE} from
    (select *, row_number() over (partition by url order by epoch, file, offset) nth
     from captures where inside and article) where version or nth = 1 order by epoch desc, url, file, offset"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of one sealed WARC file."""

    file: str
    """Its name, without a folder."""
    size: int
    """Its bytes."""
    sha256: str
    """Of the whole file, hex."""
    whole: bool
    """False if only some of its captures are wanted."""


class Selection:
    """The captures of a range of days, in a database that nobody else sees and that vanishes with the process."""

    def __init__(self) -> None:
        with refusals():
            self._db = sqlite3.connect("")  # a temporary file; its name is taken away at once
            self._db.executescript(_TABLES)
        self._warcs = dict[str, rows.Warc]()

    @classmethod
    def of(cls, index: Index, since: date | None, until: date | None) -> Self:
        """Select what was captured from day `since` to day `until`, both included, UTC; None: no end there.

        Raises NotFound if that is nothing.
        """
        first = _epoch(since) if since else 0
        beyond = _epoch(until + timedelta(days=1)) if until else 1 << 62
        selection = cls()
        selection._warcs = {warc.name: warc for warc in index.warcs()}
        with refusals():
            for name in selection._warcs:
                found = (_row(captured, first, beyond) for captured in index.captured(name))
                selection._db.executemany(_ADD, found)
            if since:
                selection._db.execute(_REQUISITES, (_epoch(since.replace(day=1)), first))
            selection._db.execute(_TARGETS)
        if not selection._one("select count(*) from captures where inside"):
            raise NotFound(
                f"nothing was captured from {since or 'the beginning'} to {until or 'now'}: nothing to export"
            )
        return selection

    def close(self) -> None:
        """Let it go, and its file with it."""
        self._db.close()

    def _one(self, sql: str, *values: object) -> Any:
        with refusals():
            return self._db.execute(sql, values).fetchone()[0]

    def span(self) -> tuple[datetime, datetime]:
        """Return when the first and the last capture of the range were made, UTC."""
        first, last = (self._one(f"select {end}(epoch) from captures where inside") for end in ("min", "max"))
        return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)

    def files(self) -> Iterator[Taken]:
        """Yield what is taken of each file that has something wanted, by name."""
        with refusals():
            for name, all_of_it, wanted in self._db.execute(_FILES):
                warc = self._warcs[name]
                yield Taken(name, warc.size, warc.sha256, all_of_it == wanted)

    def captures(self, file: str) -> Iterator[Capture]:
        """Yield the wanted captures in one file by offset."""
        with refusals():
            yield from map(_capture, self._db.execute(_WANTED, (file,)))

    def pages(self) -> Iterator[Capture]:
        """Yield the captures that hold a version of an article, newest first, and what stood when the range began."""
        with refusals():
            yield from map(_capture, self._db.execute(_PAGES))


def _epoch(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _row(captured: Captured, first: int, beyond: int) -> tuple[Any, ...]:
    """Return the row of a capture; `first` and `beyond` are the range, in seconds."""
    capture, page = captured.capture, captured.page
    epoch = rows.seconds(capture.date) or 0
    inside = first <= epoch < beyond
    whole = capture.status == HTTPStatus.OK and not pair.waits(capture)
    kind = urls.kind(urls.canonical(capture.url)) if whole else urls.Kind.OTHER
    place = (capture.file, capture.offset, capture.length, capture.url, epoch)
    says = (capture.digest, capture.status, capture.mime, *(capture.refers or (None, None)))
    version = page is not None and content.is_version(page.changed)
    return (*place, *says, inside, inside, page is not None, version, kind is urls.Kind.REQUISITE)


def _capture(row: tuple[Any, ...]) -> Capture:
    file, offset, length, url, epoch, digest, status, mime, *target = row
    date = datetime.fromtimestamp(epoch, UTC)
    return Capture(file, offset, length, url, date, digest, status, mime, rows.place(*target))
