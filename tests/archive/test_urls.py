"""Laws of URLs: one form for each article, told by its text alone."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.errors import BadUrl
from archive.rfi.editions import BY_CODE, EDITIONS
from archive.urls import Kind

STORY = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20231026-%E5%B7%B4%E9%BB%8E%E5%92%96%E5%95%A1-caf%C3%A9"
PATH = "/国际/20231026-巴黎咖啡-café"
SHOW = "https://www.rfi.fr/cn/" + quote("专栏检索/要闻解说/20231026-巴黎的桥")

SPELLINGS = {
    "itself": STORY,
    "http": STORY.replace("https", "http"),
    "doubled slash": STORY.replace("/cn/", "//cn/"),
    "old host": STORY.replace("www.rfi.fr/cn", "cn.rfi.fr"),
    "old host, edition named": STORY.replace("www.", "cn."),
    "mobile host": STORY.replace("www.rfi.fr/cn", "m.cn.rfi.fr"),
    "bare host": STORY.replace("www.", ""),
    "not encoded": f"https://www.rfi.fr/cn{PATH}",
    "lower-case hex": STORY.lower(),
    "decomposed": f"https://www.rfi.fr/cn{PATH.replace('é', 'e' + chr(0x301))}",
    "query": STORY + "?GJlXzGgqHj&xmlhttprequest=1",
    "fragment": STORY + "#pager",
    "trailing slash": STORY + "/",
    "default port": STORY.replace(".fr/", ".fr:443/"),
    "upper-case host": STORY.replace("https://www.rfi.fr", "HTTPS://WWW.RFI.FR"),
    "blanks around": f"\n {STORY} ",
}

KINDS = {
    STORY: Kind.ARTICLE,
    SHOW: Kind.ARTICLE,
    "https://www.rfi.fr/cn/contenu/20201013-a": Kind.ARTICLE,
    "https://www.rfi.fr/tw/%E5%9C%8B%E9%9A%9B/20231026-a": Kind.ARTICLE,
    "https://www.rfi.fr/fr/europe/20231026-a": Kind.OTHER,
    "https://www.rfi.fr/cn/a/b/c/20231026-a": Kind.OTHER,
    "https://www.rfi.fr/cn/20231026-a": Kind.OTHER,
    "https://www.rfi.fr/cn/a/2023102-a": Kind.OTHER,
    "https://www.france24.com/cn/a/20231026-a": Kind.OTHER,
    "https://www.rfi.fr/cn/rss": Kind.LISTING,
    "https://www.rfi.fr/cn/": Kind.LISTING,
    BY_CODE["cn"].section_pages[1]: Kind.LISTING,
    "https://www.rfi.fr/sitemaps/cn/index.xml": Kind.LISTING,
    "https://www.rfi.fr/sitemaps/cn/contents_202310.xml": Kind.LISTING,
    "https://www.rfi.fr/sitemaps/cn/news.xml": Kind.LISTING,
    "https://www.rfi.fr/cn/2/": Kind.LISTING,
    BY_CODE["cn"].section_pages[1] + "45/": Kind.LISTING,
    BY_CODE["cn"].section_pages[1] + "45/1/": Kind.OTHER,
    "https://www.rfi.fr/cn/%E5%85%B3%E4%BA%8E/2/": Kind.OTHER,
    "https://www.rfi.fr/cn/%E6%97%A7%E9%97%BB/2023/": Kind.OTHER,
    "https://www.rfi.fr/cn/%E6%97%A7%E9%97%BB/2023/01/15-1%E6%9C%88-2023": Kind.LISTING,
    "https://www.rfi.fr/tw/%E8%88%8A%E8%81%9E/2023/01/15-1%E6%9C%88-2023/": Kind.LISTING,
    "https://www.rfi.fr/cn/%E6%97%A7%E9%97%BB/2023/01/15-1%E6%9C%88-2022": Kind.OTHER,
    "https://www.rfi.fr/fr/archives/2023/01/15-janvier-2023": Kind.OTHER,
    "https://www.rfi.fr/sitemaps/cn/tags.xml": Kind.OTHER,
    "https://www.rfi.fr/sitemaps/fr/news.xml": Kind.OTHER,
    "https://s.rfi.fr/media/display/0/w:1280/p:16x9/a.jpg": Kind.IMAGE,
    "https://s.rfi.fr/build/a.css": Kind.REQUISITE,
    "https://www.rfi.fr/build/css/page--cn.0a1b.CSS": Kind.REQUISITE,
    "https://static.rfi.fr/fonts/a.woff2?v=1": Kind.REQUISITE,
    "https://static.rfi.fr/fonts/a.woff2x": Kind.OTHER,
    "https://static.rfi.fr/?a.css": Kind.OTHER,
    "https://www.rfi.fr/cn/a/20231026-a.css": Kind.ARTICLE,
}

NO_URLS = ["", "/cn/", "ftp://www.rfi.fr/cn/", "https://", "https:///cn/", "https://[::1/", "https://a:b@www.rfi.fr/cn/",
           "https://www.rfi.fr:port/", "https://www.rfi.fr/\ud800", "javascript:alert(1)"]  # fmt: skip

url_like = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["www.rfi.fr", "WWW.RFI.FR:443", "cn.rfi.fr", "m.cn.rfi.fr", "rfi.fr", "s.rfi.fr", "example.org:8080"]),
    st.lists(
        st.sampled_from(["/", "//", "cn", "tw", "国际", "%e5%9b%bd", "20231026-", "%2F", "%2e%2E", "..", "%FF", "%25", "é"])
        | st.text(max_size=4)
    ).map("".join).map("/{}".format),
    st.sampled_from(["", "/", "?a=b c", "#d"]),
)  # fmt: skip


@given(st.text() | url_like)
def test_canonical_is_idempotent(text):
    """Law: any text has a canonical form, which is its own, or is no URL."""
    try:
        once = urls.canonical(text)
    except BadUrl:
        return
    assert urls.canonical(once) == once
    assert once.isascii()


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_has_one_form(spelling):
    """Law: however an article is spelt, one canonical URL names it."""
    assert urls.canonical(spelling) == STORY


@pytest.mark.parametrize("text", NO_URLS)
def test_what_is_no_url_is_refused(text):
    """Law: BadUrl, and nothing else, for what could not be requested, or would carry a password into a record."""
    with pytest.raises(BadUrl):
        urls.canonical(text)


def test_other_sites_keep_their_query():
    """Law: only RFI's own pages are known to be the same without a query."""
    assert urls.canonical("http://example.org:80/a b?x=1&y=%20#z") == "http://example.org/a%20b?x=1&y=%20"


