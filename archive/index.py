"""Index: what is archived and where, in SQLite.  Made from the WARC alone; delete it and rebuild.

Writes belong inside `with index:`, which keeps all of them or none.  Tables: schema.sql.
A key is the first 8 bytes of a URL's SHA-256, so that look-ups stay small.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive import urls
from archive.article import Article
from archive.decide import SAME_ATTEMPT, Known, State
from archive.errors import CannotWrite, NotFound
from archive.facts import Facts
from archive.record import Capture

NAME = "index.sqlite"
_BATCH = 500
_FACTS = "title published modified section show authors tags image caption short language".split()


@dataclass(frozen=True, slots=True)
class Filed:
    """An article file as the index has it."""

    url: str
    """Canonical URL."""
    path: str
    """Where the file lies, relative to the archive."""
    sha256: str
    """Of the file, hex."""
    epoch: int
    """Capture time: seconds since 1970 UTC."""
    title: str
    """As in the file, plain text."""
    file: str
    """Name of the WARC file that holds its record."""
    offset: int
    """Bytes before the record's gzip member."""


@dataclass(frozen=True, slots=True)
class Warc:
    """A sealed WARC file as the index has it."""

    name: str
    """Without a folder."""
    size: int
    """Bytes."""
    sha256: str
    """Of the file, hex."""


_FILED = """select u.url, a.path, a.sha256, a.epoch, a.title, w.name, c.offset from articles a
            join urls u using (key) join captures c on c.id = a.capture join warcs w on w.id = c.warc"""
_SETTLE = """insert into urls (key, url, kind, state, why, attempts, last, rank)
    values (:key, :url, :kind, :state, :why, :failed, :last, :rank)
    on conflict (key) do update set last = :last,
    state = case when state = 'archived' then state else :state end,
    why = case when state = 'archived' then why else :why end,
    attempts = case when :failed and state != 'archived' then attempts + (last is null or :last - last >= :same)
                    else 0 end"""
_SEAL = """insert into warcs (name, size, sha256) values (:name, :size, :sha256)
    on conflict (name) do update set size = :size, sha256 = :sha256"""


