"""The small site's surfaces, changes, log and control."""

import gzip
import http.client
import json
import os
import re
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from tests.site import PLACEHOLDER, Entry, Running, Site, render, serve
from tests.site.client import get

WWW = "https://www.rfi.fr"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    """One site for the tests that change nothing."""
    with serve(Site()) as running:
        yield running


def page(running: Running, path: str, *lines: str) -> str:
    """The text of an https page."""
    reply = get(running, WWW + quote(path), *lines)
    assert reply.status == 200, (path, reply.head)
    return reply.entity.decode()


@pytest.mark.parametrize("edition", ["cn", "tw"])
def test_all_articles_are_in_the_month_map(shared: Running, edition: str) -> None:
    """Law: index -> contents leads to every article of the edition."""
    index = ET.fromstring(page(shared, f"/sitemaps/{edition}/index.xml"))
    maps = [str(loc.text) for loc in index.iter(LOC)]
    assert maps[0].endswith("contents_202610.xml")
    assert any(one.endswith("tags.xml") for one in maps)
    month = ET.fromstring(page(shared, maps[0].removeprefix(WWW)))
    urls = {str(loc.text) for loc in month.iter(LOC)}
    assert urls == {a.url for a in shared.site.articles if a.edition == edition}
    for other in maps[1:]:
        assert "/20261" not in page(shared, other.removeprefix(WWW))


def test_feed_and_news_map(shared: Running) -> None:
    """Law: 30 newest in the feed, with tracking and old forms; two days in the news map."""
    feed = ET.fromstring(page(shared, "/cn/rss"))
    links = [str(item.findtext("link")) for item in feed.iter("item")]
    assert len(links) == 30
    assert all("?ref=rss" in link for link in links)
    assert any(link.startswith("http://www.rfi.fr//cn/") for link in links)
    news = ET.fromstring(page(shared, "/sitemaps/cn/news.xml"))
    assert 0 < len(list(news.iter(LOC))) < 5
    assert "<item>" in page(shared, "/tw/rss")


@pytest.mark.parametrize(
    "path",
    ["/cn/rss", "/tw/rss", "/sitemaps/cn/index.xml", "/sitemaps/cn/news.xml", "/sitemaps/tw/contents_202610.xml"],
)
def test_listings_answer_conditional_requests(path: str) -> None:
    """Law: 304 while nothing changed, by tag or by date; 200 after a change."""
    with serve(Site()) as running:
        first = get(running, WWW + path)
        tag, when = first.header("ETag"), first.header("Last-Modified")
        asked = [f"If-None-Match: {tag}"], [f"If-None-Match: W/{tag}"], [f"If-Modified-Since: {when}"]
        for lines in asked:
            reply = get(running, WWW + path, *lines)
            assert (reply.status, reply.entity) == (304, b"")
            assert reply.header("ETag") == tag
        assert get(running, WWW + path, 'If-None-Match: "x"', f"If-Modified-Since: {when}").status == 200
        running.site.withdraw(next(a.url for a in running.site.articles if f"/{a.edition}/" in path))
        assert get(running, WWW + path, f"If-Modified-Since: {when}").status == 200


def test_list_pages(shared: Running) -> None:
    """Law: home pages lead to all articles; all cards, traps and pagers are there."""
    home = page(shared, "/cn/")
    seen = "".join(page(shared, f"/cn/{n}/") for n in range(2, 5)) + home
    for mark in (
        'class="m-item-image"',
        'article__figure-wrapper"',
        "data-article-list",
        "aside-content--highlighted",
        "partner.example",
        "m-item-news-feed",
        "#pager",
        "picto-headphones",
        "picto-video",
        '"ItemList"',
    ):
        assert mark in seen
    cn = [a for a in shared.site.articles if a.edition == "cn"]
    assert all(a.url.removeprefix(WWW) in seen or a.path in seen for a in cn)
    assert "/cn/2/#pager" in home
    assert get(shared, f"{WWW}/cn/99/").status == 404
    assert "夜班列车" in page(shared, "/cn/欧洲/")
    assert "深海里" in page(shared, "/cn/专栏检索/科技时空/")
    assert "离岛" not in page(shared, "/cn/关键词/音乐/")
    assert "花市" in page(shared, "/tw/社會/")
    assert get(shared, WWW + quote("/cn/欧洲")).header("Location").endswith("/")


def test_calendar(shared: Running) -> None:
    """Law: footer -> year -> day leads to the articles of that day."""
    year = re.search(r'href="(/cn/[^"]+/2026/)"', page(shared, "/cn/"))
    assert year
    days = re.findall(
        r'<li class="o-archive-month__days__day"><a href="([^"]+)"', get(shared, WWW + year[1]).entity.decode()
    )
    assert "a-archive-link" in get(shared, WWW + days[0]).entity.decode()
    assert len(days) > 15


def test_other_hosts(shared: Running) -> None:
    """Law: pictures differ by URL, short and old links redirect, strangers get 502."""
    article = shared.site.articles[0]
    assert article.picture
    pictures = {get(shared, article.picture.url(w)).entity for w in (310, 1024, 1280)}
    assert len(pictures) == 3
    assert all(p.startswith(b"\xff\xd8\xff\xe0") and p.endswith(b"\xff\xd9") for p in pictures)
    assert get(shared, f"https://rfi.my/{article.short}.X").header("Location") == article.url
    moved = get(shared, "http://cn.rfi.fr" + article.url.removeprefix(f"{WWW}/cn"))
    assert (moved.status, moved.header("Location")) == (301, article.url)
    assert b"max-width" in get(shared, "https://static.rfi.fr/build/css/page--cn.css").entity
    assert get(shared, "http://partner.example/").status == 502
    assert "Sitemap: " in page(shared, "/robots.txt")


