"""Growing: an index of any number of URLs and captures, made as life makes it: as they come, not by their keys."""

import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from archive import urls
from archive.index import NAME, Index
from archive.tables import coded

CAPTURES = 3
"""Of each URL."""
FILE = 33_000
"""Captures to a WARC file: a GB of 30 kB."""
WAITS, GIVEN_UP = 20, 100
"""Of so many URLs one waits for its next try, or is given up; all others are archived."""
START = 1_500_000_000
_TITLE = quote("法国总统在巴黎会见中国外长双方")
_URL = "insert into urls (key, url, kind, state, why, attempts, last, rank) values (?, ?, ?, ?, ?, ?, ?, ?)"
_CAPTURE = """insert into captures (key, epoch, warc, offset, length, digest, status, mime, state)
    values (?, ?, ?, ?, 30000, ?, 200, ?, 0)"""
_WARC = "insert into warcs (id, name, size, sha256) values (?, ?, 1000000000, ?)"
# A file that nobody else has, and that is thrown away if this dies: nothing of it is written twice.
_FAST = "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -4000000; pragma foreign_keys = off;"
Row = tuple[object, ...]


def url(number: int) -> str:
    """Return a canonical URL as long as the site's are: an article's, then a picture's."""
    if number % 2:
        return f"https://s.rfi.fr/media/display/{number:08x}-0000-11ec-0000-005056bf87d6/w:1280/p:16x9/a.jpg"
    return f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/{2000 + number // 500_000}1031-{_TITLE}-{number}"


def digest(number: int) -> bytes:
    """Return the SHA-1, so to speak, of a capture: each has another."""
    return (number * 0x9E3779B97F4A7C15 % (1 << 64)).to_bytes(8) * 2 + bytes(4)


def grow(folder: Path, number: int, captures: int = CAPTURES) -> Path:
    """Make the index of so many URLs, each captured so often; return where it is."""
    folder.mkdir(parents=True)
    Index(folder / NAME, create=True).close()
    with closing(sqlite3.connect(folder / NAME, isolation_level=None)) as db:
        db.executescript(f"{_FAST} begin; insert into mimes values (1, 'text/html'), (2, 'image/jpeg');")
        files = range(1, number * captures // FILE + 2)
        db.executemany(_WARC, ((file, f"rfi_cn-{file:020}.warc.gz", "0" * 64) for file in files))
        keys = array("q")
        db.executemany(_URL, _urls(number, keys))
        db.executemany(_CAPTURE, _captures(keys, captures))
        db.execute("commit")
        db.execute("pragma journal_mode = wal")
    return folder / NAME


def _urls(number: int, keys: "array[int]") -> Iterator[Row]:
    """Yield the rows of URLs as they were met, and put their keys down."""
    archived, waits, gone = map(coded.number, ("archived", "failed", "gone"))
    for one in range(number):
        text, epoch = url(one), START + one
        keys.append(key := urls.key(text))
        if one % GIVEN_UP == 0:
            yield key, text, one % 2, gone, "HTTP 404", 8, epoch, epoch
        elif one % WAITS == 0:
            yield key, text, one % 2, waits, "HTTP 503", 1, epoch, epoch
        else:
            yield key, text, one % 2, archived, "", 0, epoch, epoch


def _captures(keys: "array[int]", times: int) -> Iterator[Row]:
    """Yield the captures as they lie in their files: all URLs once, and all again."""
    at = 0
    for _ in range(times):
        for one, key in enumerate(keys):
            yield key, START + at, at // FILE + 1, at % FILE * 30_000, digest(at), 1 + one % 2
            at += 1
