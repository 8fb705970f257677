"""Differ: the rows that one index has and another has not, each named by what it is of.  Reads only."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.tables.database import Refusals, address

Ask = Callable[[str], Iterable[tuple[Any, ...]]]
"""Asks a connection, and gives the rows of its answer."""
_PLACE = "w.name || ' at offset ' || c.offset"
_OF = "join {0}.urls u on u.key = "
# What a row says, numbers of other rows replaced by what they stand for; its first column names it for people.
_ROWS = {
    "warcs": "select name, size, sha256 from {0}.warcs where sha256 != ''",
    "captures": f"""select {_PLACE}, u.url, c.asked, c.epoch, c.length, c.digest, c.status,
        (select m.mime from {{0}}.mimes m where m.id = c.mime), c.state, t.offset, tw.name
        from {{0}}.captures c join {{0}}.warcs w on w.id = c.warc {_OF}c.key
        left join {{0}}.captures t on t.id = c.target left join {{0}}.warcs tw on tw.id = t.warc""",
    "borrowed": f"""select {_PLACE}, b.record, b.digest, b.waits from {{0}}.borrowed b
        join {{0}}.captures c on c.id = b.capture join {{0}}.warcs w on w.id = c.warc""",
    "pages": f"""select coalesce({_PLACE}, 'no capture'), p.epoch, p.sha256, p.content, p.changed, p.parser
        from {{0}}.pages p left join {{0}}.captures c on c.id = p.capture left join {{0}}.warcs w on w.id = c.warc""",
    "imported": f"select i.path, u.url, i.epoch, i.title, i.sha256, i.notes from {{0}}.imported i {_OF}i.key",
    "articles": f"""select a.path, u.url, {_PLACE}, a.sha256, a.edition, a.epoch, a.title, a.published, a.modified,
        a.section, a.show, a.authors, a.tags, a.image, a.caption, a.short, a.language,
        a.first, a.looked, a.gone from {{0}}.articles a left {_OF}a.key
        left join {{0}}.captures c on c.id = a.capture left join {{0}}.warcs w on w.id = c.warc""",
    "texts": f"select u.url, x.said from {{0}}.texts x {_OF}x.key",
    "labels": "select kind || ' ' || name, articles from {0}.labels where articles != 0",
    "labelled": f"""select u.url, n.kind, n.name from {{0}}.labelled l join {{0}}.labels n on n.id = l.label
        join {{0}}.texts x on x.id = l.text {_OF}x.key""",
    "urls": "select url, key, kind, state, why, attempts, last, rank from {0}.urls",
    "validators": f"select u.url, v.etag, v.last_modified from {{0}}.validators v {_OF}v.key",
    "runs": "select spider || ' ' || started, ended, outcome, counts, fields from {0}.runs",
}


def differ(old: Path, fresh: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield table, name and whether it must go, for each row of `old` that `fresh` has not, and then the other way.

    A row that says something else is yielded twice.  Raises CannotWrite if one of them cannot be read.
    """
    with Refusals(old), closing(sqlite3.connect(address(fresh), uri=True)) as db:
        db.execute("attach ? as old", (address(old),))
        yield from between(db.execute, "old", "main")


def between(ask: Ask, old: str, fresh: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the same of two indexes that one connection has under these names."""
    for table, select in _ROWS.items():
        for goes, (has, lacks) in ((True, (old, fresh)), (False, (fresh, old))):
            for row in ask(f"{select.format(has)} except {select.format(lacks)}"):
                yield table, str(row[0]), goes