def test_the_font_is_whole(shared: Running) -> None:
    """Law: the font's tables and its file have the sums they say, and it is small.  Source: OpenType, "head"."""
    reply = get(shared, "https://static.rfi.fr/build/fonts/segments.ttf")
    font, words = reply.entity, struct.unpack(f">{len(reply.entity) // 4}I", reply.entity)
    assert reply.header("Access-Control-Allow-Origin") == "*"
    assert (len(font) % 4, sum(words) & 0xFFFFFFFF) == (0, 0xB1B0AFBA)
    assert len(font) < 2048
    rows = [struct.unpack_from(">4s3I", font, 12 + 16 * n) for n in range(words[1] >> 16)]
    assert [tag for tag, *_ in rows] == sorted(tag for tag, *_ in rows)
    for tag, said, at, size in rows:
        whole = sum(words[at // 4 : -(-(at + size) // 4)])
        assert tag == b"head" or whole & 0xFFFFFFFF == said


def test_all_spellings_of_a_url_are_one_article(shared: Running) -> None:
    """Law: doubled slash, query, raw UTF-8, decomposed accents lead to the same page."""
    article = next(a for a in shared.site.articles if "café" in a.slug)
    text = render(article).encode()
    path = article.url.removeprefix(WWW)
    for url in (
        f"http://www.rfi.fr/{path}",
        f"{WWW}{path}?x=1",
        f"http://www.rfi.fr{article.path}",
        WWW + path.replace("%C3%A9", "e%CC%81"),
    ):
        assert get(shared, url).entity == text


def test_plain_origin_and_gzip(shared: Running) -> None:
    """Law: origin form with a Host header works on the proxy's port, gzip if asked for."""
    with closing(http.client.HTTPConnection("127.0.0.1", shared.port)) as plain:
        for _ in range(2):
            plain.request("GET", "/cn/", headers={"Host": "www.rfi.fr", "Accept-Encoding": "gzip"})
            reply = plain.getresponse()
            assert reply.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(reply.read()).endswith(b"</html>\n")
        plain.request("HEAD", "/cn/rss", headers={"Host": "www.rfi.fr"})
        assert plain.getresponse().read() == b""
    assert shared.log[-1].connection == shared.log[-3].connection


def test_publish_update_withdraw() -> None:
    """Law: lists and pages follow each change, and so does `expected`."""
    with serve(Site(unpublished=3)) as running:
        site, waiting = running.site, [a.url for a in running.site.articles[:3]]
        assert get(running, waiting[0]).status == 404
        assert waiting[0] not in page(running, "/cn/rss")
        assert site.publish(2) == [waiting[2], waiting[1]]
        assert get(running, waiting[1]).status == 200
        before = site.expected(waiting[1])
        assert site.update(waiting[1]) == 1
        assert "（更新）" in site.expected(waiting[1])
        assert site.expected(waiting[1]) != before
        assert get(running, waiting[1]).entity.count(b"m-pub-dates__date") == 2
        site.withdraw(waiting[1], 410)
        assert get(running, waiting[1]).status == 410
        assert len(site.live()) == len(site.articles) - 2


def test_control_host() -> None:
    """Law: all that can be done in process can be done at http://site.test/."""
    with serve(Site(unpublished=1)) as running:
        newest = running.site.articles[0].url

        def ask(path: str, method: str = "POST") -> str:
            return get(running, f"http://site.test{path}", method=method).entity.decode()

        assert json.loads(ask("/publish?n=1")) == {"published": [newest]}
        assert json.loads(ask(f"/update?url={quote(newest, safe='')}")) == {"revision": 1}
        assert ask(f"/expected?url={quote(newest, safe='')}&epoch=5000", "GET").startswith("<!--5000-->")
        ask("/fault?pattern=/cn/rss&fault=500&times=1")
        assert [get(running, f"{WWW}/cn/rss").status for _ in "ab"] == [500, 200]
        assert "no odd answer" in ask("/fault?pattern=x&fault=nonsense")
        ask(f"/withdraw?url={quote(newest, safe='')}&status=410")
        assert get(running, newest).status == 410
        assert json.loads(ask("/state", "GET"))["answers"] == 3
        assert [Entry.read(line) for line in ask("/log", "GET").splitlines()] == running.log
        assert "there is" in ask("/nothing", "GET")


def test_command_line(tmp_path: Path) -> None:
    """Law: `python -m tests.site` prints one address, logs to its file, ends when told."""
    log = tmp_path / "log.jsonl"
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.site", "--log", str(log)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    ) as process:
        assert process.stdout
        proxy = process.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
        body = opener.open("http://www.rfi.fr/robots.txt").read()
        process.terminate()
        assert process.wait(10) == 0
    (entry,) = [Entry.read(line) for line in log.read_text("ascii").splitlines()]
    assert (entry.status, entry.entity_length) == (200, len(body))
    assert PLACEHOLDER % 1000 == 0