class Index:
    """The tables of one archive; one writer at a time, readers at any time."""

    def __init__(self, path: Path, *, create: bool = False, durable: bool = True) -> None:
        """Open the index at `path`.  Raises NotFound if it is not there and not to be made.

        durable: a committed row outlives a power cut, as its file and its record do.
        """
        if not create and not path.exists():
            raise NotFound(f"no index at {path}: `rfi-archive rebuild` makes it from warc/")
        with _refusals(path):
            fresh = not path.exists() or path.stat().st_size == 0
            self._db = sqlite3.connect(path, isolation_level=None)
            level = "full" if durable else "off"
            self._db.executescript(
                f"pragma journal_mode = wal; pragma synchronous = {level}; pragma foreign_keys = on;"
            )
            if fresh:
                self._db.executescript(f"begin; {files('archive').joinpath('schema.sql').read_text('utf-8')} commit;")
        self.path = path
        self._depth = 0

    def close(self) -> None:
        """Fold the write-ahead log into the file and let it go."""
        with _refusals(self.path):
            self._db.close()

    def __enter__(self) -> Self:
        """Begin a transaction; inside another it is part of that one."""
        if self._depth == 0:
            with _refusals(self.path):
                self._db.execute("begin immediate")
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was written, or nothing of it after an error."""
        self._depth -= 1
        if self._depth:
            return
        with _refusals(self.path):
            self._db.execute("rollback" if kind else "commit")
            if isinstance(error, sqlite3.DatabaseError):
                raise error

    def _rows(self, sql: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        with _refusals(self.path):
            yield from self._db.execute(sql, tuple(values))

    def _row(self, sql: str, values: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        return next(self._rows(sql, values), None)

    # What is known

    def known(self, wanted: Iterable[str]) -> dict[str, Known]:
        """Return what is known of each of these canonical URLs; those never met are left out."""
        found = {}
        for some in _batches(wanted):
            keys = {urls.key(url): url for url in some}
            marks = ",".join("?" * len(keys))
            for key, url, state, attempts, last in self._rows(
                f"select key, url, state, attempts, last from urls where key in ({marks})", list(keys)
            ):
                if keys[key] == url:
                    found[url] = Known(State(state), attempts, _date(last))
        return found

    def open_urls(self, kind: urls.Kind) -> Iterator[tuple[str, int, Known]]:
        """Yield every URL that is not done yet, with its rank, newest first."""
        rows = self._rows(
            "select url, rank, state, attempts, last from urls"
            " where state in ('listed', 'rejected', 'failed', 'gone') and kind = ? order by rank desc, url",
            (kind,),
        )
        for url, rank, state, attempts, last in rows:
            yield url, rank, Known(State(state), attempts, _date(last))

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return ETag and Last-Modified of a listing's last good answer."""
        row = self._row("select etag, last_modified from validators where key = ?", (urls.key(url),))
        return (row[0], row[1]) if row else (None, None)

    def filed(self, *, url: str = "", path: str = "") -> Filed | None:
        """Return the article of a URL, or that of a path relative to the archive."""
        row = self._row(f"{_FILED} where a.key = ? or a.path = ?", (urls.key(url) if url else None, path))
        return Filed(*row) if row else None

    def articles(self, *, edition: str | None = None, newest: int = -1) -> Iterator[Filed]:
        """Yield article files, newest capture first, all or so many of them; of one edition or of all."""
        where, values = (" where a.edition = ?", [edition]) if edition else ("", [])
        rows = self._rows(f"{_FILED}{where} order by a.epoch desc, a.path limit ?", [*values, newest])
        return (Filed(*row) for row in rows)

    def filed_from(self, file: str) -> dict[int, Filed]:
        """Return the article files made from records of one WARC file, by offset."""
        return {row[6]: Filed(*row) for row in self._rows(f"{_FILED} where w.name = ?", (file,))}

    def captures(self, file: str) -> dict[int, tuple[str, int, str]]:
        """Return URL, epoch and payload digest of each capture in one WARC file, by offset."""
        rows = self._rows(
            "select c.offset, u.url, c.epoch, c.digest from captures c join urls u using (key)"
            " join warcs w on w.id = c.warc where w.name = ?",
            (file,),
        )
        return {offset: (url, epoch, digest) for offset, url, epoch, digest in rows}

    def warcs(self) -> list[Warc]:
        """Return the sealed WARC files, oldest first as they were sealed."""
        return [Warc(*row) for row in self._rows("select name, size, sha256 from warcs where sha256 != '' order by id")]

    def capture_count(self) -> int:
        """Return how many captures there are."""
        return int(next(self._rows("select count(*) from captures"))[0])

    def counts(self) -> dict[str, Any]:
        """Return the figures of the whole archive, for `status`; a plain value for JSON."""
        states = self._rows("select kind, state, count(*) from urls group by 1, 2 order by 1, 2")
        captures, first, last = next(self._rows("select count(*), min(epoch), max(epoch) from captures"))
        files_, size = next(self._rows("select count(*), coalesce(sum(size), 0) from warcs where sha256 != ''"))
        articles = dict(iter(self._rows("select edition, count(*) from articles group by 1 order by 1")))
        runs = self._rows(
            "select spider, started, ended, outcome, counts from runs order by started desc, spider limit 5"
        )
        return {
            "articles": articles,
            "urls": [{"kind": kind, "state": state, "count": count} for kind, state, count in states],
            "captures": {"count": captures, "first": _iso(first), "last": _iso(last)},
            "warc": {"files": files_, "bytes": size},
            "runs": [
                {
                    "spider": spider,
                    "started": _iso(started),
                    "ended": _iso(ended),
                    "outcome": outcome,
                    "counts": json.loads(counts),
                }
                for spider, started, ended, outcome, counts in runs
            ],
        }

    # What is written

    def list_urls(self, found: Iterable[tuple[str, int]]) -> None:
        """Note URLs that something named, each with its rank; what is known of a URL stays as it is."""
        rows = ((urls.key(url), url, urls.kind(url), State.LISTED, rank) for url, rank in found)
        self._db.executemany("insert or ignore into urls (key, url, kind, state, rank) values (?, ?, ?, ?, ?)", rows)

    def settle(self, url: str, state: State, why: str, at: datetime, rank: int) -> None:
        """Note what a fetch made of a URL.  An archived one stays archived, whatever a later fetch says."""
        self._db.execute(
            _SETTLE,
            {
                "key": urls.key(url),
                "url": url,
                "kind": urls.kind(url),
                "state": state,
                "why": why,
                "failed": state in (State.REJECTED, State.FAILED, State.GONE),
                "last": _seconds(at),
                "rank": rank,
                "same": int(SAME_ATTEMPT.total_seconds()),
            },
        )

    def capture(self, capture: Capture, url: str) -> int:
        """Note a response record of a URL that has a row; return the capture's number."""
        self._db.execute("insert or ignore into warcs (name, size, sha256) values (?, 0, '')", (capture.file,))
        self._db.execute(
            "insert into captures (key, epoch, warc, offset, length, digest, status)"
            " values (?, ?, (select id from warcs where name = ?), ?, ?, ?, ?)",
            (
                urls.key(url),
                _seconds(capture.date),
                capture.file,
                capture.offset,
                capture.length,
                capture.digest,
                capture.status,
            ),
        )
        return int(self._db.execute("select last_insert_rowid()").fetchone()[0])

    def file(self, article: Article, facts: Facts, path: str, sha256: str, capture: int) -> None:
        """Note an article file and the capture it was made from; an older version's row gives way."""
        edition = urls.edition_of(article.url)
        values = [article.title, _seconds(facts.published), _seconds(facts.modified), facts.section, facts.show]
        values += [json.dumps(facts.authors, ensure_ascii=False), json.dumps(facts.tags, ensure_ascii=False)]
        values += [facts.image, facts.caption, facts.short, facts.language]
        self._db.execute(
            f"insert or replace into articles (key, capture, path, sha256, edition, epoch, {', '.join(_FACTS)})"
            f" values ({', '.join('?' * (6 + len(_FACTS)))})",
            [
                urls.key(article.url),
                capture,
                path,
                sha256,
                edition.code if edition else "",
                article.epoch // 1000,
                *values,
            ],
        )

    def validate(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Note what a listing's answer said of its version."""
        self._db.execute("insert or replace into validators values (?, ?, ?)", (urls.key(url), etag, last_modified))

    def seal(self, name: str, size: int, sha256: str) -> None:
        """Note that a WARC file is sealed."""
        self._db.execute(_SEAL, {"name": name, "size": size, "sha256": sha256})

    def run(self, spider: str, started: datetime, ended: datetime, outcome: str, counts: Mapping[str, int]) -> None:
        """Note a crawl that has ended."""
        self._db.execute(
            "insert or replace into runs (spider, started, ended, outcome, counts) values (?, ?, ?, ?, ?)",
            (spider, _seconds(started), _seconds(ended), outcome, json.dumps(dict(sorted(counts.items())))),
        )


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn what SQLite refuses into one clear error."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise CannotWrite(
            f"the index {path} cannot be used ({error}): free the disk, or delete it and `rfi-archive rebuild`"
        ) from error


def _batches(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while some := list(islice(iterator, _BATCH)):
        yield some


def _seconds(date: datetime | None) -> int | None:
    return int(date.timestamp()) if date else None


def _date(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _iso(seconds: int | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds is not None else None
