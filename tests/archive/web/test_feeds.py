"""The reader's feeds: valid, whole, safe, and the same as the pages."""

import re
from urllib.parse import quote

import pytest

from archive import urls
from archive.web.feeds import MOST
from tests.archive import archives, atoms, lived
from tests.archive.atoms import NS
from tests.archive.web.reading import Page, reading

pytestmark = pytest.mark.slow

FEEDS = {
    "/feed.atom": 34,
    f"/section/{quote('非洲')}/feed.atom": 1,
    f"/tag/{quote('音乐')}/feed.atom": 1,
    f"/search/feed.atom?q={quote('的')}": 32,
    f"/search/feed.atom?q={quote('学校')}&year=2026&order=best": None,
    "/search/feed.atom": 34,
    "/changes/feed.atom": 8,
}
"""Each feed, and how many entries it has; None: some."""


def feed(reader, path, **more):
    got = reader.ask(path, **more)
    assert (got.status, got.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    return atoms.parsed(got.text)


@pytest.mark.parametrize(("path", "count"), FEEDS.items())
def test_feeds_are_valid(reader, path, count):
    """Law: each feed is one by the RFC's grammar, names itself and its page, and holds what it should."""
    root = feed(reader, path)
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{NS}link")}

    assert links["self"] == f"{reader.url}{path}"
    assert reader.ask(links["alternate"].removeprefix(reader.url)).status == 200
    entries = root.findall(f"{NS}entry")
    assert len(entries) == count if count is not None else 0 < len(entries) <= MOST


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_lead_here(reader, path):
    """Law: every entry leads to a page of this host, and every picture to one of ours that is there."""
    for entry in feed(reader, path).iter(f"{NS}entry"):
        link = entry.find(f"{NS}link").get("href")
        assert link.startswith(f"{reader.url}/article/")
        content = entry.findtext(f"{NS}content") or ""
        assert not re.search(r"<script|\son\w+=|javascript:", content)
        for picture in re.findall(r'<img[^>]*src="([^"]*)"', content):
            assert picture.startswith(f"{reader.url}/image/")
            assert reader.ask(picture.removeprefix(reader.url)).status == 200


def test_names_stay(reader):
    """Law: whatever host a feed is asked under, its id and those of its entries are the same; two feeds have two."""
    ids = [
        [one.text for one in feed(reader, "/feed.atom", Host=host).iter(f"{NS}id")]
        for host in ("localhost", "127.0.0.1")
    ]
    own = [feed(reader, path).findtext(f"{NS}id") for path in FEEDS if path != "/search/feed.atom"]

    assert ids[0] == ids[1]
    assert len(set(own)) == len(own)


def test_a_feed_has_the_whole_article(reader):
    """Law: the newest version's words stand in the feed, and what it was published as."""
    entry = next(feed(reader, f"/tag/{quote('音乐')}/feed.atom").iter(f"{NS}entry"))

    assert entry.findtext(f"{NS}title") == lived.FIRST.title
    assert "第二乐章" in entry.findtext(f"{NS}content")
    assert entry.findtext(f"{NS}published") == "2026-10-31T20:40:00Z"


@pytest.mark.parametrize(
    ("path", "status"),
    {
        "/section/x/feed.atom": 404,
        "/search/feed.atom?q=!": 400,
        "/search/feed.atom?order=x": 400,
        "/day/feed.atom": 404,
    }.items(),
)
def test_feeds_that_are_not_there(reader, path, status):
    """Law: of nothing there is no feed."""
    assert reader.ask(path).status == status


def test_pages_name_their_feeds(reader):
    """Law: a page whose list has a feed says so in its head, and each that is named is there."""
    for path, own in (
        ("/", "/feed.atom"),
        ("/changes", "/changes/feed.atom"),
        (f"/section/{quote('非洲')}", f"/section/{quote('非洲')}/feed.atom"),
        (f"/search?q={quote('的')}&order=newest", f"/search/feed.atom?q={quote('的')}"),
    ):
        named = [one["href"] for one in Page(reader.ask(path)).all("link") if one["rel"] == "alternate"]
        assert own in named
        assert {reader.ask(link).status for link in named} == {200}


def test_a_damaged_archive_has_feeds(life, tmp_path):
    """Law: where a file is lost its record speaks; where both are, the entry is left out and the others stand."""
    root = archives.copied(life[0], tmp_path / "other")
    (root / urls.article_path(lived.URL)).unlink()

    with reading(root) as reader:
        there = len(feed(reader, "/feed.atom").findall(f"{NS}entry"))
        for file in (root / "warc").iterdir():
            file.unlink()
        left = len(feed(reader, "/feed.atom").findall(f"{NS}entry"))

    assert (there, left) == (2, 1)


def test_an_archive_of_nothing_has_feeds(tmp_path):
    """Law: a feed without an entry is valid."""
    archives.close(archives.open_archive(tmp_path / "a"))

    with reading(tmp_path / "a") as reader:
        for path in ("/feed.atom", "/changes/feed.atom", "/search/feed.atom?q=a"):
            assert feed(reader, path).findall(f"{NS}entry") == []
