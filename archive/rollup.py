"""Rollup: the small WARC files of past days become files of up to 1 GB.

A run leaves a file of its own, and a crawl every half hour leaves 17,000 a year.  Each byte
is copied few times: a file joins younger ones only when they are as large together.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive import warc
from archive.commit import merge
from archive.commit.merge import Merged
from archive.engines.opening import open_index
from archive.errors import BadRecord
from archive.export import cdxj
from archive.files.lock import Lock
from archive.index import NAME as INDEX
from archive.index import Index
from archive.records import lenient
from archive.tables.rows import Warc

LIMIT = 1 << 30
"""Bytes of a merged file; one that has half of them is left alone."""


def rollup(root: Path, now: datetime, progress: warc.Progress, limit: int = LIMIT) -> Iterator[Merged | BadRecord]:
    """Merge what can be merged; yield each merged file, or the source that keeps its group from being one.

    Replay can go on meanwhile.  Raises NotFound if there is no archive, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    with Lock(root, "rfi-archive rollup", now), closing(open_index(root / INDEX, create=True)) as index:
        merge.settle(folder, index)
        for group in groups(_in_order(index), now, limit):
            try:
                merged = merge.make(folder, group, now, progress)
            except BadRecord as error:
                yield error
                continue
            index.merge(merged.file, merged.starts())
            cdxj.write(root, index)  # before the sources go: who replays finds each capture at any moment
            merge.remove(folder, merged.sources)
            yield merged


def to_copy(root: Path, now: datetime) -> int:
    """Return how many bytes a rollup would copy now."""
    with closing(open_index(root / INDEX)) as index:
        return sum(file.size for group in groups(_in_order(index), now) for file in group)


def _in_order(index: Index) -> list[Warc]:
    return sorted(index.warcs(), key=lambda file: warc.sort_key(file.name))


def groups(files: Iterable[Warc], now: datetime, limit: int = LIMIT) -> Iterator[list[Warc]]:
    """Yield the files that should become one, group by group.

    files: all sealed ones, in the order of `warc.sort_key`.  A group holds neighbours that were
    begun before this day, UTC, two at least, `limit` bytes at most.
    """
    group: list[Warc] = []
    for file in files:
        if not _may_join(file.name, now) or file.size >= limit // 2 or sum(f.size for f in group) + file.size > limit:
            yield from _worthwhile(group)
            group = []
        if _may_join(file.name, now) and file.size < limit // 2:
            group.append(file)
    yield from _worthwhile(group)


def _may_join(name: str, now: datetime) -> bool:
    """Tell whether a file was begun on an earlier day, UTC, as its name says, and holds what was recorded here.

    What was imported stays as it came: other tools wrote its records, and a merged file is held to our own rules.
    """
    stamp, _ = warc.sort_key(name)
    return bool(stamp) and not lenient.is_foreign(name) and stamp[:8] < now.astimezone(UTC).strftime("%Y%m%d")


def _worthwhile(group: list[Warc]) -> Iterator[list[Warc]]:
    """Yield the group without the oldest files that are larger than all behind them; nothing if no two are left."""
    while len(group) > 1 and group[0].size > sum(file.size for file in group[1:]):
        group = group[1:]
    if len(group) > 1:
        yield group
