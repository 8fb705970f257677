"""Laws of pages: bytes give an Article, or the reason why they are none; never anything else."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import article, page
from archive.exchange import Exchange
from archive.page import NotAnArticle, Page, Why
from tests.archive.test_article import soup
from tests.site import ODD, Site, expected, odd_url, render
from tests.site.answer import coded
from tests.site.answer import page as answered
from tests.site.odd import Scene

STORIES = Site().articles
NOON = datetime(2026, 10, 30, 12, tzinfo=UTC)
EPOCH = int(NOON.timestamp()) * 1000
UTF8 = "text/html; charset=UTF-8"
URL = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-a"
STORY = next(a for a in STORIES if a.generation == "2023" and a.picture and not a.is_show)
HTML = render(STORY)


def read(html, url=URL, content_type=UTF8):
    """Read a page that was captured at noon."""
    return page.read(html if isinstance(html, bytes) else html.encode(), url, NOON, content_type)


def small(main, head="", lang="zh"):
    """Give a page with little around its article."""
    return f"<!DOCTYPE html><html lang={lang}><head>{head}</head><body><main><article data-article-content>{main}</article></main></body></html>"


def story(head="", body="<p>雾散了。</p>"):
    return small(f"<h1 class=a-page-title>晨雾</h1><div class=t-content__body>{body}</div>", head)


# Every article of the small site


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.slug)
def test_page_gives_the_expected_file(story):
    """Law: for every kind and generation, the file is what FORMAT.md says, byte for byte."""
    found = read(render(story), story.url)
    assert isinstance(found, Page)
    assert article.write(found.article) == expected(story, EPOCH)
    assert article.read(expected(story, EPOCH)) == found.article


@pytest.mark.parametrize("content_type", [None, "text/html", UTF8, "application/xhtml+xml", "text/html; charset=hex", "text/html;charset=\xe9", "TEXT/HTML; CHARSET=utf-8"])  # fmt: skip
def test_header_changes_nothing(content_type):
    """Law: same page, same second, same bytes, whatever way the charset is found."""
    assert article.write(read(HTML, STORY.url, content_type).article) == expected(STORY, EPOCH)


READ = {1: "944fc479aef1c3bcb0ebe31a5e27aa5404de1203573496d63bc090c71faf02c9"}
"""For each version of page.py: SHA-256 of the facts and files of all articles of the site."""


def test_a_reader_that_reads_otherwise_has_another_version():
    """Law: page.VERSION is raised with each change that any page of the site shows, so that an index can tell."""
    told = hashlib.sha256()
    for one in STORIES:
        found = read(render(one), one.url)
        told.update(repr((article.write(found.article), found.facts)).encode())

    assert READ[page.VERSION] == told.hexdigest(), "raise page.VERSION, and note this digest with it"


# What is no article

ODD_ONES = {
    "challenge": Why.CHALLENGE,
    "consent": Why.CONSENT,
    "empty": Why.EMPTY,
    "list": Why.LIST,
    "foreign": Why.EDITION,
    "pdf": Why.NOT_HTML,
    "gbk": Why.UNDECODABLE,
    "xml-bomb": Why.NOT_HTML,
    "bomb": Why.UNDECODABLE,
}


def exchanged(name):
    """Give the exchange by which an odd answer comes."""
    odd = ODD[name]
    answer = coded(
        odd.content(Scene(answered(HTML), STORY)) if odd.content else answered(HTML), takes_gzip=name != "big"
    )
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{k}: {v}\r\n" for k, v in answer.headers) + "\r\n"
    return Exchange(odd_url(name), NOON, b"", head.encode(), answer.body, None, (), None)


@pytest.mark.parametrize(("name", "why"), ODD_ONES.items(), ids=ODD_ONES)
def test_odd_answers_are_told_by_their_kind(name, why):
    """Law: an answer that holds no article says what it is instead, in a few words."""
    found = page.of(exchanged(name))
    assert isinstance(found, NotAnArticle)
    assert found.why is why
    assert len(str(found)) < 300


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw-deflate", "identity", "big"])
def test_good_answers_are_articles(name):
    """Law: content codings are undone, and five megabytes of script are no matter."""
    found = page.of(exchanged(name))
    assert isinstance(found, Page)
    assert found.article.body == read(HTML).article.body


DIDOMI, CAPTCHA = "<script src=https://sdk.didomi.io/a.js></script>", "<form class=captcha></form>"
CARDS = "<aside><div data-article-list><a data-article-item-link href=/x>旧</a></div></aside>"
EMPTY = "<h1 class=a-page-title></h1><div class=t-content__body></div>"
SHELLS = {
    "challenge by script": ("<html><script src='/_fs-ch/x.js'></script>", Why.CHALLENGE),
    "challenge in English": ("<html lang=en-US><script src='/_fs-ch/x.js'></script>", Why.CHALLENGE),
    "French, guarded": (small("<h1 class=a-page-title>Le brouillard</h1>", "<script src=/_Incapsula_x></script>", lang="fr"), Why.EDITION),
    "challenge by frame": ("<html><iframe src='/_Incapsula_Resource?a'></iframe>", Why.CHALLENGE),
    "challenge by refresh": ("<html><meta http-equiv=refresh content=5>", Why.CHALLENGE),
    "challenge by form": ("<html><div class=g-recaptcha></div>", Why.CHALLENGE),
    "consent": (f"<html>{DIDOMI}<div id=didomi-host></div>", Why.CONSENT),
    "empty template": (small(EMPTY), Why.EMPTY),
    "empty template with the scripts of any page": (small(EMPTY, DIDOMI) + CAPTCHA, Why.EMPTY),
    "list page with a form": (f"<html>{CAPTCHA}<div class=t-content--page-builder></div>{DIDOMI}", Why.LIST),
    "titled list page": (f"<div class=t-content--page-builder><h1 class=a-page-title>中国</h1>{CARDS}</div>", Why.LIST),
    "not found": ("<html lang=zh><h1 class=a-page-title>您访问的页面不存在</h1>", Why.EMPTY),
    "title alone": (small("<h1 class=a-page-title>雾</h1>"), Why.EMPTY),
    "nothing": ("", Why.NOT_HTML),
    "text": ("雾散了", Why.NOT_HTML),
    "JSON": ('{"a": "<p>"}', Why.NOT_HTML),
    "French by its address": (story('<link rel=canonical href="https://www.rfi.fr/fr/a/20261030-b">'), Why.EDITION),
    "other Chinese by og:url": (story('<meta property=og:url content="https://www.rfi.fr/tw/a/20261030-b">'), Why.EDITION),
    "French by its language": (small("<h1 class=a-page-title>Le brouillard</h1>", lang="fr"), Why.EDITION),
}  # fmt: skip


@pytest.mark.parametrize(("html", "why"), SHELLS.values(), ids=SHELLS)
def test_shells(html, why):
    """Law: a page without an article is told by what only its kind has."""
    assert read(html).why is why


MENTIONS = {
    "consent script": story(DIDOMI + "<div id=didomi-host></div>"),
    "the word": story(body="<p class=captcha>captcha, consent, _Incapsula_</p>"),
    "cards": story(body="<p>雾</p>") + CARDS,
    "refresh": story("<meta http-equiv=refresh content=900>"),
    "challenge script": story("<script src=/cdn-cgi/challenge-platform/x.js></script>"),
    "canonical of another path": story('<link rel=canonical href="https://www.rfi.fr/cn/b/20261030-c">'),
    "canonical that is no URL": story('<link rel=canonical href="http://[">'),
    "language missing": story().replace(" lang=zh", ""),
    "video without text": small("<h1 class=a-page-title>晨雾</h1><div class=t-content__main-media><video-player></video-player></div>"),
    "title outside the article element": "<main><h1 class=a-page-title>晨雾</h1><div data-article-content><div class=t-content__body>雾</div></div></main>",
    "blank lines first": "\n\n" + story(),
}  # fmt: skip


@pytest.mark.parametrize("html", MENTIONS.values(), ids=MENTIONS)
def test_mentions_are_no_signs(html):
    """Law: what an article merely has about it does not make it anything else."""
    found = read(html)
    assert isinstance(found, Page)
    assert found.article.title == "晨雾"


# Charsets

CHARSETS = {
    "header": (story().encode("gbk"), "text/html; charset=gbk"),
    "big5 header": (story(body="<p>霧散</p>").replace("晨雾", "晨霧").encode("big5"), "text/html; charset=big5"),
    "meta": (story("<meta charset=gb2312>").encode("gbk"), "text/html"),
    "old meta": (story('<meta http-equiv=Content-Type content="text/html; charset=gbk">').encode("gbk"), None),
    "mark": (b"\xef\xbb\xbf" + story().encode(), UTF8),
    "mark against the header": (b"\xef\xbb\xbf" + story().encode(), "text/html; charset=gbk"),
    "UTF-16": (story().encode("utf-16"), "text/html"),
    "none": (story().encode(), None),
    "unknown": (story().encode(), "text/html; charset=x-nothing"),
    "no charset at all": (story().encode(), "text/html; charset=rot13"),
}


@pytest.mark.parametrize(("body", "content_type"), CHARSETS.values(), ids=CHARSETS)
def test_charsets(body, content_type):
    """Law: a page is read in the charset it declares, by mark, header or meta; else in UTF-8."""
    assert read(body, URL, content_type).article.title in ("晨雾", "晨霧")


def test_a_few_broken_bytes_are_no_matter():
    """Law: two or three bytes cut by an editor cost two or three characters; a wrong charset costs the page."""
    broken = HTML.encode().replace("。".encode(), b"\xe3\x80", 3)
    assert isinstance(read(broken, STORY.url), Page)
    assert read(HTML.encode("gb18030"), STORY.url).why is Why.UNDECODABLE


# Any bytes


@given(st.binary() | soup.map(story) | soup, st.none() | st.text(max_size=30).map("text/html; charset={}".format))
@settings(max_examples=400)
def test_any_bytes_give_an_answer(body, content_type):
    """Law: any bytes are a page or no article, twice the same, and a page can be written and read."""
    found = read(body, URL, content_type)
    assert found == read(body, URL, content_type)
    if isinstance(found, Page):
        assert article.read(article.write(found.article).encode()) == found.article


PRE = "<h1 class=a-page-title>雾</h1><p class=t-content__chapo>晨</p><div class=t-content__body>"
SCRAPS = ["<div>", "<b>", "<p><b><i><a>", "<table>", '<a "', "<a b='", "<", "<!--", "<select><option>", "<ul><li>", "<time>", "<span class=m-from-author__name>x", "<h1 class=a-page-title>", "<svg><g>", "<template>", "&#1", "<meta charset="]  # fmt: skip


@pytest.mark.parametrize("scrap", SCRAPS)
@pytest.mark.parametrize("times", [2_000, 200_000])
def test_no_page_takes_long(scrap, times):
    """Law: no repetition, however deep, crashes the parser or takes time by the square (which would hang here)."""
    assert read(story(body=scrap * times))
    assert read(scrap * times + PRE)


@pytest.mark.parametrize("count", [2_000, 200_000])
def test_no_tag_takes_long(count):
    """Law: neither one huge value nor ever so many attributes are work."""
    many = " ".join(f"a{n}=1" for n in range(count))
    assert read(PRE + f"<a {many}>") == read(PRE + f"<a {many}>")
    assert isinstance(read(PRE + f'<p title="{"雾" * 100_000}">'), Page)


@pytest.mark.parametrize("more", ["<div>" * 200_000, f"<p {'a b1 ' * 80_000}>" * 16], ids=["tags", "attributes"])
def test_too_large_says_so(more):
    """Law: a page that could only hang is no article, and says why."""
    assert read(PRE + more).why is Why.HUGE


def test_what_is_utf_8_is_read_as_such():
    """Law: a page in UTF-8 gives the same article, whatever charset it claims."""
    text = PRE.encode()
    assert b"charset" not in text

    found = page.read(text, URL, NOON, "text/html; charset=GBK")

    assert found == page.read(text, URL, NOON, "text/html; charset=UTF-8")


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30", "x", ""])
def test_impossible_dates_are_none(date):
    """Law: a date that no calendar has is no date, and no error."""
    found = read(
        small(f"<h1 class=a-page-title>雾</h1><div class=t-content__dates><time datetime='{date}'></time></div>" + PRE)
    )
    assert (found.article.shown, found.facts.published) == ("", None)


SHOWN = {
    "2026-03-29T00:59:59+00:00": "29/03/2026 - 01:59",
    "2026-03-29T01:00:00+00:00": "29/03/2026 - 03:00",
    "2026-10-25T00:30:00+00:00": "25/10/2026 - 02:30",
    "2026-10-25T01:30:00+00:00": "25/10/2026 - 02:30",
    "2026-12-31T23:30:00Z": "01/01/2027 - 00:30",
    "2026-07-01T12:00:00+02:00": "01/07/2026 - 12:00",
    "2026-07-01T12:00:00": "01/07/2026 - 14:00",
}


@pytest.mark.parametrize(("date", "shown"), SHOWN.items(), ids=SHOWN)
def test_paris_time_where_none_is_shown(date, shown):
    """Law: without a visible date the machine's is shown in Paris time, summer and winter."""
    found = read(small(f"<div class=t-content__dates><time datetime={date}></time></div>" + PRE))
    assert found.article.shown == shown


