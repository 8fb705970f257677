"""History: every capture of one URL by date, which of them are versions of its article, and what differs between two.

The index says where the records lie, the records say the rest.  Reads only.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive import decide, page, urls, warc
from archive.commit.ledger import page_at
from archive.decide import State
from archive.errors import ArchiveError, BadUsage, NotFound
from archive.index import Index
from archive.language import moment
from archive.records.record import Place
from archive.tables.rows import Captured, Unrecorded
from archive.versions import content
from archive.versions.diff import Change, compare

_DIGITS, _STAMP = re.compile("[0-9]{14}"), "%Y%m%d%H%M%S"
"""A time as web archives write it."""


class Event(StrEnum):
    """What a capture tells of its article that was not so before."""

    FIRST = "first"
    EDITED = "edited"
    GONE = "gone"
    RETURNED = "returned"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One capture of a URL."""

    captured: datetime
    """WARC-Date, UTC."""
    event: Event
    """GONE: for the first time since it was there.  RETURNED: there again, edited or not."""
    version: int | None
    """Its number, from 1, if it is a version of the article: its words are not those of the page before."""
    changed: str
    """What differs from the page before it, names of content.FIELDS with blanks between; "" if it is no page."""
    what: str
    """What came, in a few words: "article", "HTTP 404", "HTTP 301 to ...", "challenge: ..."."""
    status: int
    """Status code of the answer."""
    digest: str
    """Payload digest, "" if its record names none."""
    place: Place
    """Where its record lies."""
    refers: Place | None
    """Where the record of its payload lies, if its own is a revisit."""
    sha256: str
    """Of the article file that it makes, hex; "" if it makes none."""

    def values(self) -> dict[str, Any]:
        """Return it for programs."""
        refers = self.refers.told if self.refers else None
        where = {"warc": f"warc/{self.place.file}", "offset": self.place.offset, "refers": refers}
        told = {name: value for name, value in asdict(self).items() if name not in ("place", "refers")}
        return {**told, "captured": moment.stamp(self.captured), "changed": self.changed.split(), **where}


