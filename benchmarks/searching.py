"""Searching: a large archive searched, beside LIKE and FTS5's trigrams over the same texts."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from archive.index import NAME as INDEX
from archive.index import Index
from archive.language.query import Query
from archive.search import DEPTH, search
from benchmarks import reading
from benchmarks.library import Author
from benchmarks.measure import percentiles, table
from tests.archive.shelving import Story, shelve

MANY = 200_000
"""Articles."""
QUERIES = 40
"""Of each kind."""
KINDS = ("1 character", "2 characters", "3 characters", "4 characters", "two words")
COMMON = 5_000
"""Words of each length that are looked for: the commonest."""
_OURS = ("texts", "labels", "labelled", "search", "sqlite_autoindex_texts", "sqlite_autoindex_labels")
_COLUMNS = ("title", "lead", "body")
_MOST = f"order by rowid desc limit {DEPTH + 1}"
Asked = Callable[[str], object]
"""Answers a query."""


def searching(
    scratch: Path, many: int = MANY, asks: int = QUERIES, reads: tuple[int, int] = (reading.ROUNDS, reading.EACH)
) -> Iterator[str]:
    """Make a large archive of articles and search it; LIKE and trigrams give the numbers of as many articles only.

    Ours is the whole search, with facets, and 20 articles with their snippets read from their files.
    """
    root, plain = scratch / "archive", scratch / "plain.sqlite"
    start = time.perf_counter()
    shelve(root, Author().stories(many))
    built, (size, others) = time.perf_counter() - start, _rivals(plain, many)
    yield _growth(root, many, size, built, others) + "\n"
    with closing(Index(root / INDEX)) as index, closing(sqlite3.connect(plain)) as db:
        asked: dict[str, Asked] = {
            "search, best first": lambda text: search(root, index, Query(text)),
            "search, newest first": lambda text: search(root, index, Query(text, order="newest")),
            "LIKE": lambda text: _like(db, text.split()),
            "trigrams": lambda text: _trigrams(db, text.split()),
        }
        yield _compared(asked, queries(random.Random(3), asks)) + "\n"
    plain.unlink()
    yield from reading.reading(root, *reads)


def queries(chance: random.Random, asks: int) -> Iterator[tuple[str, str]]:
    """Yield kind and text of queries, the kinds in turn, commoner words more often."""
    words = Author().words
    by = [[word for word in words if len(word) == length and not word.isascii()][:COMMON] for length in range(1, 5)]

    def one(length: int) -> str:
        return by[length - 1][int(len(by[length - 1]) * chance.random() ** 2)]

    for _ in range(asks):
        yield from zip(KINDS, (*map(one, range(1, 5)), f"{one(2)} {one(2)}"), strict=True)


def _rivals(path: Path, many: int) -> tuple[int, dict[str, tuple[float, int]]]:
    """Put the same texts into a table and a trigram index; return their bytes, and seconds and bytes of each."""
    size, made = 0, dict[str, tuple[float, int]]()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("pragma synchronous = off; create table plain (id integer primary key, title, lead, body)")
        start = time.perf_counter()
        for story in Author().stories(many):
            size += story.bytes
            db.execute("insert into plain (title, lead, body) values (?, ?, ?)", _texts(story))
        db.commit()
        table_size = path.stat().st_size
        made["the texts in a table, for LIKE"] = time.perf_counter() - start, table_size
        start = time.perf_counter()
        db.execute(
            "create virtual table found using fts5 "
            "(title, lead, body, content = 'plain', content_rowid = 'id', tokenize = 'trigram')"
        )
        db.execute("insert into found (found) values ('rebuild')")
        db.commit()
    made["trigrams, beside that table"] = time.perf_counter() - start, path.stat().st_size - table_size
    return size, made


def _texts(story: Story) -> tuple[str, str, str]:
    return story.article.title, story.facts.lead, story.facts.body


def _growth(root: Path, many: int, size: int, built: float, others: Mapping[str, tuple[float, int]]) -> str:
    """Return a table of what each index takes; ours is made with all other tables and the files."""
    with closing(sqlite3.connect(root / INDEX)) as db:
        pages = db.execute("select name, sum(pgsize) from dbstat group by name").fetchall()
    ours = sum(bytes_ for name, bytes_ in pages if name.startswith(_OURS))
    rows = [("search, in the index of the archive", built, ours), *((name, *made) for name, made in others.items())]
    heads = f"{many:,} articles, {size:,} bytes of text", "seconds to make", "bytes", "bytes a byte of text"
    return table(heads, [(name, f"{took:.0f}", f"{much:,}", f"{much / size:.2f}") for name, took, much in rows])


def _like(db: sqlite3.Connection, words: Sequence[str]) -> list[tuple[int]]:
    where = " and ".join(f"({' or '.join(f'{column} like ?' for column in _COLUMNS)})" for _ in words)
    values = [f"%{word}%" for word in words for _ in _COLUMNS]
    return db.execute(f"select id from plain where {where} {_MOST}", values).fetchall()


def _trigrams(db: sqlite3.Connection, words: Sequence[str]) -> list[tuple[int]] | None:
    """Return what trigrams find; None for words that are too short for them."""
    if min(map(len, words)) < 3:  # noqa: PLR2004
        return None
    match = " AND ".join(f'"{word}"' for word in words)
    return db.execute(f"select rowid from found where found match ? {_MOST}", (match,)).fetchall()


def _compared(asked: Mapping[str, Asked], looked_for: Iterator[tuple[str, str]]) -> str:
    """Return a table of what each kind of query takes."""
    times: dict[tuple[str, str], list[float]] = {}
    for kind, text in looked_for:
        for name, ask in asked.items():
            start = time.perf_counter()
            answered = ask(text)
            if answered is not None:
                took = (time.perf_counter() - start) * 1000
                times.setdefault((kind, name), []).append(took)
                times.setdefault(("all", name), []).append(took)
    rows = [
        [kind, *(percentiles(times[kind, name]) if (kind, name) in times else "cannot" for name in asked)]
        for kind in (*KINDS, "all")
    ]
    return table(("milliseconds: p50, p95", *asked), rows)
