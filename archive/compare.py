"""Compare: one stretch of a WARC file beside what the index and the article files have of it.

What a worker of `verify` does: it opens the archive by itself and gives values back.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive import article, page, urls, warc
from archive.commit import draft, revisit, taken
from archive.commit.draft import Made
from archive.commit.ledger import paged
from archive.commit.taken import Taken
from archive.decide import State
from archive.engines.opening import open_index
from archive.errors import BadArticle, BadRecord, BadUrl
from archive.exchange import Exchange
from archive.files import reach
from archive.finding import STANDARD, Finding, Rule
from archive.index import NAME as INDEX
from archive.index import Index
from archive.page import NotAnArticle, Page
from archive.records import lenient, pair
from archive.records.digest import digest
from archive.records.record import Record, capture_of, entity, exchange_of
from archive.tables import texts
from archive.tables.rows import Captured, Paged, article_row
from archive.warcs import check
from archive.warcs.check import Placed, Stretch, Walked

READABLE = Rule("every WARC file can be read", "DESIGN, One law")
INDEXED = Rule("every sealed file is in the index", "DESIGN, One law")
UNCHANGED = Rule("a sealed file never changes", "DESIGN, law 3")
IS_PAIR = Rule("every capture of the index is a pair of records", "DESIGN, law 1")
HAS_ROW = Rule("every response record is in the index", "DESIGN, One law")
ROW = Rule("a capture's row equals its record", "DESIGN, One law")
TARGET = Rule("a revisit names the record that holds its payload", f"{STANDARD}, 5.11 to 5.13 and 6.7.2")
STAYS = Rule("a revisit refers to a sealed file, or back in its own", "DESIGN, law 3; warc.md, Records")
STATE = Rule("a capture's row says what its answer makes of its URL", "DESIGN, One law")
PAGE = Rule("a page's row equals what its record makes", "DESIGN, law 2")
UNREAD = Rule("what is no article by the index is none by today's parser", "DESIGN, law 2")
ARTICLE_ROW = Rule("an article's row equals its record", "DESIGN, One law")
FOUND = Rule("an article is found by the words of its record", "DESIGN, law 2")
MADE = Rule("an article file is made from its record", "DESIGN, law 1")
EQUAL = Rule("an article file equals what its record makes", "DESIGN, law 2")
KEPT = Rule("an article file is what the index says", "DESIGN, law 1")
HAS_FILE = Rule("every article of the index has its file", "DESIGN, law 1")


def compare(root: Path, stretch: Stretch, running: bool) -> Walked:
    """Walk a stretch; hold its pairs against rows and article files, and with the first one the file as a whole.

    running: a crawl goes on beside it.  Raises CannotWrite: the index cannot be read.
    """
    with closing(open_index(root / INDEX)) as index:
        beside = _Beside(root, stretch, index, running)
        try:
            whole = [] if stretch.start else [(-1, finding) for finding in _sealed(stretch.path, index)]
            walked = check.walk(stretch, beside.pair)
            walked.found += beside.missed(walked.end if stretch.end else None)
        except OSError as error:
            walked = Walked(stretch, end=check.NOWHERE)
            whole = [(-1, READABLE.broken(f"warc/{stretch.path.name}", None, os.strerror(error.errno or 0)))]
        walked.found += whole
        return walked


def _sealed(path: Path, index: Index) -> Iterator[Finding]:
    """Hold a sealed file as a whole against what the index noted when it was sealed."""
    known = next((row for row in index.warcs() if row.name == path.name), None)
    if known is None:
        yield INDEXED.broken(f"warc/{path.name}", None, "not there; `rfi-archive rebuild` takes it in")
        return
    found, size = reach.sha256(path), reach.size(path)
    if (found, size) != (known.sha256, known.size):
        what = f"SHA-256 is {found}, it was {known.sha256}, and {size} bytes of {known.size}"
        yield UNCHANGED.broken(f"warc/{path.name}", None, what)


class _Beside:
    """What the index has of a stretch, row by row; a few rows at a time are held."""

    def __init__(self, root: Path, stretch: Stretch, index: Index, running: bool) -> None:
        self._root, self._path, self._index, self._running = root, stretch.path, index, running
        self._file = f"warc/{stretch.path.name}"
        self._rows = index.captured(stretch.path.name, stretch.start)
        self._next = next(self._rows, None)
        self._sealed = {row.name for row in index.warcs()}

    def missed(self, offset: int | None) -> Iterator[Placed]:
        """Name the rows before `offset`, or all that are left, at whose offsets no pair was read."""
        while (row := self._next) and (offset is None or row.capture.offset < offset):
            at = row.capture.offset
            yield at, IS_PAIR.broken(self._file, at, "no such pair was read there")
            if row.article:
                what = f"no record could be read at {at} of {self._path.name}"
                yield at, MADE.broken(str(row.article["path"]), None, what)
            self._next = next(self._rows, None)

    def pair(self, answer: Record, request: Record) -> Iterator[Placed]:
        """Hold a pair against its row, and what it makes against the article file."""
        yield from self.missed(answer.offset)
        row = self._row_at(answer.offset)
        try:
            found = self._findings(answer, request, row)
            yield from ((answer.offset, finding) for finding in found)
        except BadUrl:
            return  # no crawl of ours asked for it, and a rebuild passes it over
        except BadRecord as error:  # its own rules have told of its date already
            rule = TARGET if answer.type == "revisit" else IS_PAIR
            yield answer.offset, rule.broken(self._file, answer.offset, error.problem)

    def _row_at(self, offset: int) -> Captured | None:
        """Return the row of the capture at `offset`, and step behind it."""
        row = self._next
        if row is None or row.capture.offset != offset:
            return None
        self._next = next(self._rows, None)
        return row

    def _findings(self, answer: Record, request: Record, row: Captured | None) -> Iterator[Finding]:
        if lenient.is_foreign(answer.file):
            yield from self._borrowed(answer, request, row)
            return
        refers = row.capture.refers if row else None
        original = None
        if answer.type == "revisit":
            refers = refers or revisit.referred(self._index, answer)
            original = revisit.read(self._path.parent, answer, refers)
            yield from self._refers(answer, original)
        exchange = exchange_of(answer, request, original)
        url = urls.canonical(exchange.url)
        stands = capture_of(answer, exchange, refers)
        if row is None:
            yield HAS_ROW.broken(self._file, answer.offset, url)
        elif stands != row.capture:
            yield ROW.broken(self._file, answer.offset, f"{row.capture} is not {stands}")
        if row:
            yield from self._makes(exchange, row)

    def _borrowed(self, answer: Record, behind: Record, row: Captured | None) -> Iterator[Finding]:
        """Hold what another tool recorded against its row; a revisit may wait for its payload."""
        refers = row.capture.refers if row else None
        stands = pair.borrowed_capture(answer, refers)
        if row is None:
            yield HAS_ROW.broken(self._file, answer.offset, lenient.asked(answer))
        elif stands != row.capture:
            yield ROW.broken(self._file, answer.offset, f"{row.capture} is not {stands}")
        elif not pair.waits(row.capture):
            original = warc.read_record(self._path.parent, refers) if refers else None
            yield from self._makes(pair.exchange_of(answer, behind, original), row)

    def _makes(self, exchange: Exchange, row: Captured) -> Iterator[Finding]:
        """Hold what an answer makes of its URL against the rows that say so, and against the article file."""
        found = taken.read(exchange)
        made, is_page = taken.outcome(found), isinstance(found, Page)
        if row.page and row.page.parser != page.VERSION and row.state is State.ARCHIVED and _is_read(found):
            yield from self._older(row, row.page)
        elif is_page and row.state is State.REJECTED and not row.page:
            yield UNREAD.broken(self._file, row.capture.offset, "it is one")
        elif made.state is not row.state or bool(row.page) is not is_page:
            stands, holds = (" and a page" if page else "" for page in (row.page, is_page))
            what = f"{row.state}{stands}, its answer says {made}{holds}"
            yield STATE.broken(self._file, row.capture.offset, what)
        elif row.page and isinstance(found, Page):
            yield from self._page(row, row.page, found)

    def _page(self, row: Captured, stands: Paged, found: Page) -> Iterator[Finding]:
        """Hold a page's row against its record, and, if it is the newest version, the article's row and file too."""
        made = draft.make(found)
        noted = paged(stands.number, row.capture, made)
        if noted != replace(stands, changed=""):
            yield PAGE.broken(self._file, row.capture.offset, f"{stands} is not {noted}")
        if row.article:
            yield from _article(self._root, row.article, made, self._running)
            if row.said not in (texts.said_of(made.words), None):  # none: the tables tell of that
                yield FOUND.broken(INDEX, None, f"{row.article['path']}: the search was given other words")

    def _older(self, row: Captured, stands: Paged) -> Iterator[Finding]:
        """Hold what another parser made of a page against what can be known of it: its article's row and file."""
        if row.article:
            path = urls.article_path(urls.canonical(row.capture.url))
            expected = {"path": path, "sha256": stands.sha256, "epoch": stands.epoch}
            yield from _columns(row.article, expected)
            yield from _kept(self._root, path, stands, self._running)

    def _refers(self, answer: Record, original: Record) -> Iterator[Finding]:
        """Hold what a revisit says of the record that it refers to against that record.  Its id and type were."""
        payload = digest(entity(original)[1])
        for name, is_ in (
            ("WARC-Refers-To-Target-URI", original.get("WARC-Target-URI")),
            ("WARC-Refers-To-Date", original.get("WARC-Date")),
            ("WARC-Payload-Digest", payload),
        ):
            if (told := answer.get(name)) != is_:
                what = f"{name} says {told!r:.200}, the record at {original.offset} of {original.file} has {is_!r:.200}"
                yield TARGET.broken(self._file, answer.offset, what)
        same = original.file == answer.file
        if original.offset > answer.offset if same else original.file not in self._sealed:
            yield STAYS.broken(self._file, answer.offset, f"it refers to {original.offset} of {original.file}")


