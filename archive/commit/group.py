"""Group: what was recorded lately and waits for the disk together: files first, then all rows in one step.

Whoever waits for a part of it is told when that is done: not before its rows are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import CannotWrite
from archive.index import Index

MOST = 32
"""Deeds that wait for each other at most: twice as many would make a page less than a hundredth cheaper, measured."""
Done = Callable[[Exception | None], object]
"""Is told that all of it is on disk and noted, or why not."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done about one record, once that is on disk."""

    url: str
    """Canonical URL whose rows it writes."""
    note: Callable[[], object]
    """Writes them; asked within a transaction."""
    done: Done
    """Is told."""
    file: tuple[Path, bytes] | None = None
    """Where and what must stand before; None: nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """Deeds in the order of their records."""

    deeds: list[Deed] = field(default_factory=list)
    """No two of one URL: what is done about the second depends on the first."""
    urls: set[str] = field(default_factory=set)
    """Theirs."""

    def add(self, deed: Deed) -> None:
        """Take one more."""
        self.deeds.append(deed)
        self.urls.add(deed.url)

    def holds(self, urls: Iterable[str]) -> bool:
        """Tell whether any of these canonical URLs has a deed here."""
        return not self.urls.isdisjoint(urls)

    @property
    def files(self) -> dict[Path, bytes]:
        """What must stand where, before the rows."""
        return dict(deed.file for deed in self.deeds if deed.file)

    def note(self, index: Index) -> None:
        """Write all rows in one step, and tell; where one deed fails, each in one of its own.  Raises CannotWrite."""
        try:
            with index:
                for deed in self.deeds:
                    deed.note()
        except CannotWrite:
            raise
        except Exception:  # noqa: BLE001 - a mistake in one deed is told where it was made, and harms no other
            for deed in self.deeds:
                deed.done(_alone(deed, index))
        else:
            self.tell(None)

    def tell(self, error: Exception | None) -> None:
        """Tell everybody the same."""
        for deed in self.deeds:
            deed.done(error)


def _alone(deed: Deed, index: Index) -> Exception | None:
    """Write the rows of one deed; return what it fails with.  Raises CannotWrite."""
    try:
        with index:
            deed.note()
    except CannotWrite:
        raise
    except Exception as error:  # noqa: BLE001 - handed on
        return error
    return None
