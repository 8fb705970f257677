"""Archives without a crawl: answers as the site gives them, written through `archive.store.Archive` by a clock of ours."""

import gzip
import hashlib
import os
import shutil
import signal
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from archive import warc
from archive.commit.taken import Taken
from archive.decide import Outcome
from archive.errors import CannotWrite
from archive.exchange import Cut, Exchange
from archive.export import cdxj, lists
from archive.finding import Finding
from archive.index import NAME as INDEX
from archive.index import Index
from archive.page import Page
from archive.page import of as read_page
from archive.records import record
from archive.records.member import member
from archive.store import NO_FIELDS, ROTATE, Archive
from archive.tables import coded
from archive.verify import verify
from tests.site import Article, Request, Site, render

START = datetime(2026, 11, 1, tzinfo=UTC)
ABOUT = (
    ("software", "rfi-archive/test"),
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
    ("operator", "the tests"),
    ("robots", "obey"),
    ("http-header-user-agent", "none: nothing goes out"),
    ("hostname", "test.example.org"),
)
SITE = Site()
CN = [article for article in SITE.articles if article.edition == "cn"]
TW = [article for article in SITE.articles if article.edition == "tw"]
FEED = "https://www.rfi.fr/cn/rss"
HTML = "text/html; charset=UTF-8"


class Clock:
    """A clock that stands until somebody lets time pass."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


CLOCK = Clock()
"""The time of all archives that are made in one test process: it only goes forward, as time does."""


def answer(
    url: str, body: bytes = b"", status: int = 200, kind: str = HTML, *more: str, cut: Cut | None = None
) -> Exchange:
    """An exchange as it crosses the wire: heads in full, the body gzipped if it is long."""
    packed = gzip.compress(body, 5, mtime=0) if len(body) > 200 else body
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Server: nginx", f"Content-Type: {kind}", *more]
    lines += ["Content-Encoding: gzip"] if packed is not body else []
    lines += [f"Content-Length: {len(packed)}", "Set-Cookie: fmm_a=1; Path=/", "Set-Cookie: fmm_b=2; Path=/"]
    request = (
        f"GET {url.removeprefix('https://www.rfi.fr')} HTTP/1.1\r\nHost: www.rfi.fr\r\nAccept-Encoding: gzip\r\n\r\n"
    )
    CLOCK.wait(seconds=2)
    return Exchange(
        url=url,
        date=CLOCK().replace(microsecond=0),
        request=request.encode(),
        head="\r\n".join((*lines, "", "")).encode(),
        body=packed[: len(packed) // 2] if cut else packed,
        ip="127.0.0.1",
        protocols=("http/1.1", "tls/1.3"),
        truncated=cut,
    )


def page(article: Article) -> Exchange:
    """The answer that holds an article."""
    return answer(article.url, render(article).encode())


def shared(article: Article, link: str = "0000") -> Exchange:
    """The answer that holds an article whose words are what they were, behind another link to share it by."""
    html = render(article)
    assert article.short in html
    return answer(article.url, html.replace(article.short, link).encode())


def short(number: int, title: str = "短讯", words: str = "一段话。") -> Exchange:
    """A small page that holds an article of few words; one for each number."""
    html = (
        "<!DOCTYPE html><html lang='zh-Hans'><body><article data-article-content>"
        f"<h1 class='a-page-title'>{title} {number}</h1><div class='t-content__dates'>"
        "<time datetime='2026-10-31T10:00:00+00:00'>31/10/2026 - 11:00</time></div>"
        f"<div class='t-content__body'><p>{words}</p></div></article></body></html>"
    )
    return answer(f"https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/2026{1 + number % 9:02d}01-{number}", html.encode())


@cache
def _listing(path: str) -> tuple[bytes, str]:
    """Body and type of one of the site's own listings."""
    found = SITE._routes.answer(Request("GET", f"https://www.rfi.fr{path}", {}, b"", "https", ""))
    return found.body, found.header("Content-Type")


