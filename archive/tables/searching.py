"""Searching: what the index is asked for a search: which texts have these words and labels, and how they are sorted.

Numbers of texts lie by date of news, so a search reads the newest first and stops when it has enough.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from archive.tables.texts import Texts

Span = tuple[int, int]
"""Numbers of texts: the first, and that behind the last."""
Label = tuple[int, int]
"""Number of a label, and how many articles bear it."""
_MATCH = "select s.rowid from search s"
_NEWEST = "order by s.rowid desc limit ?"
RANGE = "s.rowid >= ? and s.rowid < ?"
_LIVE = f"{_MATCH} cross join texts x on x.id = s.rowid where s.search match ? and {RANGE} and x.key is not null"
# With "+": a text with the words is asked for the label.  The other way round FTS5 would look for the words in one text
# after the other, which takes a hundred times as long for each.
_LABELLED = "(select text from labelled where label = ?)"
_ALL = "select s.id from texts s where s.id >= ? and s.id < ? and s.key is not null"
_COUNTED = """select n.kind, n.name, c.many from
    (select l.label, count(*) as many from json_each(?) x cross join labelled l on l.text = x.value group by l.label) c
    join labels n on n.id = c.label where n.kind in ({}) order by c.many desc, n.name"""
_VOCABULARY = "create virtual table if not exists temp.vocabulary using fts5vocab (main, search, row)"
# FTS5's record of averages: how many rows there are, and how many words in each column.  Source: fts5_index.c.
_AVERAGES = "select hex(block), (select count(*) from search_docsize) from search_data where id = 1"
_MET = "select 1 from search where search match ? limit 1"


class Searching(Texts):
    """The tables of texts, as a search asks them."""

    def label(self, kind: str, name: str) -> Label | None:
        """Return a label; None if no article bears it."""
        sql = "select id, articles from labels where kind = ? and name = ? and articles > 0"
        return self._row(lambda number, many: (int(number), int(many)), sql, (kind, name))

    def matching(self, match: str, span: Span, labels: Sequence[Label], limit: int) -> list[int]:
        """Return the numbers of the newest texts that have all this, the newest first.

        match: what FTS5 is to look for, "" for any text.  span: only numbers of it.
        """
        if not match:
            return list(self._rows(int, *unworded(span, labels, limit)))
        if not labels:
            return list(self._rows(int, f"{_LIVE} {_NEWEST}", (match, *span, limit)))
        conditions = f"and +s.rowid in {_LABELLED} " * len(labels)
        values = (match, *span, *(number for number, _ in sorted(labels, key=lambda label: label[1])), limit)
        return list(self._rows(int, f"{_MATCH} where s.search match ? and {RANGE} {conditions} {_NEWEST}", values))

    def counted(self, numbers: Sequence[int], kinds: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Yield kind and name of each label that these texts bear, and how many of them do, the most first."""
        sql = _COUNTED.format(", ".join("?" * len(kinds)))
        return self._rows(lambda kind, name, many: (str(kind), str(name), int(many)), sql, (str([*numbers]), *kinds))

    # What is wrong

    def garbled(self) -> Iterator[str]:
        """Yield what is wrong with the words of texts: all are read, and each is looked for; a line each."""
        try:
            self._db.execute(_VOCABULARY)
            self._db.execute("begin")
            try:
                yield from self._garbled()
            finally:
                self._db.execute("rollback")
        except sqlite3.DatabaseError as error:
            yield f"the words of texts cannot be read: {error}"

    def _garbled(self) -> Iterator[str]:
        words = self._db.execute("select term, cnt from temp.vocabulary").fetchall()
        averages, texts = self._db.execute(_AVERAGES).fetchone() or ("", 0)
        rows, *columns = [*_numbers(bytes.fromhex(averages)), 0]
        if (noted := sum(columns)) != (there := sum(count for _, count in words)):
            yield f"texts have {noted:,} words, {there:,} can be found"
        if rows != texts:
            yield f"the words of {rows:,} texts are there, {texts:,} are noted"
        lost = [word for word, _ in words if not self._db.execute(_MET, (f'"{word}"',)).fetchone()]
        if lost:
            yield f"{len(lost):,} words of texts are there and cannot be found, {lost[0]!a} first"


def _numbers(block: bytes) -> Iterator[int]:
    """Yield the numbers of a row of varints, seven bits a byte, the highest first."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 127
        if byte < 128:  # noqa: PLR2004 - the last of its number
            yield number
            number = 0


def unworded(span: Span, labels: Sequence[Label], limit: int) -> tuple[str, tuple[int, ...]]:
    """Return statement and values that give the newest texts with these labels, whatever their words."""
    if not labels:
        return f"{_ALL} order by s.id desc limit ?", (*span, limit)
    rare, *others = sorted(labels, key=lambda label: label[1])
    conditions = " ".join(f"and +s.text in {_LABELLED}" for _ in others)
    sql = f"""select s.text from labelled s where s.label = ? and s.text >= ? and s.text < ? {conditions}
        order by s.text desc limit ?"""
    return sql, (rare[0], *span, *(number for number, _ in others), limit)
