"""Waiting: what was recorded and has no rows yet: a group that still grows, and one whose files are being written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.commit.group import Deed, Group
from archive.errors import CannotWrite
from archive.index import Index
from archive.warcs.writer import Writer

Put = Callable[[Mapping[Path, bytes]], Callable[[], object]]
"""Begins to put files in their places, as `disk.put_all` does; what it returns waits for that.  Raises CannotWrite."""


class Waiting:
    """Deeds of an archive from when they are known until their rows are written."""

    def __init__(self, index: Index) -> None:
        """Write rows into this index."""
        self._index, self._group, self._refused = index, Group(), ""
        self._away: tuple[Group, Callable[[], object]] | None = None

    @property
    def here(self) -> int:
        """How many deeds have not departed."""
        return len(self._group.deeds)

    @property
    def away(self) -> int:
        """How many have, and have not landed."""
        return len(self._away[0].deeds) if self._away else 0

    def holds(self, urls: Iterable[str]) -> bool:
        """Tell whether there is a deed of any of these canonical URLs."""
        some = list(urls)
        return self._group.holds(some) or (self._away is not None and self._away[0].holds(some))

    def add(self, deed: Deed) -> None:
        """Take one more."""
        self._group.add(deed)

    def refuse(self) -> None:
        """Raise CannotWrite, once the disk has refused anything."""
        if self._refused:
            raise CannotWrite(self._refused)

    def depart(self, warc: Writer | None, put: Put) -> None:
        """Make the records of all that waits durable, and begin to write its files.  Raises CannotWrite."""
        group, self._group = self._group, Group()
        with self._telling(group):
            if warc:
                warc.sync()
            self._away = (group, put(group.files)) if group.deeds else None

    def land(self) -> None:
        """Wait for the files that are being written, if any are; then write the rows.  Raises CannotWrite."""
        if self._away:
            (group, wait), self._away = self._away, None
            with self._telling(group):
                wait()
                group.note(self._index)

    @contextmanager
    def _telling(self, group: Group) -> Iterator[None]:
        """Tell all who wait for a group what the disk refused."""
        try:
            yield
        except CannotWrite as error:
            self._refused = str(error)
            group.tell(error)
            raise
