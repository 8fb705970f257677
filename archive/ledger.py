"""Ledger: what follows from each recorded exchange: a state, an article file, rows in the index.

Live crawl and rebuild go through the same `take`, so the index and the article files are
functions of the WARC.  A file is on disk before the row that names it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive import article as files
from archive import content, disk, page, taken, urls, warc
from archive.decide import Outcome, State
from archive.errors import BadRecord, BadUrl
from archive.exchange import Exchange
from archive.index import Index
from archive.listing import Listing
from archive.page import NotAnArticle, Page
from archive.record import Capture, Place
from archive.requisites import Sheet
from archive.rows import Paged
from archive.taken import Taken

NEW = 0
"""Number of a capture that has none yet."""
Put = Callable[[Path, bytes], None]
"""Puts a file with these bytes in its place."""


def put(path: Path, content: bytes) -> None:
    """Put a file in its place, unless it stands there already.  Raises CannotWrite."""
    if not stands(path, content):
        disk.replace(path, content)


def stands(path: Path, content: bytes) -> bool:
    """Tell whether a file with these bytes stands in its place.  Raises CannotWrite."""
    with disk.writing(path):
        return path.exists() and path.read_bytes() == content


@dataclass(frozen=True, slots=True)
class Made:
    """What is made of a page before the index hears of it."""

    paged: Paged
    """What the index is to keep of it, but for the number of its capture."""
    path: Path
    """Of the article's file."""
    content: bytes | None
    """What that file is to hold, so that the page may be committed; None: it stays as it is."""
    first: bool = False
    """Whether no other page of the article is known."""