def feed(url: str = FEED) -> Exchange:
    """The answer that is a feed, with its validators."""
    body, kind = _listing(url.removeprefix("https://www.rfi.fr"))
    when = "Last-Modified: Sat, 31 Oct 2026 22:00:00 GMT"
    return answer(url, body, 200, kind, 'ETag: "a1"', when)


def open_archive(root: Path, spider: str = "rfi_cn", rotate: int = ROTATE) -> Archive:
    """An archive at our time."""
    CLOCK.wait(seconds=5)
    return Archive(root, spider, CLOCK, ABOUT, rotate)


def keep(archive: Archive, exchange: Exchange) -> Taken:
    """Record an exchange and do all that follows."""
    return archive.take(exchange)


def close(
    archive: Archive, outcome: str = "finished", fields: Mapping[str, tuple[int, int]] = NO_FIELDS, **counts: int
) -> None:
    CLOCK.wait(seconds=5)
    try:
        archive.finish(outcome, counts, fields)
        lists.write(archive.root, archive.index)
        cdxj.write(archive.root, archive.index)
    finally:
        archive.close()


def crawl(root: Path, exchanges: Iterable[Exchange], spider: str = "rfi_cn", rotate: int = ROTATE) -> Path:
    """One whole run: archive these answers."""
    archive = open_archive(root, spider, rotate)
    number = len([keep(archive, exchange) for exchange in exchanges])
    close(archive, exchanges=number)
    return root


def varied(root: Path) -> Path:
    """Make an archive with some of everything that can happen: both editions, several runs, one of which died.

    Of articles: CN[1] says in the end what it said at first, CN[2] has three versions, CN[3] is gone, CN[11] is
    there again as it was, CN[0] in other bytes.
    """
    archive = open_archive(root, rotate=60_000)
    keep(archive, answer("https://www.rfi.fr/robots.txt", b"User-agent: *\nAllow: /\n", kind="text/plain"))
    keep(archive, feed())
    for article in CN[:6]:
        keep(archive, page(article))
    archive.fail(CN[6].url, "connection refused")
    archive.fail("http://cn.rfi.fr/rss?a=1", "a spelling of its own")
    keep(archive, answer(CN[7].url, b"gone", 404))
    keep(archive, answer(CN[8].url, b"<html><body>wait</body></html>"))
    keep(archive, answer(CN[9].url, b"", 301, HTML, f"Location: {CN[10].url}"))
    keep(archive, page(CN[11]))
    keep(archive, answer(CN[12].url, render(CN[12]).encode(), cut="disconnect"))
    keep(archive, answer(CN[13].url, b"busy", 503))
    archive.fail(CN[13].url, "timeout")
    keep(archive, answer("https://www.rfi.fr/cn/", b"<html><body>challenge</body></html>"))
    close(archive, articles=7)

    CLOCK.wait(hours=2)
    archive = open_archive(root, "rfi_tw")
    for article in TW[:3]:
        keep(archive, page(article))
    close(archive, articles=3)

    CLOCK.wait(hours=2)
    assert died(lambda: _die_in_a_run(root)) == -signal.SIGKILL
    CLOCK.wait(hours=2)
    again = [page(CN[1]), page(CN[2].revised(2)), answer(CN[3].url, b"gone", 410), page(CN[6])]
    away = [answer(CN[11].url, b"gone", 404), page(CN[11]), answer(CN[0].url, b"gone", 404), shared(CN[0])]
    return crawl(root, [*again, *away, answer(CN[7].url, b"gone", 404), feed()])


def _die_in_a_run(root: Path) -> None:
    archive = open_archive(root)
    keep(archive, page(CN[0]))  # as before
    keep(archive, page(CN[1].revised(1)))
    keep(archive, page(CN[2].revised(1)))
    archive.fail(CN[6].url, "connection refused")
    archive.record(page(CN[14]))


