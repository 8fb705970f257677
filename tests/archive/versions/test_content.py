"""Laws of versions: what two captures of an article say differently, whatever their markup, and in whatever order they came."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.page import Page, read
from archive.versions import content
from archive.versions.content import FIELDS, FIRST
from tests.archive import archives
from tests.archive.archives import CN, START, answer, close, copied, dump, findings, hashes, open_archive, page
from tests.site import render
from tests.site.article import Line

STORY = next(article for article in CN if article.picture and article.lead and article.short and not article.is_show)


def said(article, swap=("", "")):
    """What a page of the site says, some of its markup changed."""
    html = render(article)
    assert swap[0] in html
    found = read(html.replace(*swap).encode(), article.url, START)
    assert isinstance(found, Page)
    return content.of(found)


ADDED = Line("<p>后来又下了雨。</p>", "<p>后来又下了雨。</p>")
PROMO = "data-selfpromo-app>"
CHANGES = {
    "nothing": (STORY, ("", ""), ""),
    "title": (replace(STORY, title=STORY.title + "吗"), ("", ""), "title markup"),
    "lead": (replace(STORY, lead=Line("另一段导语。", "另一段导语。")), ("", ""), "lead markup"),
    "body": (replace(STORY, body=(*STORY.body, ADDED)), ("", ""), "body markup"),
    "white space": (STORY, ("<p>", "<p>\n \u3000 "), "markup"),
    "a link that is shared": (STORY, (f"{STORY.short}", "0000"), "markup"),
    "promotion": (STORY, (PROMO, PROMO + "<p>订阅我们的通讯</p>"), "markup"),
    "the page around it": (STORY, ("</head>", "<meta name=a content=b></head>"), ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_counts_as_a_change(name):
    """Law: words make a version, field by field; white space, share links, promotion, and the page around it, do not."""
    article, swap, told = CHANGES[name]

    change = content.changed(said(STORY), said(article, swap))

    assert change == told
    assert content.is_version(change) is bool(set(told.split()) - {"markup"})


def test_the_picture_is_the_same_at_any_width():
    """Law: a picture is known by its id and its file's name, not by the width that a page offers."""
    assert STORY.picture
    narrow = said(STORY, (STORY.picture.url(1024), STORY.picture.url(300)))

    assert content.changed(said(STORY), narrow) == ""


@given(st.lists(st.text("ab", min_size=64, max_size=64), min_size=1, max_size=6))
def test_the_newest_version(contents):
    """Law: all pages behind the newest version say what it says; the first page is one."""
    at = content.newest(contents)

    assert content.changes(contents)[0] == FIRST
    assert {content.changed(contents[at], other) for other in contents[at:]} <= {"", "markup"}
    assert at == 0 or content.is_version(content.changed(contents[at - 1], contents[at]))


def test_one_digest_a_field():
    """Law: each field has its place, none is empty."""
    assert len(said(STORY)) == 8 * len(FIELDS)


@pytest.mark.slow
def test_versions_follow_dates_not_arrival(tmp_path):
    """Law: whatever order the captures of an article come in, file, versions and rows follow their dates."""
    captures = [page(STORY), page(STORY.revised(1)), page(STORY), page(STORY), answer(STORY.url, b"gone", 410)]
    seen = []
    for number, order in enumerate(permutations(captures)):
        if number % 5:
            continue
        archive = open_archive(tmp_path / str(number))
        for exchange in order:
            archives.keep(archive, exchange)
        close(archive)
        assert findings(archive.root) == []
        seen.append(_stands(archive.root))

    assert seen == seen[:1] * 24
    assert [change for _, change in seen[0][0]] == [FIRST, "body markup", "body markup", ""]


def _stands(root):
    """What an archive says of its one article, but for where its records lie."""
    rows = dump(root / "index.sqlite")
    pages = sorted((row[2], row[5]) for row in rows["pages"])
    return pages, [row[2:] for row in rows["articles"]], hashes(root, "articles")


def test_the_file_is_the_newest_versions(tmp_path):
    """Law: the words of the first page once more, after an edit, are a version of their own; markup alone is none."""
    archive = open_archive(tmp_path)
    first, edited, back = page(STORY), page(STORY.revised(1)), page(STORY)
    link = answer(STORY.url, render(STORY).replace(f"{STORY.short}", "0000").encode())
    for exchange in (first, edited, back, link):
        archives.keep(archive, exchange)
    stands = (tmp_path / urls.article_path(STORY.url)).read_text()
    close(archive)

    assert stands.startswith(f"<!--{int(back.date.timestamp()) * 1000}-->")
    assert [one.changed for one in archive_pages(tmp_path)] == [FIRST, "body markup", "body markup", "markup"]
    assert findings(copied(tmp_path, tmp_path / "copy")) == []


def archive_pages(root):
    archive = open_archive(root)
    pages = archive.index.pages(STORY.url)
    archive.close()
    return pages
