"""The small site's articles: data, pages, expected files, clones."""

import http.client
import re
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.site import Running, Site, expected, render, serve
from tests.site.source import FOLDER, TRAITS, SourceError, read

WWW = "https://www.rfi.fr"
SOURCES = sorted(FOLDER.glob("*.txt"))


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    """One site for the tests that change nothing."""
    with serve(Site()) as running:
        yield running


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_expected_file_lies_beside_its_data(path: Path) -> None:
    """Law: `articles/*.md` are what `expected` says; run `python -m tests.site.golden`."""
    said = expected(read(path))
    assert path.with_suffix(".md").read_bytes() == said.encode()
    assert re.fullmatch(
        r"<!--1000000000000-->\n\[[^\n]+\]\(https://www\.rfi\.fr/(cn|tw)/[\w%.~/-]+\)\n------\n\n"
        r"<div>\d\d/10/2026 - \d\d:\d\d</div>(<img src=\"[^\"]+\">)?<p><strong>[^\n\r\t]*\n",
        said,
    )
    for banned in (" class=", " style=", " onclick=", "<script", "<svg", "m-interstitial"):
        assert banned not in said


def test_there_is_enough_of_everything(shared: Running) -> None:
    """Law: 34 articles or more, every trait and every generation used, all URLs distinct."""
    articles = shared.site.articles
    assert len([a for a in articles if a.edition == "cn"]) >= 34
    assert len([a for a in articles if a.edition == "tw"]) >= 3
    assert set().union(*(a.traits for a in articles)) == set(TRAITS)
    assert {a.generation for a in articles} == {"2020", "2023", "2025"}
    assert len({a.url for a in articles}) == len({a.short for a in articles}) == len(articles)


def test_every_page_is_served_whole(shared: Running) -> None:
    """Law: each article answers at its canonical URL with 50 to 110 kB and its fake bodies."""
    trust = ssl.create_default_context(cadata=shared.certificate)
    with closing(http.client.HTTPSConnection("127.0.0.1", shared.tls_port, context=trust)) as tls:
        for article in shared.site.articles:
            tls.request("GET", article.url.removeprefix(WWW), headers={"Host": "www.rfi.fr"})
            text = tls.getresponse().read()
            assert text == render(article).encode()
            assert 50_000 < len(text) < 110_000
            assert text.count(b"t-content__body u-clearfix") == 1
            assert b"<div class='t-content__body'>" in text


def test_clones_are_cheap_and_distinct() -> None:
    """Law: ten thousand clones cost no more than a moment, and each has its own file."""
    site = Site(clones=10_000)
    urls = [a.url for a in site.articles]
    assert len(set(urls)) == len(urls) > 10_000
    assert site.expected(urls[-1]) == Site(clones=10_000).expected(urls[-1])
    assert len({a.short for a in site.articles}) == len(urls)


def test_a_bad_source_is_named(tmp_path: Path) -> None:
    """Law: what is wrong in an article's file is said with the file's name."""
    bad = tmp_path / "x.txt"
    for text in (
        "title: 无日期\nsection: 法国\n\n正文",
        "title: a\nsection: b\npublished: 2026-10-12 10:00\ntraits: unheard-of\n\nc",
    ):
        bad.write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match=r"x\.txt"):
            read(bad)