AFTER = {
    "share bar": ("<div class=m-share-bar>分享</div>", "<div>分享</div>"),
    "text and advertising between": ("x<!-- --><div class=m-interstitial></div>\n<div class=m-share-bar>分享</div>", "<div>分享</div>"),
    "share bar by its root": ("<div><span data-root-share></span></div>", "<div><span data-root-share></span></div>"),
    "author chain": ("<div class=t-content__authors-tts><a title=b>b</a></div>", '<div><a title="b">b</a></div>'),
    "only the first": ("<div class=m-share-bar>1</div><div class=m-share-bar>2</div>", "<div>1</div>"),
    "tags": ("<div class=t-content__tags></div><div class=m-share-bar>1</div>", ""),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("html", "after"), AFTER.values(), ids=AFTER)
def test_what_follows_the_body(html, after):
    """Law: the one element behind the body is kept if it is share bar or author chain."""
    assert read(story().replace("</div></article>", f"</div>{html}</article>")).article.after == after


@pytest.mark.parametrize("name", ["t-content__body", "a T-Content__Body"])  # without a doctype, case counts for nothing
def test_what_follows_an_article_that_is_its_own_body(name):
    """Law: the element behind the body is kept though it stands behind the article, where both are one element."""
    own = small("<h1 class=a-page-title>晨雾</h1>").removeprefix("<!DOCTYPE html>")
    html = own.replace("<article ", f"<article class='{name}' ").replace(
        "</article>", "</article><div class=m-share-bar>分享</div>"
    )

    assert read(html).article.after == "<div>分享</div>"


def test_section_of_an_address_without_one():
    """Law: an article at an address without a section is read like any other; its section has no name."""
    assert read(story(), "https://www.rfi.fr/x").facts.section == ""


LEADS = {
    "\n        晨雾\n        ": "晨雾        ",
    " \t\n": "",
    "<!-- --> <script></script> 晨": "晨",
    "<b> 晨</b>\u3000": "<b> 晨</b>\u3000",
}


@pytest.mark.parametrize(("html", "lead"), LEADS.items())
def test_lead(html, lead):
    """Law: white space before the lead goes, line breaks go, blanks behind it stay."""
    assert read(small(PRE.replace("晨", html) + "雨")).article.lead == lead


def test_a_show_of_any_name_has_one_line():
    """Law: what a URL may hold, a title may not: a show's name is one line."""
    url = "https://www.rfi.fr/cn/%E4%B8%93%E6%A0%8F%E6%A3%80%E7%B4%A2/a%0A%0Db/20261030-c"
    assert read(story(), url).article.title == "晨雾 - a b"