def test_encoded_slash_stays_in_its_segment():
    """Law: %2F never becomes a path level."""
    assert urls.canonical("https://www.rfi.fr/cn/a/20231026-1%2f2") == "https://www.rfi.fr/cn/a/20231026-1%2F2"


@pytest.mark.parametrize(("url", "kind"), KINDS.items(), ids=KINDS)
def test_kinds(url, kind):
    """Law: the text of a canonical URL tells what it names."""
    assert urls.canonical(url) == url
    assert urls.kind(url) is kind


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.code)
def test_all_that_an_edition_lists_by_is_a_listing_of_it(edition):
    """Law: the table of editions and the table of kinds agree."""
    for url in (edition.feed, edition.news_sitemap, *edition.section_pages):
        assert (urls.canonical(url), urls.kind(url), urls.edition_of(url)) == (url, Kind.LISTING, edition)


@given(url_like)
def test_article_path_stays_in_articles(text):
    """Law: nothing of a URL but eight digits and a hash gets into the path, if it is an article's at all."""
    url = urls.canonical(text)
    if urls.kind(url) is Kind.ARTICLE:
        assert re.fullmatch(r"articles/[0-9]{4}/[0-9]{2}/[0-9]{8}-[0-9a-f]{12}\.md", urls.article_path(url), re.ASCII)
        assert [urls.is_article(url, edition) for edition in EDITIONS].count(True) == 1


def test_what_is_no_article_has_no_path():
    """Law: a listing has no day and no article path."""
    with pytest.raises(BadUrl, match="not the URL of an article"):
        urls.article_path("https://www.rfi.fr/cn/")


def test_names_are_fixed_for_ever():
    """Law: path, digest and key of a URL never change: files and index rows bear them."""
    digest = "0d46771c08b37aead16bf691b9d797c55c216a5039e94c268c3551ae3ced8280"
    assert urls.digest(STORY) == digest
    assert urls.article_path(STORY) == f"articles/2023/10/20231026-{digest[:12]}.md"
    assert urls.key(STORY) == 956582933151578858
    assert urls.key(STORY) == int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True)


def test_segments_tell_section_and_show():
    """Law: a show has a segment under the edition's word for shows; anything else has a section."""
    assert (urls.section_of(STORY), urls.show_of(STORY)) == ("国际", None)
    assert (urls.section_of(SHOW), urls.show_of(SHOW)) == ("专栏检索", "要闻解说")
    assert urls.show_of(STORY.replace("/2023", "/x/2023")) is None
