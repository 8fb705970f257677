"""Glean: what the records of a stretch of a WARC file have for the ledger, read without one.

So stretches may be read side by side, by processes that share nothing; what only the index can
tell, where a revisit's payload lies, is left to whoever enters what was gleaned.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive import urls, warc
from archive.commit import draft
from archive.commit.draft import Draft, Made
from archive.errors import BadRecord, BadUrl
from archive.files import disk, reach
from archive.records import lenient, pair
from archive.records.record import ANSWERS, Capture, Record, capture_of, exchange_of
from archive.warcs import salvage
from archive.warcs.check import Stretch

MUCH = 8 << 20
"""Bytes of article files after which a stretch ends early, so that no page's size is everybody's memory."""


@dataclass(frozen=True, slots=True)
class Own:
    """An answer to a crawl of ours, with its payload."""

    capture: Capture
    """Where it lies."""
    draft: Draft
    """What it has the ledger note."""


@dataclass(frozen=True, slots=True)
class Again:
    """A revisit of ours: the index tells which earlier record holds its payload."""

    answer: Record
    request: Record


@dataclass(frozen=True, slots=True)
class Borrowed:
    """An answer that another tool recorded."""

    capture: Capture
    """Where it lies, and what it says of itself."""
    draft: Draft | None
    """What it has the ledger note; None of a revisit, which waits for its payload."""
    record: str
    """Its WARC-Record-ID."""
    digest: str
    """The payload digest that it states."""


Gleaned = Own | Again | Borrowed | Record | str
"""What there is for the ledger: of our own metadata records the record itself; in a line what could not be read."""


class Gleaning:
    """A walk through a stretch that yields what there is for the ledger, in order."""

    def __init__(self, stretch: Stretch, taken: frozenset[int] | None = None) -> None:
        """Walk a stretch.  taken: offsets of the captures that a dead run's index has already; None: none is known."""
        self._stretch, self._taken = stretch, taken or frozenset[int]()
        self._last = max(self._taken, default=-1)
        self._foreign = lenient.is_foreign(stretch.path.name)
        self._answer: Record | None = None
        self.end = stretch.start
        """Where a walk that goes on from here must begin."""

    def __iter__(self) -> Iterator[Gleaned]:
        """Yield what there is, behind damage too.  Raises OSError."""
        while not self._is_over():
            try:
                yield from self._on()
            except BadRecord as error:
                self._answer, found = None, salvage.behind(self._stretch.path, error.offset)
                self.end = reach.size(self._stretch.path) if found is None else found
                yield str(error)
                if found is None:
                    return

    def _is_over(self) -> bool:
        """Tell whether the stretch ends here."""
        end = self._stretch.end
        return self._answer is None and end is not None and self.end >= end

    def _on(self) -> Iterator[Gleaned]:
        """Yield what there is up to the end of the stretch, or to what cannot be read, which raises BadRecord."""
        for record in warc.walk(self._stretch.path, self.end):
            found = self._met(record)
            self.end = record.offset + record.length
            if found:
                yield found
            if self._is_over():
                return
        self._stretch = replace(self._stretch, end=self.end)
        self._answer = None

    def _met(self, record: Record) -> Gleaned | None:
        """Return what a record has, with the answer that stands before it."""
        kind, answer = record.type, self._answer
        if kind in ANSWERS:
            self._answer = record
        elif answer and (kind == "request" or self._foreign):
            self._answer = None
            if answer.offset not in self._taken:
                return self._pair(answer, record)
        elif not self._foreign and kind == "metadata" and record.offset > self._last:
            return record
        return None

    def _pair(self, answer: Record, request: Record) -> Gleaned | None:
        """Return what a pair has; None of one whose target URI no crawl of ours could have asked for."""
        try:
            with suppress(BadUrl):
                return borrowed(answer, request) if self._foreign else _own(answer, request)
        except BadRecord as error:
            return str(error)
        return None


def borrowed(answer: Record, behind: Record) -> Borrowed:
    """Glean another tool's answer and the record behind it.  Raises BadRecord, BadUrl."""
    exchange = None if answer.type == "revisit" else pair.exchange_of(answer, behind)
    capture = pair.borrowed_capture(answer, exchange=exchange)
    urls.canonical(capture.url)
    made = draft.of(exchange) if exchange else None
    return Borrowed(capture, made, answer.id, answer.get("WARC-Payload-Digest"))


def _own(answer: Record, request: Record) -> Gleaned:
    if answer.type == "revisit":
        return Again(answer, request)
    exchange = exchange_of(answer, request)
    return Own(capture_of(answer, exchange), draft.of(exchange))


@dataclass(slots=True)
class Sheaf:
    """What was gleaned of a stretch, by a process of its own."""

    stretch: Stretch
    """Which one."""
    end: int = 0
    """Where the next one must begin."""
    damaged: bool = False
    """As of `check.Walked`: nothing here depends on it."""
    found: list[Gleaned] = field(default_factory=list)
    """In the order of the file; article files are in their places, and not in here, if that was asked for."""


def gather(root: Path, stretch: Stretch, put: bool) -> Sheaf:
    """Glean a stretch.  put: put the article files that are missing in their places.

    A stretch whose article files are large ends early.  Raises OSError, CannotWrite.
    """
    walk, sheaf, size = Gleaning(stretch), Sheaf(stretch), 0
    for found in walk:
        sheaf.found.append(found)
        if isinstance(found, Own | Borrowed) and found.draft and (made := found.draft.page):
            if put:
                put_missing(root / urls.article_path(found.draft.url), made.text)
            size += len(made.text)
            sheaf.found[-1] = replace(found, draft=replace(found.draft, page=_lean(made)))
        if size > MUCH:
            break
    sheaf.end = walk.end
    return sheaf


def _lean(made: Made) -> Made:
    """Return a page without the texts that neither row nor search needs any more."""
    article = replace(made.page.article, lead="", body="", after="")
    facts = replace(made.page.facts, lead="", body="", pictures=())
    return replace(made, page=replace(made.page, article=article, facts=facts), text=b"")


def put_missing(path: Path, content: bytes) -> None:
    """Put a file where none is.  One that stands there belongs to the old index for now, and may be right.

    Not synced one by one, which takes ten times as long as all else: all are, before the index that names them.
    Where two processes meet at one name, one gives way: whoever asks for the file looks whether it is right.
    Raises CannotWrite.
    """
    with disk.writing(path):
        if reach.is_file(path):
            return
        disk.make_folder(path.parent)
        temporary = path.with_name(f".{path.name}.new")
        try:
            file = temporary.open("xb")
        except FileExistsError:
            return
        try:
            with file:
                file.write(content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