def _is_read(found: Taken) -> bool:
    """Tell whether it was for the parser of pages to say what an answer holds."""
    return isinstance(found, Page | NotAnArticle)


def _article(root: Path, row: dict[str, Any], made: Made, running: bool) -> Iterator[Finding]:
    """Make an article file from its record again and hold the file on disk and the row against it."""
    name, found = str(row["path"]), made.page
    path = urls.article_path(found.article.url)
    yield from _columns(row, article_row(found.article, found.facts, path, made.sha256))
    if not reach.is_file(root / name):
        yield HAS_FILE.broken(name, None, "missing; `rfi-archive rebuild` makes it")
    elif (stands := reach.read(root / name)) != made.text and not (running and _is_newer(stands, found.article.epoch)):
        yield EQUAL.broken(name, None, f"it does not: {first_difference(stands, made.text)}")


def _columns(row: dict[str, Any], expected: dict[str, Any]) -> Iterator[Finding]:
    """Hold columns of an article's row against what they should be."""
    for column in (column for column, value in expected.items() if row[column] != value):
        what = f"{row['path']}: {column} is {row[column]!r:.80}, should be {expected[column]!r:.80}"
        yield ARTICLE_ROW.broken(INDEX, None, what)


def _kept(root: Path, name: str, page: Paged, running: bool) -> Iterator[Finding]:
    """Hold the file of a page that another parser read against the digest that the index has of it."""
    path = root / name
    if not reach.is_file(path):
        yield HAS_FILE.broken(name, None, "missing; `rfi-archive rebuild` makes it")
    elif (found := reach.sha256(path)) != page.sha256 and not (
        running and _is_newer(reach.read(path), page.epoch * 1000)
    ):
        yield KEPT.broken(name, None, f"its SHA-256 is {found}, it was {page.sha256}")


def _is_newer(file: bytes, epoch: int) -> bool:
    """Tell whether a file is a later capture's, whose row a running crawl is about to write."""
    try:
        return article.read(file).epoch > epoch
    except BadArticle:
        return False


def first_difference(stands: bytes, made: bytes) -> str:
    """Tell where two files part, in one line."""
    at = next((i for i, (a, b) in enumerate(zip(stands, made, strict=False)) if a != b), min(len(stands), len(made)))
    here, there = (file[at : at + 30].decode("utf-8", "replace") for file in (stands, made))
    return f"from byte {at} on, {here!r} stands for {there!r}"