@dataclass(frozen=True, slots=True)
class History:
    """What an archive has of one URL."""

    url: str
    """Canonical URL."""
    seen: tuple[Seen, ...]
    """By date."""
    imported: tuple[Unrecorded, ...]
    """Texts without a record, by date."""

    def versions(self) -> list[Seen]:
        """Return the versions of the article, the first one first."""
        return [seen for seen in self.seen if seen.version]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of an article, side by side."""

    url: str
    """Canonical URL."""
    title: str
    """Of the second."""
    old: Seen
    """The first."""
    new: Seen
    """The second."""
    changes: tuple[Change, ...]
    """What differs, field by field."""


def find(root: Path, index: Index, name: str) -> str:
    """Return the canonical URL that somebody names: in any spelling, or by its article file.

    Raises BadUrl, and NotFound for a file of which the index knows nothing.
    """
    file = Path(name)
    is_file = os.path.isfile(name)  # noqa: PTH113 - Path's asks the system of any text, and raises what it says
    if not is_file and name.endswith(".md"):
        raise NotFound(f"no file {name}")
    if re.match(r"(?i)https?://", name) or not is_file:
        return urls.canonical(name if "://" in name else f"https://{name}")
    path = file.resolve()
    filed = path.is_relative_to(root.resolve()) and index.filed(path=path.relative_to(root.resolve()).as_posix())
    if not filed:
        raise NotFound(f"{file} is no article file of the archive {root}: its index names no record for it")
    return filed.url


def history(root: Path, index: Index, url: str) -> History:
    """Return what there is of a canonical URL.  Raises NotFound if there is nothing."""
    captures = (one for _, one in index.captures(url))
    seen = (_seen(root / "warc", one, event, number) for one, event, number in events(captures))
    found = History(url, tuple(seen), tuple(index.unrecorded(url)))
    if not (found.seen or found.imported):
        raise NotFound(f"nothing was captured of {url}, and nothing imported")
    return found


def _order(one: Captured) -> tuple[datetime, str, str]:
    return one.capture.date, one.capture.digest, one.page.sha256 if one.page else ""


def events(captures: Iterable[Captured]) -> Iterator[tuple[Captured, Event, int | None]]:
    """Yield each capture of one URL, by date, with what it tells, and its number if it is a version."""
    number, there = 0, None
    for one in sorted(captures, key=_order):
        new = one.page is not None and content.is_version(one.page.changed)
        number += new
        event = _event(one, number if new else None, there)
        there = True if one.page else False if event is Event.GONE else there
        yield one, event, number if new else None


def _event(one: Captured, version: int | None, there: bool | None) -> Event:
    """Return what a capture tells.

    version: its number, if it is one.  there: whether the article was there before it; None: never yet.
    """
    if not one.page:
        return Event.GONE if one.state is State.GONE and there else Event.NONE
    if there is False:
        return Event.RETURNED
    return Event.NONE if version is None else Event.FIRST if version == 1 else Event.EDITED


def placed(one: Captured) -> tuple[Place, Place | None]:
    """Return where the record of a capture lies; and, of a revisit, where its payload does."""
    return one.capture.place, one.capture.refers


def _seen(folder: Path, one: Captured, event: Event, version: int | None) -> Seen:
    """Make a Seen; for what is no article the record is asked."""
    capture, made = one.capture, one.page
    place, refers = placed(one)
    return Seen(
        captured=capture.date,
        event=event,
        version=version,
        changed=made.changed if made else "",
        what="article" if made else what(folder, one),
        status=capture.status,
        digest=capture.digest,
        place=place,
        refers=refers,
        sha256=made.sha256 if made else "",
    )


def what(folder: Path, one: Captured) -> str:
    """Return what came that is no article, in a few words, as its record tells."""
    if one.state is State.ARCHIVED:
        return one.capture.mime or str(one.state)
    try:
        _, exchange = warc.read_pair(folder, *placed(one))
        if found := decide.outcome(exchange):
            return str(found)
        read = page.of(exchange) if one.state is State.REJECTED else None
    except ArchiveError as error:
        return f"{one.state}; its record cannot be read: {error}"
    return str(read) if isinstance(read, page.NotAnArticle) else str(one.state)


def version(found: History, name: str) -> Seen:
    """Return the version of a number, or the one that stood at a time.  Raises BadUsage, NotFound."""
    versions = found.versions()
    if not versions:
        raise NotFound(f"no page of an article was captured of {found.url}")
    if re.fullmatch("[0-9]{1,6}", name):
        if not 1 <= int(name) <= len(versions):
            raise NotFound(f"there is no version {int(name)} of {found.url}: they are 1 to {len(versions)}")
        return versions[int(name) - 1]
    at = _time(name)
    before = [seen for seen in versions if seen.captured <= at]
    if not before:
        first = moment.stamp(versions[0].captured)
        raise NotFound(f"nothing of {found.url} is known at {moment.stamp(at)}: its first version is of {first}")
    return before[-1]


def _time(text: str) -> datetime:
    """Read a time as somebody types it, UTC if no zone is given: ISO 8601, or 14 digits."""
    try:
        read = datetime.strptime(text, _STAMP).replace(tzinfo=UTC) if _DIGITS.fullmatch(text) else None
        return read or moment.utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadUsage(
            f"neither a version's number nor a time such as 2026-11-23T10:00 or 20261123100000: {text!r}"
        ) from None


def comparison(root: Path, found: History, old: Seen, new: Seen) -> Comparison:
    """Return what two versions say differently.  Raises BadRecord."""
    a, b = (page_at(root / "warc", one.place, one.refers) for one in (old, new))
    return Comparison(found.url, b.article.title, old, new, compare(content.texts(a), content.texts(b)))