def start(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own, which is killed right behind it; return its number."""
    with warnings.catch_warnings():  # of threads, which a fork does not take along: the child needs none of them
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            work()
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(99)
    return child


def died(work: Callable[[], object]) -> int:
    """Do `work` in such a process; return how it ended, as `subprocess` tells it."""
    return os.waitstatus_to_exitcode(os.waitpid(start(work), 0)[1])


def copied(root: Path, to: Path) -> Path:
    """A copy of an archive, to be broken."""
    return Path(shutil.copytree(root, to))


# What an archive holds


def hashes(root: Path, *folders: str) -> dict[str, str]:
    """SHA-256 of each file below these folders, by path."""
    paths = (path for folder in folders or ("articles", "lists", "warc") for path in (root / folder).rglob("*"))
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of an index, rows sorted, numbers of rows replaced by what they stand for."""
    place = "w.name, c.offset"
    queries = {
        "warcs": "select name, size, sha256 from warcs",
        "urls": "select * from urls",
        "captures": f"select c.key, c.epoch, {place}, c.length, c.digest, c.status, m.mime, c.state,"
        " tw.name, t.offset"
        " from captures c join warcs w on w.id = c.warc join mimes m on m.id = c.mime"
        " left join captures t on t.id = c.target left join warcs tw on tw.id = t.warc",
        "pages": f"select {place}, p.epoch, p.sha256, p.content, p.changed, p.parser"
        " from pages p join captures c on c.id = p.capture join warcs w on w.id = c.warc",
        "imported": "select * from imported",
        "articles": f"select {place}, a.* from articles a join captures c on c.id = a.capture join warcs w on w.id = c.warc",
        "validators": "select * from validators",
        "runs": "select spider, started, ended, outcome, counts, fields from runs",
    }
    db = sqlite3.connect(path)
    rows = {name: sorted(db.execute(query).fetchall(), key=repr) for name, query in queries.items()}
    capture = [row[0] for row in db.execute("pragma table_info(articles)")][1] + 2
    db.close()
    rows["articles"] = [row[:capture] + row[capture + 1 :] for row in rows["articles"]]
    return rows


def edit(root: Path, sql: str, *values: object) -> int:
    """Change an index behind its owner's back, by SQL with words for its numbers; return how many rows were."""
    db = sqlite3.connect(root / INDEX)
    changed = db.execute(coded.sql(sql), values).rowcount
    db.commit()
    db.close()
    return changed


def findings(root: Path, *, running: bool = False) -> list[Finding]:
    """All that is wrong with an archive."""
    found = list(verify(root, lambda _: None, running=running))
    if not running and (root / INDEX).exists():
        with suppress(CannotWrite), closing(Index(root / INDEX)) as index:
            found += lists.stale(root, index)
    return found


def state(archive: Archive, url: str) -> str:
    """What is known of a URL, in one word."""
    return archive.index.known([url])[url].state


def outcome(taken: Taken) -> Outcome:
    assert isinstance(taken, Outcome)
    return taken


def write_warc(root: Path, exchanges: Iterable[Exchange]) -> Path:
    """Write one sealed WARC file, as our writer does but for the syncing: many thousands are wanted fast."""
    CLOCK.wait(seconds=5)
    path = root / "warc" / warc.file_name("rfi_cn", CLOCK(), 0, "test")
    path.parent.mkdir(parents=True)
    info, named = record.new_id(), (("WARC-Filename", path.name), ("Content-Type", record.FIELDS_TYPE))
    with path.open("wb") as file:
        _put(file, "warcinfo", info, CLOCK(), named, record.warc_fields(ABOUT))
        for exchange in exchanges:
            ids = record.new_id(), record.new_id()
            fields = (
                record.response_fields(exchange, info, record.payload(exchange)),
                record.request_fields(exchange, info),
            )
            _put(file, "response", ids[0], exchange.date, fields[0], record.stored_head(exchange.head) + exchange.body)
            asked = (*fields[1], ("WARC-Concurrent-To", ids[0]))
            _put(file, "request", ids[1], exchange.date, asked, exchange.request)
    return root


def _put(file: BinaryIO, kind: str, name: str, date: datetime, fields: record.Fields, block: bytes) -> None:
    file.writelines(member(record.head_fields(kind, name, date, fields), (block,)))


def page_of(exchange: Exchange) -> Page:
    """The article that an answer holds."""
    found = read_page(exchange)
    assert isinstance(found, Page)
    return found
