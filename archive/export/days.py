"""Days: what became of all articles, in the order in which it was captured, a day (UTC) after the other.

All of it is of the index; sorted on disk, since it may be much.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from archive.files.sorting import Sorting
from archive.history import Event, events
from archive.index import Index
from archive.tables import rows

_DAY = 86_400
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that became of an article."""

    epoch: int
    """When it was captured: seconds since 1970 UTC."""
    path: str
    """The article file, relative to the archive."""
    event: Event
    """FIRST, EDITED, GONE or RETURNED."""
    sha256: str
    """Of the file that the capture makes, hex; "" if it is no version of the article."""
    number: int
    """Of the capture; another one after a rebuild."""
    edition: str
    """Code of the article's edition."""
    is_filed: bool
    """Whether the article file is made from it."""

    @property
    def captured(self) -> datetime:
        """The same as a time, UTC."""
        return datetime.fromtimestamp(self.epoch, UTC)

    @property
    def told(self) -> str:
        """What every index of the same archive says of it."""
        return f"{self.epoch} {self.path} {self.event} {self.sha256}"


@dataclass(frozen=True, slots=True)
class Day:
    """What became of articles on one day."""

    day: date
    """UTC."""
    steps: tuple[Step, ...]
    """By time; one or more."""
    state: str
    """SHA-256, hex, of all that became of articles up to here."""

    @property
    def epoch(self) -> int:
        """When the last of it was captured: seconds since 1970 UTC."""
        return self.steps[-1].epoch


class Days:
    """The days of an archive; `close` lets their order go."""

    def __init__(self, index: Index, until: date | None = None) -> None:
        """Put them in order; until: the last day that counts.  Raises CannotWrite."""
        self.count = 0
        """Steps."""
        self._until = until
        self._lines = Sorting(self._told(index))

    def close(self) -> None:
        """Let it go."""
        self._lines.close()

    def __iter__(self) -> Iterator[Day]:
        """Yield the days, each with all of its steps."""
        state = hashlib.sha256()
        for number, some in groupby(map(_step, self._lines), key=lambda step: step.epoch // _DAY):
            steps = tuple(some)
            state.update("".join(f"{step.told}\n" for step in steps).encode())
            yield Day(datetime.fromtimestamp(number * _DAY, UTC).date(), steps, state.hexdigest())

    def _told(self, index: Index) -> Iterator[str]:
        for card in index.every_card():
            captures = index.captures(card.url)
            numbers = {id(one): number for number, one in captures}
            for nth, (one, event, version) in enumerate(events(one for _, one in captures)):
                epoch = max(0, rows.seconds(one.capture.date) or 0)
                if event is Event.NONE or (self._until and one.capture.date.date() > self._until):
                    continue
                sha256 = one.page.sha256 if one.page and version else _NONE
                self.count += 1
                where = f"{numbers[id(one)]} {card.edition or _NONE} {bool(one.article):d}"
                yield f"{epoch:012} {card.path} {nth:08} {event} {sha256} {where}"


def _step(line: str) -> Step:
    epoch, path, _, event, sha256, number, edition, filed = line.split(" ")
    none = {_NONE: ""}
    return Step(
        epoch=int(epoch),
        path=path,
        event=Event(event),
        sha256=none.get(sha256, sha256),
        number=int(number),
        edition=none.get(edition, edition),
        is_filed=filed == "1",
    )
