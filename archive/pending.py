"""Pending: pages that were read wrongly are read again from the WARC by today's parser; nothing is fetched.

Those are the pages that were no articles, and what was captured while the site's pages had
changed their make.  Afterwards index and files say of each of these URLs what a whole
rebuild would say, without the hours that it takes.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive import decide, merge, page, pair, urls, warc
from archive.errors import BadRecord
from archive.index import NAME as INDEX
from archive.index import Index
from archive.ledger import Ledger
from archive.lock import Lock
from archive.page import NotAnArticle, Page
from archive.record import Capture, Place
from archive.rows import Captured

REACH = timedelta(days=1)
"""How long before a run that told of a change it may have begun: it takes some pages to be sure."""
Row = tuple[int, dict[str, Any]]
Found = Mapping[int, tuple[Capture, Page | NotAnArticle]]
PROBLEM = "cannot be read"
"""What is said of a record that only another copy could mend."""


@dataclass(frozen=True, slots=True)
class Reread:
    """A URL of which something is different now."""

    url: str
    """Canonical URL."""
    became: str
    """What it is now: "archived", "changed", "no article"; or PROBLEM."""
    detail: str
    """The article file, or why there is none."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        return f"{self.became}: {self.url}: {self.detail}"


def read_again(root: Path, now: datetime) -> Iterator[Reread]:
    """Read all of them again; yield each URL of which something is different, when that stands on disk.

    Raises NotFound if there is no archive or no index, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    with Lock(root, "rfi-archive rebuild --pending", now):
        Index(root / INDEX).close()  # one that is not there is not made here
        with closing(Index(root / INDEX, create=True)) as index:
            merge.settle(folder, index)
            for url in index.pending(REACH):
                yield from _Rereading(root, index, url).all()


class _Rereading:
    """One article's URL, read again."""

    def __init__(self, root: Path, index: Index, url: str) -> None:
        self._root, self._index, self._url = root, index, url
        self._problems: list[Reread] = []

    def all(self) -> Iterator[Reread]:
        """Do all that follows from its captures; yield what is different."""
        captures = self._index.captures(self._url)
        found = {number: (one.capture, made) for number, one in captures if (made := self._made(one.capture))}
        yield from self._problems
        if any(isinstance(made, Page) for _, made in found.values()):
            yield from self._file(found, _stands(captures))
        elif found and not self._problems:
            yield from self._none(str([*found.values()][-1][1]), _stands(captures))

    def _made(self, capture: Capture) -> Page | NotAnArticle | None:
        """Return what a capture makes; None if it is no whole page, or cannot be read."""
        if capture.status != 200 or pair.waits(capture):  # noqa: PLR2004 - HTTP's word for a page
            return None
        try:
            place = Place(capture.file, capture.offset)
            _, exchange = warc.read_pair(self._root / "warc", place, capture.refers)
        except BadRecord as error:
            self._problems.append(Reread(self._url, PROBLEM, str(error)))
            return None
        return None if decide.outcome(exchange) else page.of(exchange)

    def _file(self, found: Found, stood: Row | None) -> Iterator[Reread]:
        """Make file and rows as a rebuild does."""
        ledger = Ledger(self._root, self._index)
        with self._index.lasting():
            self._index.archived(self._url)
            for number, (capture, made) in found.items():
                ledger.judge(number, capture, made)
            pages = {number: made for number, (_, made) in found.items() if isinstance(made, Page)}
            ledger.derive(self._url, pages, again=True)
        if stood != _stands(self._index.captures(self._url)):
            yield Reread(self._url, "changed" if stood else "archived", urls.article_path(self._url))

    def _none(self, why: str, stood: Row | None) -> Iterator[Reread]:
        """Note why it is none today; an article that was one stays, until a whole rebuild takes it out."""
        if stood:
            yield Reread(self._url, "no article", f"{why}: it stays until `rfi-archive rebuild`")
        else:
            with self._index:
                self._index.rejected(self._url, why)


def _stands(captures: list[tuple[int, Captured]]) -> Row | None:
    """Return the row of the URL's article, and the number of the capture that its file is made from."""
    return next(((number, one.article) for number, one in captures if one.article), None)
