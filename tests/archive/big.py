"""Big archives, made fast: a small one that was crawled, whose index then says that it has any number of URLs.

The WARC files that the rows name are there and whole, but hold one record each: runs and `status` look no
further, `verify` would.  A million URLs take half a minute.
"""

import json
import sqlite3
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive import urls, warc
from archive.decide import MAX_ATTEMPTS, State
from archive.export import cdxj, lists
from archive.files import disk
from archive.index import NAME as INDEX
from archive.index import Index
from archive.language import han
from archive.tables import coded, texts
from archive.warcs.seal import seal
from archive.warcs.writer import Writer
from tests.archive.archives import ABOUT, CLOCK, START, answer

FILES = 4
"""WARC files that all of it lies in, as `rollup` leaves them."""
LONG_AGO = int(START.timestamp()) - 5 * 365 * 86_400
SHARE = 20
"""Of so many URLs ten are articles, nine their pictures, and one is a page that was given up: it failed for good."""
VISITS = 60
"""URLs to a run: so many runs there were, and each left its summary and one more revisit of robots.txt."""
ROBOTS = "https://www.rfi.fr/robots.txt"

_ARTICLE = """insert into articles (key, capture, path, sha256, edition, epoch, title, published, section, authors, tags,
    first, looked)
    values (:key, :id, :path, :sha256, 'cn', :epoch, :title, :epoch, '国际', '[]', '["中国", "法国"]', :epoch, :epoch)"""
_TEXT = "insert into texts (id, key, said) values (:text, :key, 0)"
_WORDS = "insert into search (rowid, title, lead, body) values (:text, :words, '', '')"
_LABELS = (("edition", "cn"), ("section", "国际"), ("tag", "中国"), ("tag", "法国"))
_PAGE = """insert into pages (capture, epoch, sha256, content, changed, parser)
    values (:id, :epoch, :sha256, :sha256, 'first', 1)"""
_URL = """insert into urls (key, url, kind, state, why, attempts, last, rank)
    values (:key, :url, :kind, :state, :why, :attempts, :epoch, :epoch)"""
_CAPTURE = """insert into captures (id, key, epoch, warc, offset, length, digest, status, mime, state)
    values (:id, :key, :epoch, :warc, :offset, 30000, :digest, :status, (select id from mimes where mime = :mime), :state)"""
_REVISIT = """insert into captures (key, epoch, warc, offset, length, digest, status, mime, state, target)
    select key, ?1, ?2, ?3, 500, digest, status, mime, state, id from captures where key = ?4 and target is null limit 1"""
_RUN = """insert into runs (spider, started, ended, outcome, counts, fields)
    values ('rfi_cn', ?1, ?1 + 300, 'finished', ?2, ?3)"""


def grow(root: Path, number: int) -> Path:
    """Let the index of an archive say that it has `number` URLs; those it has already stay as they are."""
    files = [_file(root, at) for at in range(FILES)]
    with closing(Index(root / INDEX, create=True)) as index, index:
        for name, size, sha256 in files:
            index.seal(name, size, sha256)
    with closing(sqlite3.connect(root / INDEX)) as db:
        db.executescript("pragma synchronous = off; pragma cache_size = -500000;")
        numbers = [db.execute("select id from warcs where name = ?", [name]).fetchone()[0] for name, _, _ in files]
        have, last = db.execute("select (select count(*) from urls), (select max(id) from captures)").fetchone()
        _put_urls(db, max(0, number - have), last, numbers)
        _put_runs(db, number // VISITS, numbers[-1])
        db.commit()
    for name, _, _ in files:  # a run makes none that is there
        disk.replace(cdxj.path(root, name), b"")
    with closing(Index(root / INDEX)) as index:
        lists.write(root, index)
    return root


def _file(root: Path, at: int) -> tuple[str, int, str]:
    """Make a WARC file of one pair of records; return name, size and hash."""
    CLOCK.wait(seconds=1)
    writer = Writer(root / "warc" / warc.file_name("rollup", CLOCK(), at, "big"), CLOCK(), ABOUT)
    writer.pair(answer(ROBOTS, b"User-agent: *\n", kind="text/plain"))
    found = writer.path.name, writer.size, writer.sha256
    seal(writer.close())
    return found


def _put_urls(db: sqlite3.Connection, number: int, last: int, warcs: list[int]) -> None:
    """Put in URLs with what became of them, in steps: rows in the order of their keys go in fast."""
    db.executemany("insert or ignore into mimes (mime) values (?)", [("text/html",), ("image/jpeg",)])
    for start in range(0, number, 100_000):
        rows = [_row(at, last, warcs) for at in range(start, min(start + 100_000, number))]
        db.executemany(_URL, sorted(rows, key=itemgetter("key")))
        db.executemany(_CAPTURE, rows)
        articles = [row for row in rows if row["mime"] == "text/html" and row["status"] == 200]
        db.executemany(_PAGE, articles)
        db.executemany(_ARTICLE, sorted(articles, key=itemgetter("key")))
        db.executemany(_TEXT, articles)
        db.executemany(_WORDS, articles)
        for label in _LABELS:
            db.execute("insert or ignore into labels (kind, name, articles) values (?, ?, 0)", label)
            (name,) = db.execute("select id from labels where kind = ? and name = ?", label).fetchone()
            db.executemany("insert into labelled values (?, ?)", [(name, row["text"]) for row in articles])
            db.execute("update labels set articles = articles + ? where id = ?", (len(articles), name))


def _row(at: int, last: int, warcs: list[int]) -> dict[str, Any]:
    """Return the row of a URL, of its capture, and of its article."""
    kind = "image" if at % SHARE % 2 else "article"
    dead = at % SHARE == 0
    url = (
        f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20211101-{at:07d}-%E4%B8%80%E4%BD%8D%E5%8D%81%E4%BA%8C%E5%B2%81"
        if kind == "article"
        else f"https://s.rfi.fr/media/display/{at:08x}-0000-11ec-0000-005056bf87d6/w:1280/p:16x9/a.jpg"
    )
    key = urls.key(url)
    return {
        "id": last + 1 + at,
        "key": key,
        "text": LONG_AGO // 60 * texts.SLOTS + at * texts.SLOTS,
        "url": url,
        "kind": coded.number(kind),
        "state": coded.number(State.GONE if dead else State.ARCHIVED),
        "why": "HTTP 404" if dead else "",
        "attempts": MAX_ATTEMPTS if dead else 0,
        "epoch": LONG_AGO + at * 60,
        "warc": warcs[at % len(warcs)],
        "offset": 1000 + at * 31_000,
        "digest": key.to_bytes(8, signed=True) + bytes(12),
        "status": 404 if dead else 200,
        "mime": "text/html" if kind == "article" else "image/jpeg",
        "path": f"articles/2021/11/20211101-{at:012x}.md",
        "sha256": key.to_bytes(8, signed=True) + bytes(24),
        "title": f"第{at}条短讯",
        "words": han.tokens(f"第{at}条短讯"),
    }


def _put_runs(db: sqlite3.Connection, number: int, file: int) -> None:
    """Put in the runs that archived all that, and the revisit that each left."""
    told = json.dumps({"articles": 30, "found": 60}), json.dumps({"lead": [30, 30], "pages": [30, 30]})
    db.executemany(_RUN, ((LONG_AGO + at * VISITS * 60, *told) for at in range(number)))
    key = urls.key(ROBOTS)
    db.executemany(_REVISIT, ((LONG_AGO + at * VISITS * 60, file, 600 + at * 31_000, key) for at in range(number)))
