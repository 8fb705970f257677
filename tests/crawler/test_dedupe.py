"""Dedupe: one article is one URL however it is spelt, and is fetched once, unless the user names it."""

import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.crawler import evidence
from tests.crawler.crawling import Crawled, crawl, verify
from tests.crawler.story import in_order
from tests.site import Article, Entry, Running, Site, odd_url, serve


def once(archive: Path, running: Running, **more: object) -> tuple[Crawled, list[Entry]]:
    """Crawl pages alone, without what belongs to them; return what the site saw."""
    running.site.journal.clear()
    crawled = crawl(archive, running, settings={"IMAGES": "none", "REQUISITES": False}, **more)  # type: ignore[arg-type]  # handed on
    return crawled.was_clean(), [entry for entry in running.log if not entry.url.endswith("/robots.txt")]


def chinese(site: Site) -> list[Article]:
    """Articles of the simplified edition, newest first."""
    return [a for a in site.live() if a.edition == "cn"]


def spellings(url: str) -> list[str]:
    """Forms of one article's URL."""
    path = url.removeprefix("https://www.rfi.fr")
    return [
        url,
        f"http://www.rfi.fr{path}",
        f"http://www.rfi.fr/{path}",
        f"https://www.rfi.fr{unquote(path)}",
        f"https://www.rfi.fr{path.lower()}",
        f"{url}?ref=rss&xtor=RSS-1#top",
        f"{url}/",
        f"https://WWW.RFI.FR:443{path}",
        f"http://cn.rfi.fr{path.removeprefix('/cn')}",
        f"https://m.cn.rfi.fr{path}",
    ]


def test_every_spelling_is_one_article(tmp_path):
    """Law: all forms of a URL, in a file of URLs, are one request and one article."""
    site, archive = Site(), tmp_path / "a"
    url = chinese(site)[0].url
    (tmp_path / "urls").write_text("\n".join(spellings(url)), "utf-8")
    with serve(site) as running:
        _, log = once(archive, running, urls=tmp_path / "urls")
    assert [entry.url for entry in log] == [url]
    evidence.holds_exactly(archive, site, [url])


@pytest.mark.parametrize("number", range(10))
def test_each_spelling_is_known(tmp_path, number):
    """Law: `-a url=` takes any form."""
    site, archive = Site(), tmp_path / "a"
    url = chinese(site)[1].url
    with serve(site) as running:
        _, log = once(archive, running, url=spellings(url)[number])
    assert [entry.url for entry in log] == [url]


def test_a_short_link_is_followed_once(tmp_path):
    """Law: rfi.my leads to its article, each hop recorded; an archived article is not fetched through it again."""
    site, archive = Site(), tmp_path / "a"
    article = chinese(site)[2]
    short = f"https://rfi.my/{article.short}.W"
    (tmp_path / "urls").write_text(short, "utf-8")
    with serve(site) as running:
        _, first = once(archive, running, url=short)
        _, named = once(archive, running, url=short)
        _, listed = once(archive, running, urls=tmp_path / "urls")
    assert [(entry.url, entry.status) for entry in first] == [(short, 301), (article.url, 200)]
    assert [entry.url for entry in named] == [short]
    assert listed == []
    evidence.holds_exactly(archive, site, [article.url])
    assert sorted(pair.status for pair in evidence.pairs(archive) if "robots" not in pair.url) == [200, 301, 301]
    verify(archive)


def test_no_chain_leads_to_an_archived_article_again(tmp_path):
    """Law: neither does a chain of redirects, the last hop of which is archived."""
    site, archive = Site(), tmp_path / "a"
    with serve(site) as running:
        once(archive, running, url=odd_url("chain-3"))
        _, log = once(archive, running, url=odd_url("chain"))
    assert [entry.url for entry in log] == [odd_url("chain"), odd_url("chain-2")]


def test_the_user_may_ask_again(tmp_path):
    """Law: `-a url=` fetches what is archived: the same text leaves its file alone, another one replaces it."""
    site, archive = Site(), tmp_path / "a"
    url = chinese(site)[0].url
    with serve(site) as running:
        once(archive, running, url=url)
        before = evidence.files(archive)
        _, again = once(archive, running, url=url)
        assert [entry.url for entry in again] == [url]
        assert evidence.files(archive) == before
        verify(archive)
        site.update(url)
        time.sleep(1)  # dates have whole seconds, and it is by date that one text comes behind another
        once(archive, running, url=url)
    assert evidence.files(archive) != before
    evidence.holds_exactly(archive, site, [url])
    assert len([pair for pair in evidence.pairs(archive) if pair.url == url]) == 3
    verify(archive)


def test_a_file_of_urls_skips_what_is_archived(tmp_path):
    """Law: `-a urls=` passes over what is archived, and over comments; a bad line is named with its number."""
    site, archive = Site(), tmp_path / "a"
    old, new = (a.url for a in chinese(site)[:2])
    lines = ["# a comment", "", old, "  " + new + "  ", "https://example.org/cn/x/20261001-y", "no url", "#" + old, new]
    (tmp_path / "urls").write_text("\ufeff" + "\r\n".join(lines), "utf-8")
    with serve(site) as running:
        once(archive, running, url=old)
        crawled, log = once(archive, running, urls=tmp_path / "urls")
    assert [entry.url for entry in log] == [new]
    passed_over = [line for line in crawled.err.splitlines() if "passed over" in line]
    assert [line.partition("urls line ")[2].split(":")[0] for line in passed_over] == ["5", "6"]
    evidence.holds_exactly(archive, site, [old, new])


def test_a_limit_counts_articles_of_a_file(tmp_path):
    """Law: `-a limit=` holds for a file of URLs as well: the newest of them."""
    site, archive = Site(), tmp_path / "a"
    urls = [a.url for a in chinese(site)]
    (tmp_path / "urls").write_text("\n".join(reversed(urls)), "utf-8")
    with serve(site) as running:
        _, log = once(archive, running, urls=tmp_path / "urls", limit=3)
    assert in_order(evidence.pages(log), urls[:3])
