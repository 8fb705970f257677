"""Ledger: what follows from each recorded exchange: a state, an article file, rows in the index.

Live crawl and rebuild go through the same `take`, so the index and the article files are
functions of the WARC.  A file is on disk before the row that names it.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive import article as files
from archive import decide, disk, listing, page, requisites, urls
from archive.article import Article
from archive.decide import Outcome, State
from archive.errors import ArchiveError, BadAnswer, BadUrl
from archive.exchange import Exchange, content
from archive.index import Index
from archive.listing import Listing
from archive.page import NotAnArticle, Page, Why
from archive.record import Capture
from archive.requisites import Sheet

Taken = Page | NotAnArticle | Listing | Sheet | Outcome
"""What an exchange turned out to hold."""


@dataclass(frozen=True, slots=True)
class Written:
    """An article file that stands on disk."""

    path: str
    """Relative to the archive."""
    sha256: str
    """Of the file, hex."""


Put = Callable[[Path, bytes], None]
"""Puts a file with this content in its place."""


def put(path: Path, content: bytes) -> None:
    """Put a file in its place, unless it stands there already.  Raises CannotWrite."""
    with disk.writing(path):
        stands = path.exists() and path.read_bytes() == content
    if not stands:
        disk.replace(path, content)


class Ledger:
    """Keeps index and article files of one archive in step with its records."""

    def __init__(self, root: Path, index: Index, put: Put = put) -> None:
        """Write below `root`, by `put`, and into `index`; the caller holds the lock."""
        self.root, self.index, self._put = root, index, put

    def take(self, exchange: Exchange, capture: Capture) -> Taken:
        """Do all that follows from a recorded exchange.  Raises CannotWrite, BadUrl."""
        kind, outcome = urls.kind(urls.canonical(exchange.url)), decide.outcome(exchange)
        if outcome is None and kind is urls.Kind.ARTICLE:
            return self._take_page(exchange, capture)
        if outcome is None and kind is urls.Kind.LISTING:
            return self._take_listing(exchange, capture)
        outcome = outcome or _challenge(exchange)
        if outcome is None and requisites.MEDIA_TYPE in (exchange.header("content-type") or "").lower():
            return self._take_sheet(exchange, capture)
        self.settle(capture, outcome or Outcome(State.ARCHIVED))
        return outcome or Outcome(State.ARCHIVED)

    def _take_page(self, exchange: Exchange, capture: Capture) -> Taken:
        found = page.of(exchange)
        if isinstance(found, Page):
            self.commit(capture, found, self.write(found.article))
        else:
            self.settle(capture, Outcome(State.REJECTED, str(found)))
        return found

    def _take_listing(self, exchange: Exchange, capture: Capture) -> Taken:
        try:
            found = listing.read(content(exchange), urls.canonical(exchange.url))
        except ArchiveError as error:
            why = f"{Why.UNDECODABLE}: {error}" if isinstance(error, BadAnswer) else str(error)
            outcome = _challenge(exchange) or Outcome(State.REJECTED, why)
            self.settle(capture, outcome)
            return outcome
        with self.index:
            self.settle(capture, Outcome(State.ARCHIVED))
            self.index.list_urls((link.url, rank(link.url, link.published)) for link in found.links)
            if not found.damage:  # else a 304 would hide for good what could not be read now
                etag, last_modified = exchange.header("etag"), exchange.header("last-modified")
                self.index.validate(urls.canonical(exchange.url), etag, last_modified)
        return found

    def _take_sheet(self, exchange: Exchange, capture: Capture) -> Taken:
        """Note what a stylesheet names, in one step with the stylesheet: a run that dies loses none of it."""
        try:
            found = requisites.of_sheet(content(exchange), urls.canonical(exchange.url))
        except BadAnswer:  # recorded as it came; a browser can make nothing of it either
            found = Sheet(())
        with self.index:
            self.settle(capture, Outcome(State.ARCHIVED))
            self.index.list_urls((url, 0) for url in found.names)
        return found

    def write(self, article: Article) -> Written | None:
        """Put the article's file on disk; None if the text is an earlier capture's, whose file then stands there."""
        old = self.index.filed(url=article.url)
        earlier = _text(replace(article, epoch=old.epoch * 1000)) if old else b""
        unchanged = old is not None and hashlib.sha256(earlier).hexdigest() == old.sha256
        path, text = urls.article_path(article.url), earlier if unchanged else _text(article)
        self._put(self.root / path, text)
        return None if unchanged else Written(path, hashlib.sha256(text).hexdigest())

    def commit(self, capture: Capture, found: Page, written: Written | None) -> None:
        """Say in the index that an article is archived: the last step, after record and file."""
        with self.index:
            self.file(self.settle(capture, Outcome(State.ARCHIVED)), found, written)

    def file(self, capture: int, found: Page, written: Written | None) -> None:
        """Note which capture, by its number, an article's file was made from, and the pictures that it names."""
        with self.index:
            if written:
                self.index.file(found.article, found.facts, written.path, written.sha256, capture)
            for named in filter(None, (found.facts.image, found.facts.shown)):
                with suppress(BadUrl):  # a page may name what no request could: the article stands without it
                    image = urls.canonical(named)
                    self.index.list_urls([(image, rank(found.article.url, found.facts.published))])

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
            return self.index.capture(capture, url)

    def failed(self, url: str, why: str, at: datetime) -> None:
        """Note a fetch that brought no byte.  Raises CannotWrite, BadUrl."""
        url = urls.canonical(url)
        with self.index:
            self.index.settle(url, State.FAILED, why, at, rank(url))


def rank(url: str, published: datetime | None = None) -> int:
    """Return what sorts URLs by news: seconds since 1970 of the publication, else of the day in the URL, else 0."""
    if published is None and urls.kind(url) is urls.Kind.ARTICLE:
        try:
            published = datetime.strptime(urls.day(url), "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            return 0
    return int(published.timestamp()) if published else 0


def _challenge(exchange: Exchange) -> Outcome | None:
    """Return what becomes of a URL, no article's, that was answered with a challenge; None if it was not."""
    found = page.of(exchange) if "html" in exchange.media_type else None
    challenged = isinstance(found, NotAnArticle) and found.why is Why.CHALLENGE
    return Outcome(State.REJECTED, str(found)) if challenged else None


def _text(article: Article) -> bytes:
    return files.write(article).encode()
