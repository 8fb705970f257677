"""`python -m benchmarks.asking STORE FILE URLS MODE`: ask a store for listings, in a process of its own; prints JSON.

STORE: one of STORES.  MODE: "cold": the first listing; "warm": many; "run": what else a run asks.
"""

import json
import random
import re
import sqlite3
import sys
import time
from array import array
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from archive import urls
from archive.decide import State
from archive.index import Index
from archive.records.record import Capture
from archive.tables.coded import digest
from archive.urls import Kind
from benchmarks.growing import CAPTURES, FILE, START, url
from benchmarks.growing import digest as payload

LISTING = 500
"""URLs of a listing; half of them are known."""
LISTINGS = 200
"""Of a warm run; before them as many that are not measured."""
GROUP = 64
"""Captures that a run commits at once."""
_HELD = re.compile(r"VmHWM:\s+(\d+) kB")
Known = Callable[[list[str]], object]
"""Tells what is known of URLs."""


def ours(path: Path) -> Known:
    """The index, as a run opens it."""
    return Index(path, create=True).known


def bare(path: Path) -> Known:
    """A table of nothing but keys."""
    db = sqlite3.connect(path)

    def known(wanted: list[str]) -> object:
        keys = [urls.key(url) for url in wanted]
        return {key for (key,) in db.execute(f"select key from seen where key in ({','.join('?' * len(keys))})", keys)}

    return known


def memory(path: Path) -> Known:
    """A set of keys, read from a file of them."""
    keys = array("q")
    keys.frombytes(path.read_bytes())
    seen = set(keys)
    return lambda wanted: [url for url in wanted if urls.key(url) in seen]


STORES: dict[str, Callable[[Path], Known]] = {"the index": ours, "a table of keys": bare, "a set of keys": memory}


def asked(store: str, path: Path, number: int, mode: str) -> dict[str, Any]:
    """Return milliseconds and MiB, by name."""
    if mode == "run":
        return _run(path, number)
    chance = random.Random(time.time_ns())
    listings = ([url(chance.randrange(2 * number)) for _ in range(LISTING)] for _ in iter(int, 1))
    first = next(listings)
    start = time.perf_counter()
    known = STORES[store](path)
    opened = time.perf_counter()
    known(first)
    cold = time.perf_counter() - start
    times = [_ms(known, some) for some in islice(listings, 2 * LISTINGS if mode == "warm" else 0)]
    size = int(_HELD.findall(Path("/proc/self/status").read_text())[0]) / 1024
    return {"open": (opened - start) * 1000, "cold": cold * 1000, "warm": times[LISTINGS:], "size": size}


def _ms(do: Callable[..., object], *values: object) -> float:
    """Return the milliseconds of processor that something takes: nothing waits for a disk, and others share ours."""
    start = time.process_time()
    do(*values)
    return (time.process_time() - start) * 1000


def _run(path: Path, number: int) -> dict[str, float]:
    """Return what each question of a run costs, its first time and once more, and what a group of captures does."""
    chance = random.Random(time.time_ns())
    with closing(Index(path, create=True)) as index:
        one, files = url(chance.randrange(number)), number * CAPTURES // FILE
        file, said = f"rfi_cn-{files // 2 + 1:020}.warc.gz", digest(payload(number // 2).hex())
        since = datetime.fromtimestamp(START + number, UTC)
        questions: dict[str, Callable[[], object]] = {
            "a URL known": lambda: index.known([one]),
            "what a listing said of its version": lambda: index.validators(one),
            "the record that holds a payload": lambda: index.original(one, said),
            "the captures of a URL": lambda: index.captures(one),
            "the sealed files": index.warcs,
            "the captures of a file": lambda: index.offsets(file),
            "the next capture in a file": lambda: index.next_offset(file, 100_000_000),
            "the first 500 that wait": lambda: list(islice(index.open_urls(Kind.ARTICLE), LISTING)),
            "how many wait": index.waiting,
            "the last 100 given up": lambda: index.given_up(since, 100),
            "how many are given up": index.given_up_count,
            "when an article was last new": lambda: index.newest("cn"),
        }
        told = {name: _ms(ask) for name, ask in questions.items()}
        told[f"{GROUP} captures of new URLs noted"] = _ms(_note, index, number, range(GROUP))
        told["all figures, for `status` alone"] = _ms(index.counts)
    return told


def _note(index: Index, number: int, group: Iterable[int]) -> None:
    at = datetime.fromtimestamp(START + 2 * number, UTC)
    with index:
        for one in group:
            text = url(2 * number + one)
            index.settle(text, State.ARCHIVED, "", at, 0)
            said = digest(payload(-1 - one).hex())
            index.capture(Capture("new", one, 1, text, at, said, 200, "text/html", None), text, State.ARCHIVED)


if __name__ == "__main__":
    store, path, number, mode = sys.argv[1:]
    print(json.dumps(asked(store, Path(path), int(number), mode)))
