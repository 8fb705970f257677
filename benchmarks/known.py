"""Known: what the index costs as it grows: a listing looked up, its rows on disk; beside a bare table and a set."""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from archive import urls
from archive.index import NAME
from benchmarks.asking import LISTING
from benchmarks.growing import CAPTURES, grow, url
from benchmarks.measure import table

SIZES = 100_000, 1_000_000, 10_000_000
"""URLs."""
ROUNDS = 5
"""First listings, each in a process of its own; of them the median."""
_PAGES = "select name, sum(pgsize) from dbstat group by name"
_OF_URLS, _OF_CAPTURES = ("urls",), ("captures", "sqlite_autoindex_captures")
Figures = dict[str, float]


def known(scratch: Path) -> Iterator[str]:
    """A listing of 500 URLs, half of them known, is looked up in the index of as many URLs, each captured three times.

    All came in the order of their publication, so that keys lie at random, as in life. First listing: opening and
    looking up with no page of the file in memory, in a new process, its start aside. Warm: any listing, the file in
    the page cache, by the time of the processor. Bytes a URL: all that its row and its indexes take, without the
    text of the URL.
    """
    ours, rows = dict[int, Figures](), list[list[str]]()
    for number in SIZES:
        for store, path in _stores(scratch / str(number), number):
            found = _measured(store, path, number)
            if store == "the index":
                ours[number] = found | _disk(path, number)
            rows.append(_told(store, number, found, path))
            print(rows[-1], file=sys.stderr)
            if store != "the index":
                path.unlink()
    heads = "store", "URLs", "opened, ms", "first listing, ms", "warm, ms", "MiB of memory", "MB on disk"
    yield table(heads, rows) + "\n"
    yield _growth(ours) + "\n"
    yield _run(scratch / str(SIZES[0]), scratch / str(SIZES[-1]))


def _stores(folder: Path, number: int) -> Iterator[tuple[str, Path]]:
    """Make each store of so many URLs."""
    start = time.perf_counter()
    yield "the index", grow(folder, number)
    print(f"{number:,} grown in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    keys = array("q", (urls.key(url(one)) for one in range(number)))
    with closing(sqlite3.connect(folder / "keys.sqlite")) as db:
        db.executescript(
            "pragma synchronous = off; pragma cache_size = -500000; create table seen (key integer primary key)"
        )
        db.executemany("insert into seen values (?)", ((key,) for key in keys))
        db.commit()
    yield "a table of keys", folder / "keys.sqlite"
    (folder / "keys").write_bytes(keys.tobytes())
    yield "a set of keys", folder / "keys"


def _measured(store: str, path: Path, number: int) -> Figures:
    """Return the medians of a store's first listings and of its warm ones."""
    first = list[dict[str, Any]]()
    for _ in range(ROUNDS):
        _evict(path)
        first.append(_asked(store, path, number, "cold"))
    _warm(path)
    warm = _asked(store, path, number, "warm")
    told = {name: statistics.median(one[name] for one in first) for name in ("open", "cold")}
    return {**told, "warm": statistics.median(warm["warm"]), "size": warm["size"]}


def _asked(*words: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.asking", *map(str, words)]
    found: dict[str, Any] = json.loads(subprocess.check_output(command))
    return found


def _evict(path: Path) -> None:
    """Let go of the pages of a file; those that are not on disk yet would stay."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _warm(path: Path) -> None:
    """Have the pages of a file in memory."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _disk(path: Path, number: int) -> Figures:
    """Return the bytes of a URL without its text, and of a capture, by the pages that their tables and indexes have."""
    texts = sum(len(url(one)) for one in range(number))
    with closing(sqlite3.connect(path)) as db:
        pages = db.execute(_PAGES).fetchall()
    of = [sum(size for name, size in pages if name.startswith(kind)) for kind in (_OF_URLS, _OF_CAPTURES)]
    return {"text": texts / number, "URL": (of[0] - texts) / number, "capture": of[1] / number / CAPTURES}


def _told(store: str, number: int, found: Figures, path: Path) -> list[str]:
    times = [f"{found['open']:.1f}", f"{found['cold']:.0f}", f"{found['warm']:.2f}"]
    return [store, f"{number:,}", *times, f"{found['size']:.0f}", f"{path.stat().st_size / 1e6:,.0f}"]


def _growth(ours: dict[int, Figures]) -> str:
    """Return a table of what grows with the index, and by how much."""
    names = {
        "warm listing, ms": "warm",
        "first listing, ms": "cold",
        "bytes a URL without its text": "URL",
        "bytes a capture": "capture",
        "bytes of a URL's text": "text",
    }
    rows = [(name, *(f"{found[key]:.2f}" for found in ours.values())) for name, key in names.items()]
    first, last = ours[SIZES[0]], ours[SIZES[-1]]
    return table(
        (f"the index ({LISTING} URLs a listing)", *(f"{number:,} URLs" for number in ours), "last to first"),
        [(*row, f"{last[key] / first[key]:.2f}") for row, key in zip(rows, names.values(), strict=True)],
    )


def _run(least: Path, most: Path) -> str:
    """Return a table of what else a run asks: in the smallest index and in the largest, the file in the page cache."""
    found = list[dict[str, Any]]()
    for folder in (least, most):
        path = folder / NAME
        _warm(path)
        found.append(_asked("the index", path, int(folder.name), "run"))
    rows = [(name, *(f"{told[name]:.2f}" for told in found)) for name in found[0]]
    return table(
        ("what else a run asks, once, ms of processor", *(f"{int(one.name):,} URLs" for one in (least, most))), rows
    )
