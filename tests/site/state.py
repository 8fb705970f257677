"""What changes while the site runs: published, updated, withdrawn, faults.  Thread-safe."""

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from .article import Article
from .catalogue import Catalogue
from .edits import EDITS

START = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)
"""Last-Modified of the listings before anything changed; each change adds a minute."""


@dataclass
class Fault:
    """An odd answer laid over the URLs that match."""

    pattern: re.Pattern[str]
    name: str
    left: int | None
    """How many times more; None is for ever."""


@dataclass
class State:
    """Mutable half of the site; every method may be called from any thread."""

    catalogue: Catalogue
    unpublished: int = 0
    version: int = 0
    _revisions: dict[str, int] = field(default_factory=dict)
    _edits: dict[str, tuple[tuple[str, datetime | None], ...]] = field(default_factory=dict)
    _gone: dict[str, int] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _faults: list[Fault] = field(default_factory=list)
    _live: tuple[int, tuple[Article, ...]] = (-1, ())
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._waiting = {a.path for a in self.catalogue.listable[: self.unpublished]}

    @property
    def modified(self) -> datetime:
        """When the listings last changed, by the site's own clock."""
        return START + timedelta(minutes=self.version)

    def current(self, path: str) -> Article | None:
        """The article at a path as it is now, or None if there never was one."""
        found = self.catalogue.by_path.get(path)
        return self._as_it_is(found) if found else None

    def _as_it_is(self, article: Article) -> Article:
        """An article after all that was done to it."""
        found = article.revised(self._revisions.get(article.path, 0))
        for name, touched in self._edits.get(article.path, ()):
            found = EDITS[name](replace(found, touched=touched or found.touched))
        return found

    def status(self, path: str) -> int:
        """200, or what the page of an article answers that is not out (any more)."""
        with self._lock:
            return self._gone.get(path, 404 if path in self._waiting else 200)

    def live(self) -> tuple[Article, ...]:
        """What lists show now, newest first."""
        with self._lock:
            if self._live[0] != self.version:
                hidden = self._waiting | set(self._gone)
                rows = (a for a in self.catalogue.listable if a.path not in hidden)
                self._live = (self.version, tuple(map(self._as_it_is, rows)))
            return self._live[1]

    def publish(self, count: int) -> list[Article]:
        """Bring out the oldest articles that wait."""
        with self._lock:
            queue = [a for a in reversed(self.catalogue.listable) if a.path in self._waiting]
            out = queue[:count]
            self._waiting -= {a.path for a in out}
            self.version += 1
            return out

    def update(self, path: str) -> int:
        """Edit an article once more; returns how often it was edited."""
        with self._lock:
            if path not in self.catalogue.by_path:
                raise LookupError(path)
            self._revisions[path] = self._revisions.get(path, 0) + 1
            self.version += 1
            return self._revisions[path]

    def edit(self, path: str, name: str, touched: datetime | None) -> None:
        """Edit an article in one of the ways of EDITS; listings say when, if that is told."""
        with self._lock:
            if path not in self.catalogue.by_path:
                raise LookupError(path)
            self._edits[path] = (*self._edits.get(path, ()), (name, touched))
            self.version += 1

    def restore(self, path: str) -> None:
        """Bring back what was taken down."""
        with self._lock:
            del self._gone[path]
            self.version += 1

    def withdraw(self, path: str, status: int) -> None:
        """Take an article down: its page answers `status`, 301 and 302 with its section; lists forget it."""
        with self._lock:
            if path not in self.catalogue.by_path:
                raise LookupError(path)
            self._gone[path] = status
            self.version += 1

    def set_fault(self, pattern: str, name: str, times: int | None) -> None:
        """Lay an odd answer over the decoded URLs in which `pattern` is found."""
        with self._lock:
            self._faults.append(Fault(re.compile(pattern), name, times))

    def clear_faults(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()

    def fault(self, url: str) -> str:
        """Name of the fault that strikes this request, or nothing; counts it."""
        with self._lock:
            for fault in self._faults:
                if fault.left != 0 and fault.pattern.search(url):
                    fault.left = None if fault.left is None else fault.left - 1
                    return fault.name
        return ""
