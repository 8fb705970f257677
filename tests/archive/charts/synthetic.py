"""Indexes made fast, of any number of years: rows as a crawl leaves them, by a die that always falls the same.

There are no WARC files and no article files below them: pictures look no further than the index.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from archive import urls
from archive.index import NAME, Index

SECTIONS = dict(
    zip("中国 国际 法国 港澳台 亚洲 美洲 欧洲 中东 非洲 社会 体育 科技".split(), range(24, 0, -2), strict=True)
)
"""Section -> how many of a hundred or so."""
SHOWS = "要闻解说 公民论坛 法国思潮 微言微语 特别专题 东西之间 环境与发展 文艺欣赏 美洲来鸿 曼谷专栏".split()
_LAGS = (90, 400, 1_500, 2_700, 7_000, 20_000, 60_000, 200_000)
_URL = "insert into urls (key, url, kind, state, last, rank) values (?, ?, 'article', 'archived', ?, ?)"
_CAPTURE = """insert into captures (id, key, epoch, warc, offset, length, digest, status, mime, state)
    values (?, ?, ?, ?, ?, ?, ?, 200, 'text/html', 'archived')"""
_PAGE = "insert into pages (capture, epoch, sha256, content, changed, parser) values (?, ?, ?, ?, ?, 1)"
_ARTICLE = """insert into articles (key, capture, path, sha256, edition, epoch, title, published, section, show, authors,
    tags, short, first, looked, gone) values (?, ?, ?, ?, 'cn', ?, ?, ?, ?, ?, '["小山"]', '["中国", "法国"]', ?, ?, ?, ?)"""


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
    """Days as a site has them: fewer on weekends, now and then none, once a fortnight without any."""
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
        _fill(db, life, random.Random(seed))
        db.commit()
        db.execute("pragma wal_checkpoint(truncate)")
    return root


def _fill(db: sqlite3.Connection, life: Life, die: random.Random) -> None:
    """Put in each article with its captures, a WARC file for each month."""
    warcs: dict[str, int] = {}
    ends: dict[int, int] = {}
    number = 0
    for at, (day, published) in enumerate(_published(life, die)):
        first = int(published.timestamp()) + round(die.choice(_LAGS) * die.uniform(0.2, 1.2))
        url = f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/{day:%Y%m%d}-{at:07d}"
        key, edited = urls.key(url), die.random() < life.edited
        gone = first + 86_400 if die.random() < life.gone else None
        last = first + round(600 * 10 ** die.uniform(0, 4)) if edited else first
        db.execute(_URL, (key, url, last, first))
        for epoch in sorted({first, last}):
            number += 1
            _capture(db, number, key, epoch, die.randrange(18_000, 60_000), warcs, ends)
            changed = "first" if epoch == first else "body"
            db.execute(_PAGE, (number, epoch, f"{number:064x}", f"{number:064x}", changed))
        made_from = number
        for one in range(life.pictures):
            number += 1
            _capture(db, number, _picture(db, at, one, first), first + 2, die.randrange(9_000, 90_000), warcs, ends)
        section = die.choices([*life.sections], [*life.sections.values()])[0] if life.sections else ""
        show = die.choice(life.shows) if life.shows and die.random() < 0.2 else None
        path = f"articles/{day:%Y/%m/%Y%m%d}-{at:012x}.md"
        when = None if die.random() < 0.01 else int(published.timestamp())
        told = (f"第{at}条短讯：某地发生某事", when, section, show, "某日，某人说了几句话。" * 8, first, last, gone)
        db.execute(_ARTICLE, (key, made_from, path, f"{key & (1 << 64) - 1:064x}", last, *told))
    db.executemany("update warcs set size = ? where id = ?", [(size, name) for name, size in ends.items()])


def _published(life: Life, die: random.Random) -> Iterator[tuple[date, datetime]]:
    """Yield each article's day and time."""
    for day, count in life.days.items():
        noon = datetime.combine(day, time(5), UTC)
        for second in sorted(die.randrange(50_000) for _ in range(count)):
            yield day, noon + timedelta(seconds=second)


def _capture(  # noqa: PLR0917 - a row
    db: sqlite3.Connection,
    number: int,
    key: int,
    epoch: int,
    length: int,
    warcs: dict[str, int],
    ends: dict[int, int],
) -> None:
    name = f"rfi_cn-{datetime.fromtimestamp(epoch, UTC):%Y%m}01000000000-00000-vm-00000000.warc.gz"
    if name not in warcs:
        warcs[name] = len(warcs) + 1
        db.execute("insert into warcs values (?, ?, 0, ?)", (warcs[name], name, "0" * 64))
    file = warcs[name]
    start = ends.get(file, 1_000)
    db.execute(_CAPTURE, (number, key, epoch, file, start, length, f"sha1:{number:032X}"))
    ends[file] = start + length + 900


def _picture(db: sqlite3.Connection, at: int, one: int, epoch: int) -> int:
    url = f"https://s.rfi.fr/media/display/{at:08x}-{one:04x}-11ec-0000-005056bf87d6/w:1280/p:16x9/a.jpg"
    key = urls.key(url)
    db.execute(
        "insert into urls (key, url, kind, state, last, rank) values (?, ?, 'image', 'archived', ?, ?)",
        (key, url, epoch, epoch),
    )
    return key
