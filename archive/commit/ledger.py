"""Ledger: what follows from each recorded exchange: a state, an article file, rows in the index.

Live crawl and rebuild go through the same `commit` and `enter`, so index and article files are
functions of the WARC.  A file is on disk before the row that names it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from archive import page, urls, warc
from archive.commit import draft
from archive.commit.draft import Draft, Made
from archive.decide import Outcome, State
from archive.errors import BadRecord
from archive.files import disk
from archive.index import Index
from archive.page import NotAnArticle, Page
from archive.records.record import Capture, Place
from archive.tables.rows import Paged
from archive.urls import rank
from archive.versions import content

NEW = 0
"""Number of a capture that has none yet."""
Put = Callable[[Path, bytes], None]
"""Puts a file with these bytes in its place."""


class Ledger:
    """Keeps index and article files of one archive in step with its records."""

    def __init__(self, root: Path, index: Index, put: Put = disk.put) -> None:
        """Write below `root`, by `put`, and into `index`; the caller holds the lock."""
        self.root, self.index, self._put = root, index, put

    def note(self, capture: Capture, found: Draft) -> None:
        """Do all that follows from a recorded exchange, of which a draft was made.  Raises CannotWrite."""
        if found.page:
            self.write(capture, found.page)
        self.enter(capture, found)

    def enter(self, capture: Capture, found: Draft) -> None:
        """Do the same where the file is in its place.  Raises CannotWrite."""
        with self.index:  # what it names is noted in one step with it: a run that dies loses none of it
            if found.page:
                self.commit(capture, found.page)
                return
            self.settle(capture, found.outcome)
            self.index.list_urls(found.listed)
            if found.validators:
                self.index.validate(found.url, *found.validators)

    def adopt(self, found: Draft, capture: Capture, number: int = NEW) -> int:
        """Do what follows from a record that another tool made: what was there then, never how our fetches go.

        number: of the capture, if its row is there and waited for its payload.  Return the capture's number.
        """
        url, state = found.url, found.outcome.state
        with self.index:
            self.index.list_urls([(url, rank(url))])
            if state is State.ARCHIVED:
                self.index.adopted(url)
            number = number or self.index.capture(capture, url, state)
            self.index.judged(number, state)
            if found.page:
                self._page(number, capture, found.page)
                self.derive(url, {number: found.page})
            return number

    def hold(self, capture: Capture) -> int:
        """Note another tool's capture whose payload is not here; return its number."""
        url = urls.canonical(capture.url)
        with self.index:
            self.index.list_urls([(url, rank(url))])
            return self.index.capture(capture, url, State.LISTED)

    def wanted(self, capture: Capture, made: Made) -> tuple[Path, bytes] | None:
        """Return the file that must stand before a page is committed, and what it holds; None if it stands as it is."""
        url, page = made.page.article.url, paged(NEW, capture, made)
        newest = _newest(sorted([*self.index.pages(url), page], key=lambda one: one.order))
        path = self.root / urls.article_path(url)
        if newest is page:
            return path, made.text
        return None if path.exists() else (path, self._read(newest.number).text)

    def write(self, capture: Capture, made: Made) -> None:
        """Put the file of a page on disk, if it is the newest version or there is none."""
        if wanted := self.wanted(capture, made):
            self._put(*wanted)

    def commit(self, capture: Capture, made: Made) -> None:
        """Say in the index that an article is archived: the last step, after record and file."""
        with self.index:
            url, number = made.page.article.url, self.settle(capture, Outcome(State.ARCHIVED))
            if self.index.is_alone(url, number):  # what `derive` would find, without looking
                self._page(number, capture, made, content.FIRST)
                self._note(url, number, made, looked=int(capture.date.timestamp()))
            else:
                self._page(number, capture, made)
                self.derive(url, {number: made})

    def judge(self, number: int, capture: Capture, made: Made | None) -> None:
        """Note what a capture, by its number, holds as it is read today; `derive` brings the article up to it.

        made: None if it is no article's page.
        """
        with self.index:
            self.index.judged(number, State.ARCHIVED if made else State.REJECTED)
            if made:
                self._page(number, capture, made)

    def _page(self, number: int, capture: Capture, made: Made, changed: str = "") -> None:
        """Note a page and the pictures that it names.  changed: what it says anew, as far as that is known."""
        self.index.page(paged(number, capture, made, changed))
        self.index.list_urls(made.pictures)

    def derive(self, url: str, read: Mapping[int, Made], *, again: bool = False) -> None:
        """Bring an article up to what its pages say, by their dates, in whatever order they came: file, then row.

        read: pages that need not be read again, by the numbers of their captures.
        again: make file and row even if they stand.  Raises CannotWrite, BadRecord.
        """
        with self.index:
            pages = self.index.pages(url)
            for one, change in zip(pages, content.changes([one.content for one in pages]), strict=True):
                if one.changed != change:
                    self.index.changed(one.number, change)
            newest = _newest(pages).number
            if again or self.index.made_from(url) != newest:
                self._file(url, newest, read.get(newest) or self._read(newest))
            self.index.stand(url)

    def _file(self, url: str, number: int, made: Made) -> None:
        """Put the file of a page in its place, and note it."""
        self._put(self.root / urls.article_path(url), made.text)
        self._note(url, number, made)

    def _note(self, url: str, number: int, made: Made, looked: int = 0) -> None:
        """Note the file of a page, which is in its place.  looked: as `Index.file` has it."""
        article, facts = made.page.article, made.page.facts
        self.index.file(article, facts, urls.article_path(url), made.sha256, number, made.words, looked=looked)

    def _read(self, number: int) -> Made:
        """Read the page of a capture that holds one again.  Raises BadRecord."""
        return draft.make(page_at(self.root / "warc", *self.index.place(number)))

    def settle(self, capture: Capture, outcome: Outcome) -> int:
        """Note a capture and what it made of its URL; return the capture's number."""
        url = urls.canonical(capture.url)
        with self.index:
            if outcome.state is State.LISTED:  # whatever is known of the URL stays as it is
                self.index.list_urls([(url, rank(url))])
            else:
                self.index.settle(url, outcome.state, outcome.why, capture.date, rank(url))
            if outcome.target:
                self.index.list_urls([(outcome.target, rank(outcome.target))])
            return self.index.capture(capture, url, outcome.state)

    def looked(self, url: str, at: datetime) -> None:
        """Note a fetch of an archived article that was told that nothing is new.  Raises CannotWrite, BadUrl."""
        url = urls.canonical(url)
        with self.index:
            self.index.look(url, at)

    def failed(self, url: str, why: str, at: datetime) -> None:
        """Note a fetch that brought no byte.  Raises CannotWrite, BadUrl."""
        url = urls.canonical(url)
        with self.index:
            self.index.settle(url, State.FAILED, why, at, rank(url))


def page_at(folder: Path, place: Place, refers: Place | None = None) -> Page:
    """Read the page that a record among the WARC files holds.  Raises BadRecord."""
    record, exchange = warc.read_pair(folder, place, refers)
    found = page.of(exchange)
    if isinstance(found, NotAnArticle):
        raise BadRecord(record.file, record.offset, f"it makes no article: {found}")
    return found


def paged(number: int, capture: Capture, made: Made, changed: str = "") -> Paged:
    """Return what the index keeps of a page; changed: what it says anew, as far as that is known."""
    epoch = int(capture.date.timestamp())
    return Paged(number, epoch, capture.digest, made.sha256, made.content, changed, page.VERSION)


def _newest(pages: Sequence[Paged]) -> Paged:
    return pages[content.newest([one.content for one in pages])]
