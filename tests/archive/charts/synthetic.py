"""Indexes made fast, of any number of years: rows as a crawl leaves them, by a die that always falls the same.

There are no WARC files, no article files and no words to search below them: pictures look no further than the index.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from archive import urls
from archive.index import NAME, Index
from archive.page import PARIS
from archive.tables import coded
from archive.tables.texts import SLOTS

SECTIONS = dict(
    zip("中国 国际 法国 港澳台 亚洲 美洲 欧洲 中东 非洲 社会 体育 科技".split(), range(24, 0, -2), strict=True)
)
"""Section -> how many of a hundred or so."""
SHOWS = "要闻解说 公民论坛 法国思潮 微言微语 特别专题 东西之间 环境与发展 文艺欣赏 美洲来鸿 曼谷专栏".split()
_LAGS = (90, 400, 1_500, 2_700, 7_000, 20_000, 60_000, 200_000)
_URL = coded.sql("insert into urls (key, url, kind, state, last, rank) values (?, ?, ?, 'archived', ?, ?)")
_CAPTURE = """insert into captures (id, key, epoch, warc, offset, length, digest, status, mime, state)
    values (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)"""
_PAGE = "insert into pages (capture, epoch, sha256, content, changed, parser) values (?, ?, ?, ?, ?, 1)"
_ARTICLE = """insert into articles (key, capture, path, sha256, edition, epoch, title, published, section, show, authors,
    tags, short, first, looked, gone) values (?, ?, ?, ?, 'cn', ?, ?, ?, ?, ?, '["小山"]', '["中国", "法国"]', ?, ?, ?, ?)"""
_LABEL = "insert or ignore into labels (kind, name, articles) values (?, ?, 0)"
_LABELLED = "insert into labelled select id, ? from labels where kind = ? and name = ?"


@dataclass
class Life:
    """An archive's life: which days had how many articles, and what became of them."""

    days: dict[date, int]
    sections: dict[str, int] = field(default_factory=lambda: dict(SECTIONS))
    shows: list[str] = field(default_factory=lambda: list(SHOWS))
    edited: float = 0.06
    """Share of the articles that were edited once."""
    gone: float = 0.002
    pictures: int = 0
    """Captures of other things to each article."""


