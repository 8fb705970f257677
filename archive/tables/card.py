"""Card: one archived article as lists, searches and exports know it: all that the index has of it.  Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from archive.records.record import Place
from archive.tables import coded
from archive.tables.rows import DIGEST, HEX, place
from archive.tables.rows import date as moment

LABELS = tuple("edition section show author tag".split())
"""By what articles are sorted; an article has one edition, one section, at most one show, any number of the others."""
Names = tuple[str, ...]
COLUMNS = f"""u.url, a.path, {HEX.format("a.sha256")}, a.edition, a.title, a.section, a.show, a.authors, a.tags,
    a.image, a.caption, a.published, a.modified, a.epoch, a.first, a.gone, coalesce(c.asked, u.url),
    {DIGEST.format("c")}, w.name, c.offset, tw.name, t.offset"""
"""What `of` makes a Card of, but for the number of its text."""


@dataclass(frozen=True, slots=True)
class Card:
    """An archived article."""

    number: int
    """Of its text in the index: a later number is later news.  Other numbers after a rebuild."""
    url: str
    """Canonical URL."""
    path: str
    """The article file, relative to the archive."""
    sha256: str
    """Of that file, hex."""
    edition: str
    """Code of the edition: "cn", "tw"."""
    title: str
    """Plain text, as it came: whoever shows it sees to its characters."""
    section: str
    """As the page names it, else as its URL does."""
    show: str | None
    """Name of the show; None on news."""
    authors: Names
    """In page order."""
    tags: Names
    """In page order."""
    image: str | None
    """URL of the lead picture; None if there is none."""
    caption: str | None
    """Of the lead picture."""
    published: datetime | None
    """UTC; None if the page has no time."""
    modified: datetime | None
    """UTC, as the page says."""
    captured: datetime
    """When the newest version was captured, UTC."""
    first: datetime
    """When the article was first captured, UTC."""
    gone: datetime | None
    """When it was first seen gone since it was last there, UTC; None: it is there."""
    asked: str
    """WARC-Target-URI of its record."""
    digest: str
    """Payload digest of its record."""
    place: Place
    """Where its record lies."""
    refers: Place | None
    """Where the record of its payload lies, if its own is a revisit."""

    @property
    def stem(self) -> str:
        """The name of the article file without its ending: "20231026-0123456789ab"."""
        return PurePosixPath(self.path).stem

    @property
    def day(self) -> date | None:
        """The day in its URL, as Paris has it; None if its eight digits are no day."""
        return day_of(self.path)

    def labels(self) -> Iterator[tuple[str, str]]:
        """Yield kind and name of each of its labels, each once."""
        return labels(self.edition, self.section, self.show, self.authors, self.tags)


def day_of(path: str) -> date | None:
    """Return the day that an article file is named by; None if its eight digits are no day."""
    try:
        return date.fromisoformat(PurePosixPath(path).name[:8])
    except ValueError:
        return None


def labels(edition: str, section: str, show: str | None, authors: Names, tags: Names) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each label of an article, each once; an empty name is none."""
    for kind, given in zip(LABELS, ((edition,), (section,), (show,), authors, tags), strict=True):
        yield from ((kind, name) for name in dict.fromkeys(given) if name)


def labels_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each label of an article, each once, as its row has them."""
    return labels(row["edition"], row["section"], row["show"], names(row["authors"]), names(row["tags"]))


def of(number: int, url: str, path: str, sha256: str, *row: Any) -> Card:
    """Make a Card of the number of its text, and COLUMNS."""
    edition, title, section, show, authors, tags, image, caption, published, modified, epoch, first, gone, *where = row
    asked, digest, file, offset, *refers = where
    return Card(
        number=int(number),
        url=str(url),
        path=str(path),
        sha256=str(sha256),
        edition=str(edition),
        title=str(title),
        section=str(section),
        show=show,
        authors=names(authors),
        tags=names(tags),
        image=image,
        caption=caption,
        published=moment(published),
        modified=moment(modified),
        captured=datetime.fromtimestamp(epoch, UTC),
        first=datetime.fromtimestamp(first, UTC),
        gone=moment(gone),
        asked=str(asked),
        digest=coded.digest(digest),
        place=Place(str(file), int(offset)),
        refers=place(*refers),
    )


def names(text: str) -> Names:
    """Read a JSON list of names."""
    return tuple(map(str, json.loads(text)))
