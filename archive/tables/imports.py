"""Imports: what the index keeps of other archivers' article files, which lie in `imported/`.

A URL that is not known otherwise is `imported`, or `listed` if one of its files is wanted.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from archive import urls
from archive.decide import State
from archive.strangers.imported import WANTED, Imported, twin
from archive.tables import coded
from archive.tables.figures import Figures
from archive.urls import Kind

NAMED = "named by an imported file"
"""Why a URL is known that nothing else has named: its rank is that of its day, until something does."""
_KNOWN = f"""insert or ignore into urls (key, url, kind, state, why, rank)
    values (:key, :url, :kind, :listed, '{NAMED}', :rank)"""
_ROW = "insert or replace into imported values (:path, :key, :epoch, :title, :sha256, :notes)"
_STATE = f"""update urls set state =
    case when exists (select 1 from imported i where i.key = :key and i.path glob '{WANTED}*')
        then :listed else :imported end
    where key = :key and url = :url and state in (:listed, :imported)"""
_IMPORTED = "select i.path, u.url, i.epoch, i.title, i.sha256, i.notes from imported i join urls u using (key)"
UNEVEN = coded.sql(f"""select u.url, 'its text is imported, but no file of it is noted' from urls u
        where u.state = 'imported' and not exists (select 1 from imported i where i.key = u.key)
    union all select i.path, 'it is wanted, but its URL is not' from imported i join urls u using (key)
        where u.state = 'imported' and i.path glob '{WANTED}*'""")
"""Where the table and that of the URLs contradict each other, and how."""


class Imports(Figures):
    """The table of imported files."""

    def is_imported(self, path: str) -> bool:
        """Tell whether an imported file is known, by its path."""
        return self._row(bool, "select 1 from imported where path = ?", (path,)) or False

    def has_imports(self) -> bool:
        """Tell whether any imported file is known."""
        return self._row(bool, "select 1 from imported limit 1") or False

    def imported(self, path: str) -> Imported | None:
        """Return what is known of an imported file, by its path."""
        return self._row(_imported, f"{_IMPORTED} where i.path = ?", (path,))

    def imports(self) -> Iterator[Imported]:
        """Yield all imported files, by path."""
        return self._each(_imported, f"{_IMPORTED} order by i.path")

    def import_counts(self) -> dict[str, int]:
        """Return how many imported files there are, and how many of them are wanted, for `status`."""
        sql = f"select count(*), count(*) filter (where path glob '{WANTED}*') from imported"
        return next(self._rows(lambda files, wanted: {"files": int(files), "wanted": int(wanted)}, sql))

    def import_all(self, files: Iterable[tuple[Imported, int]]) -> None:
        """Note imported files, each with its URL's rank; a file that was kept and is wanted now has one row."""
        found = [_values(file, rank) for file, rank in files]
        self._db.executemany(_KNOWN, found)
        self._db.executemany("delete from imported where path = :twin and :wanted", found)
        self._db.executemany(_ROW, found)
        self._db.executemany(_STATE, found)


def _values(file: Imported, rank: int) -> dict[str, Any]:
    return {
        "path": file.path,
        "twin": twin(file.path),
        "wanted": file.path.startswith(WANTED),
        "key": urls.key(file.url),
        "url": file.url,
        "kind": coded.number(Kind.ARTICLE),
        "epoch": file.epoch,
        "title": file.title,
        "sha256": file.sha256,
        "notes": file.notes,
        "rank": rank,
        "listed": coded.number(State.LISTED),
        "imported": coded.number(State.IMPORTED),
    }


def _imported(path: str, url: str, epoch: int, title: str, sha256: str, notes: str) -> Imported:
    return Imported(str(path), str(url), int(epoch), str(title), str(sha256), str(notes))