class Ledger:
    """Keeps index and article files of one archive in step with its records."""

    def __init__(self, root: Path, index: Index, put: Put = put) -> None:
        """Write below `root`, by `put`, and into `index`; the caller holds the lock."""
        self.root, self.index, self._put = root, index, put

    def take(self, exchange: Exchange, capture: Capture) -> Taken:
        """Do all that follows from a recorded exchange.  Raises CannotWrite, BadUrl."""
        found = taken.read(exchange)
        self.note(exchange, capture, found)
        return found

    def note(self, exchange: Exchange, capture: Capture, found: Taken) -> None:
        """Do all that follows from what a recorded exchange holds.  Raises CannotWrite, BadUrl."""
        if isinstance(found, Page):
            self.commit(capture, found, self.write(capture, found))
            return
        with self.index:  # what it names is noted in one step with it: a run that dies loses none of it
            self.settle(capture, taken.outcome(found))
            if isinstance(found, Listing):
                self._list(found, exchange)
            elif isinstance(found, Sheet):
                self.index.list_urls((url, 0) for url in found.names)

    def _list(self, found: Listing, exchange: Exchange) -> None:
        self.index.list_urls((link.url, rank(link.url, link.published)) for link in found.links)
        if not found.damage:  # else a 304 would hide for good what could not be read now
            etag, last_modified = exchange.header("etag"), exchange.header("last-modified")
            self.index.validate(urls.canonical(exchange.url), etag, last_modified)

    def adopt(self, exchange: Exchange, capture: Capture, number: int = NEW) -> int:
        """Do what follows from a record that another tool made: what was there then, never how our fetches go.

        number: of the capture, if its row is there and waited for its payload.  Return the capture's number.
        """
        url, found = urls.canonical(exchange.url), taken.read(exchange)
        state = taken.outcome(found).state
        with self.index:
            self.index.list_urls([(url, rank(url))])
            if state is State.ARCHIVED:
                self.index.adopted(url)
            number = number or self.index.capture(capture, url, state)
            self.index.judged(number, state)
            if isinstance(found, Page):
                self._page(paged(number, capture, found), found)
                self.derive(url, {number: found})
            return number

    def hold(self, capture: Capture) -> int:
        """Note another tool's capture whose payload is not here; return its number."""
        url = urls.canonical(capture.url)
        with self.index:
            self.index.list_urls([(url, rank(url))])
            return self.index.capture(capture, url, State.LISTED)

    def make(self, capture: Capture, found: Page) -> Made:
        """Make of a page what `commit` is to note of it, and its file, if it is the newest version or there is none."""
        url, text = found.article.url, _text(found)
        made, path = paged(NEW, capture, found, text), self.root / urls.article_path(url)
        if not (pages := self.index.pages(url)):
            return Made(replace(made, changed=content.FIRST), path, text, first=True)
        newest = _newest(sorted([*pages, made], key=lambda one: one.order))
        if newest is made:
            return Made(made, path, text)
        return Made(made, path, None if path.exists() else _text(self._read(newest.number)))

    def write(self, capture: Capture, found: Page) -> Made:
        """Put the file of a page on disk, if it is the newest version; return what `commit` is to note of it."""
        made = self.make(capture, found)
        if made.content is not None:
            self._put(made.path, made.content)
        return made

    def commit(self, capture: Capture, found: Page, made: Made) -> None:
        """Say in the index that an article is archived: the last step, after record and file."""
        with self.index:
            url, number = found.article.url, self.settle(capture, Outcome(State.ARCHIVED))
            self._page(replace(made.paged, number=number), found)
            if made.first:
                self.index.file(found.article, found.facts, urls.article_path(url), made.paged.sha256, number)
                self.index.stand(url)
            else:
                self.derive(url, {number: found})

    def judge(self, number: int, capture: Capture, found: Page | NotAnArticle) -> None:
        """Note what a capture, by its number, holds as it is read today; `derive` brings the article up to it."""
        with self.index:
            if isinstance(found, Page):
                self.index.judged(number, State.ARCHIVED)
                self._page(paged(number, capture, found), found)
            else:
                self.index.judged(number, State.REJECTED)

    def _page(self, made: Paged, found: Page) -> None:
        """Note a page and the pictures that it names."""
        self.index.page(made)
        pictures = []
        for named in filter(None, (found.facts.image, found.facts.shown)):
            with suppress(BadUrl):  # a page may name what no request could: the article stands without it
                pictures.append((urls.canonical(named), rank(found.article.url, found.facts.published)))
        self.index.list_urls(pictures)

    def derive(self, url: str, read: Mapping[int, Page], *, again: bool = False) -> None:
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
                found = read.get(newest) or self._read(newest)
                text, path = _text(found), urls.article_path(url)
                self._put(self.root / path, text)
                self.index.file(found.article, found.facts, path, hashlib.sha256(text).hexdigest(), newest)
            self.index.stand(url)

    def _read(self, number: int) -> Page:
        """Read the page of a capture that holds one again.  Raises BadRecord."""
        return page_at(self.root / "warc", *self.index.place(number))

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


def rank(url: str, published: datetime | None = None) -> int:
    """Return what sorts URLs by news: seconds since 1970 of the publication, else of the day in the URL, else 0."""
    if published is None and urls.kind(url) is urls.Kind.ARTICLE:
        try:
            published = datetime.fromisoformat(urls.day(url)).replace(tzinfo=UTC)
        except ValueError:
            return 0
    return int(published.timestamp()) if published else 0


def page_at(folder: Path, place: Place, refers: Place | None = None) -> Page:
    """Read the page that a record among the WARC files holds.  Raises BadRecord."""
    record, exchange = warc.read_pair(folder, place, refers)
    found = page.of(exchange)
    if isinstance(found, NotAnArticle):
        raise BadRecord(record.file, record.offset, f"it makes no article: {found}")
    return found


def paged(number: int, capture: Capture, found: Page, text: bytes = b"") -> Paged:
    """Return what the index keeps of a page, but for what it says anew.  text: of its file, if it is made already."""
    sha256 = hashlib.sha256(text or _text(found)).hexdigest()
    return Paged(number, int(capture.date.timestamp()), capture.digest, sha256, content.of(found), "", page.VERSION)


def _newest(pages: Sequence[Paged]) -> Paged:
    return pages[content.newest([one.content for one in pages])]


def _text(found: Page) -> bytes:
    return files.write(found.article).encode()