def days(first: date, last: date, usual: float, seed: int = 7) -> dict[date, int]:
    """Days as a site has them: fewer on weekends, now and then none or few, once a fortnight without any."""
    die, made = random.Random(seed), {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        mean = usual * (0.7 + 0.6 * number / 4_000) * (0.55 if day.weekday() > 4 else 1)
        made[day] = max(0, round(die.gauss(mean, mean**0.5)))
        if die.random() < 0.006:
            made[day] = 0
        elif die.random() < 0.01:
            made[day] = round(mean * 0.2)
    hole = first + (last - first) * 0.4
    return {day: 0 if 0 <= (day - hole).days < 14 else count for day, count in made.items()}


def make(root: Path, life: Life, seed: int = 7) -> Path:
    """Make the index of an archive; return the archive's folder."""
    root.mkdir(parents=True, exist_ok=True)
    Index(root / NAME, create=True).close()
    with closing(sqlite3.connect(root / NAME)) as db:
        db.executescript("pragma synchronous = off; pragma cache_size = -200000;")
        db.execute("insert into mimes values (1, 'text/html')")
        _Rows(db, random.Random(seed)).fill(life)
        db.commit()
        db.execute("pragma wal_checkpoint(truncate)")
    return root


class _Rows:
    """Puts rows in: of articles, of their captures in a WARC file for each month, of texts and labels."""

    def __init__(self, db: sqlite3.Connection, die: random.Random) -> None:
        self._db, self._die = db, die
        self._captures = 0
        self._warcs: dict[str, int] = {}
        self._ends = Counter[int]()
        self._texts = set[int]()

    def fill(self, life: Life) -> None:
        for at, (day, published) in enumerate(_published(life, self._die)):
            self._article(life, at, day, published)
        self._db.executemany("update warcs set size = ? where id = ?", [(n, name) for name, n in self._ends.items()])
        self._db.execute("update labels set articles = (select count(*) from labelled where label = labels.id)")

    def _article(self, life: Life, at: int, day: date, published: datetime) -> None:
        die = self._die
        first = int(published.timestamp()) + round(die.choice(_LAGS) * die.uniform(0.2, 1.2))
        edited = first + round(600 * 10 ** die.uniform(0, 4)) if die.random() < life.edited else 0
        gone = max(first, edited) + 86_400 if die.random() < life.gone else None
        key = self._url(
            f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/{day:%Y%m%d}-{at:07d}", coded.number("article"), first
        )
        pages = [self._page(key, epoch) for epoch in (first, edited) if epoch]
        if gone:
            self._capture(key, gone, 400, 404, "gone")
        for one in range(life.pictures):
            url = f"https://s.rfi.fr/media/display/{at:08x}-{one:04x}-11ec-0000-005056bf87d6/w:1280/p:16x9/a.jpg"
            self._capture(self._url(url, coded.number("image"), first), first + 2, die.randrange(9_000, 90_000))
        section = die.choices([*life.sections], [*life.sections.values()])[0] if life.sections else ""
        show = die.choice(life.shows) if life.shows and die.random() < 0.2 else None
        when = None if die.random() < 0.01 else int(published.timestamp())
        path = f"articles/{day:%Y/%m/%Y%m%d}-{at:012x}.md"
        told = (
            f"第{at}条短讯：某地发生某事",
            when,
            section,
            show,
            "某日，某人说了几句话。" * 8,
            first,
            max(first, edited),
        )
        self._db.execute(_ARTICLE, (key, pages[-1], path, at.to_bytes(32), max(first, edited), *told, gone))
        self._text(key, day, published if when else None, [("section", section), ("show", show)])

    def _url(self, url: str, kind: int, epoch: int) -> int:
        self._db.execute(_URL, (urls.key(url), url, kind, epoch, epoch))
        return urls.key(url)

    def _page(self, key: int, epoch: int) -> int:
        there = self._db.execute("select 1 from captures where key = ?", (key,)).fetchone()
        number = self._capture(key, epoch, self._die.randrange(18_000, 60_000))
        self._db.execute(_PAGE, (number, epoch, number.to_bytes(32), number.to_bytes(32), "body" if there else "first"))
        return number

    def _capture(self, key: int, epoch: int, length: int, status: int = 200, state: str = "archived") -> int:
        name = f"rfi_cn-{datetime.fromtimestamp(epoch, UTC):%Y%m}01000000000-00000-vm-00000000.warc.gz"
        if name not in self._warcs:
            self._warcs[name] = len(self._warcs) + 1
            self._db.execute("insert into warcs values (?, ?, 0, ?)", (self._warcs[name], name, "0" * 64))
        file, self._captures = self._warcs[name], self._captures + 1
        where = (file, self._ends[file] + 900, length)
        self._db.execute(
            _CAPTURE, (self._captures, key, epoch, *where, self._captures.to_bytes(20), status, coded.number(state))
        )
        self._ends[file] += 900 + length
        return self._captures

    def _text(self, key: int, day: date, published: datetime | None, labels: list[tuple[str, str | None]]) -> None:
        """Put in the text of an article, without its words, and its labels."""
        at = published.astimezone(PARIS).replace(tzinfo=UTC) if published else datetime.combine(day, time(), UTC)
        number = int(at.timestamp()) // 60 * SLOTS
        while number in self._texts:
            number += 1
        self._texts.add(number)
        self._db.execute("insert into texts values (?, ?, 0)", (number, key))
        for kind, name in labels:
            if name:
                self._db.execute(_LABEL, (kind, name))
                self._db.execute(_LABELLED, (number, kind, name))


def _published(life: Life, die: random.Random) -> Iterator[tuple[date, datetime]]:
    """Yield each article's day and time."""
    for day, count in life.days.items():
        morning = datetime.combine(day, time(5), UTC)
        for second in sorted(die.randrange(50_000) for _ in range(count)):
            yield day, morning + timedelta(seconds=second)
