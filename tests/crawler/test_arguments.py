"""Arguments: what makes no sense is refused in one clear line, before a byte goes out."""

import re
from datetime import UTC, date, datetime

import pytest

from archive import urls
from archive.decide import Asked
from archive.errors import BadUsage
from archive.files.lock import Lock
from crawler import arguments
from crawler.arguments import Plan
from tests.crawler.crawling import crawl
from tests.site import Running, Site, serve

USAGE, LOCKED, CANNOT_WRITE = 2, 10, 13
ARTICLE = "https://www.rfi.fr/cn/%E4%B8%AD%E5%9B%BD/20261001-x"


@pytest.fixture(scope="module")
def running():
    with serve(Site()) as one:
        yield one


def refused(running: Running, archive, code: int, says: str, **more) -> None:
    """Crawl; it must end with the code and one line, and ask for nothing."""
    running.site.journal.clear()
    crawled = crawl(archive, running, **more).was_clean(code)
    assert re.search(says, crawled.last), crawled.err
    assert len(crawled.err.splitlines()) == 1
    assert running.log == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"spider": "rfi_fr"}, "rfi_cn, rfi_tw"),
        ({"colour": "red"}, "colour.*url, urls, limit, discover, since, until, order"),
        ({"limit": "0"}, "limit=0"),
        ({"limit": "-3"}, "limit=-3"),
        ({"limit": "many"}, "limit=many"),
        ({"limit": "٣"}, "limit=٣"),
        ({"discover": "feed"}, "'feed' is none of rss, news, sections"),
        ({"discover": ""}, "is none of rss, news, sections"),
        ({"urls": "/no/such/file"}, "/no/such/file"),
        ({"urls": "/"}, "-a urls=/"),
        ({"urls": "/dev/null"}, "no URL in it"),
        ({"url": "https://example.org/"}, "example.org"),
        ({"url": "nonsense"}, "nonsense"),
        ({"url": ARTICLE, "urls": "/dev/null"}, "exclude each other"),
        ({"until": "2023-10-31"}, "until= says too little by itself: give -a since="),
        ({"order": "oldest"}, "order= says too little by itself: give -a since="),
        ({"since": "2023-10-01", "order": "first"}, "order=first: it is one of newest, oldest"),
        ({"since": "2023-10-32"}, "since=2023-10-32: give a day such as 2023-10-31"),
        ({"since": "20231001"}, "since=20231001: give a day"),
        ({"since": "٢٠٢٣-١٠-٠١"}, "give a day such as"),
        ({"since": ""}, "since=: give a day"),
        ({"since": "2023-10-01", "until": "October"}, "until=October: give a day"),
        ({"since": "2023-10-02", "until": "2023-10-01"}, "since=2023-10-02 comes after -a until=2023-10-01"),
        ({"since": "9999-12-31"}, "since=9999-12-31: that day has not come yet"),
        ({"since": "2023-10-01", "url": ARTICLE}, "exclude each other"),
        ({"since": "2023-10-01", "urls": "/dev/null"}, "exclude each other"),
        ({"since": "2023-10-01", "discover": "rss"}, "exclude each other"),
        ({"settings": {"IMAGES": "some"}}, "IMAGES=some"),
    ],
)
def test_wrong_usage_is_2_and_one_line(tmp_path, running, given, says):
    """Law: what cannot be meant ends with 2, one line that names it, and no archive."""
    refused(running, tmp_path / "a", USAGE, says, **given)


def test_an_archive_that_cannot_be_written_is_13(tmp_path, running):
    """Law: where ARCHIVE_DIR is a file, the run ends with 13 and names it; the file stays."""
    (tmp_path / "a").write_text("precious")
    refused(running, tmp_path / "a", CANNOT_WRITE, f"cannot write .*{tmp_path.name}/a")
    assert (tmp_path / "a").read_text() == "precious"


def test_a_locked_archive_is_10(tmp_path, running):
    """Law: one writer at a time: the second ends with 10 and names the first; after the first has gone it may."""
    archive = tmp_path / "a"
    archive.mkdir()
    lock = Lock(archive, "a test", datetime(2026, 10, 31, tzinfo=UTC))
    try:
        refused(running, archive, LOCKED, "being written to by a test ")
    finally:
        lock.release()
    crawl(archive, running, limit=1).was_clean()


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({}, Plan()),
        ({"limit": "12"}, Plan(limit=12)),
        ({"discover": "news, rss"}, Plan(discover=("news", "rss"))),
        ({"since": "2023-10-01"}, Plan(since=date(2023, 10, 1))),
        (
            {"since": "2023-10-01", "until": "2023-10-31", "order": "oldest", "limit": "7"},
            Plan(since=date(2023, 10, 1), until=date(2023, 10, 31), oldest_first=True, limit=7),
        ),
        (
            {"url": "http://cn.rfi.fr/中国/20261001-x?a=b"},
            Plan(urls=((ARTICLE, urls.rank(ARTICLE)),), asked=Asked.USER),
        ),
    ],
)
def test_texts_become_a_plan(given, plan):
    """Law: what is not given stays as it is; a URL is taken in any form."""
    assert arguments.read(**given) == plan


def test_a_surface_named_twice_is_asked_once():
    """Law: `-a discover=rss,rss` is rss."""
    assert arguments.read(discover="rss,rss").discover == ("rss",)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """Law: a file that is not UTF-8 is named, not guessed at."""
    (tmp_path / "urls").write_bytes(b"https://www.rfi.fr/cn/\xff\xfe")
    with pytest.raises(BadUsage, match="UTF-8 file"):
        arguments.read(urls=str(tmp_path / "urls"))


def test_a_list_is_asked_for_newest_first(tmp_path):
    """Law: of a file each URL comes once, with its rank, the newest first; what is wrong is told with its line."""
    older, newer = (f"https://www.rfi.fr/cn/x/{day}-x" for day in ("19690720", "20261001"))
    (tmp_path / "urls").write_text(f"{older}\n# {newer}\n\nftp://a\n{newer}\n{older}?again\n", "utf-8")

    plan = arguments.read(urls=str(tmp_path / "urls"))

    assert [*plan.urls] == [(newer, urls.rank(newer)), (older, urls.rank(older))]
    assert urls.rank(older) < 0
    assert [line.partition(" line 4: ")[1] for line in plan.bad_lines] == [" line 4: "]
