"""Lists: the newest articles of an edition as one markdown file.  Source: FORMAT.md, "Lists"."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

from archive.article import escaped_title
from archive.engines.opening import open_index
from archive.files import disk, reach
from archive.files.lock import Lock
from archive.finding import Finding, Rule
from archive.index import NAME as INDEX
from archive.index import Index
from archive.rfi.editions import EDITIONS, Edition

EQUAL = Rule("a list equals the index", "FORMAT.md, Lists")
LENGTH = 300
"""Articles on a list."""
READERS = timezone(timedelta(hours=8))
"""Where most readers are: a list's dates are their days."""


class Entry(Protocol):
    """What a list says of an article, as rows.Filed has it."""

    @property
    def epoch(self) -> int:
        """Capture time: seconds since 1970 UTC."""

    @property
    def path(self) -> str:
        """Where the file lies, relative to the archive."""

    @property
    def title(self) -> str:
        """Plain text."""


def text(edition: Edition, articles: Iterable[Entry]) -> str:
    """Return the list of these articles, in the order given."""
    return f"{edition.name}\n------\n\n" + "".join(_entry(article) for article in articles)


def _entry(article: Entry) -> str:
    day = datetime.fromtimestamp(article.epoch, UTC).astimezone(READERS)
    return f"{day.month}-{day.day} [{escaped_title(article.title)}](/{article.path})\n\n"


def made(root: Path, index: Index) -> Iterator[tuple[Edition, Path, bytes]]:
    """Yield the list of each edition that has articles: where it belongs and what it should hold."""
    for edition in EDITIONS:
        if newest := list(index.articles(edition=edition.code, newest=LENGTH)):
            yield edition, root / "lists" / f"{edition.spider}.md", text(edition, newest).encode()


def write(root: Path, index: Index) -> list[Path]:
    """Bring `lists/` up to date; return the lists.  One that would not change is left alone.  Raises CannotWrite."""
    paths = []
    for _, path, content in made(root, index):
        if not (path.exists() and path.read_bytes() == content):
            disk.replace(path, content)
        paths.append(path)
    return paths


def bring_up(root: Path, now: datetime) -> list[Path]:
    """Do so as the archive's only writer.  Raises NotFound if there is no index, Locked, CannotWrite."""
    with closing(open_index(root / INDEX)) as index, Lock(root, "rfi-archive lists", now):
        return write(root, index)


def stale(root: Path, index: Index) -> Iterator[Finding]:
    """Find lists that are not what the index makes."""
    for edition, path, content in made(root, index):
        if not reach.is_file(path) or reach.read(path) != content:
            what = f"{edition.name}: `rfi-archive lists` makes it again"
            yield EQUAL.broken(f"lists/{path.name}", None, what)
