"""Laws of listings: whatever the bytes, right links or our own error."""

import warnings
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from time import monotonic
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import listing
from archive.errors import BadListing
from archive.language import moment
from archive.listing import Limits, Link, read

FEED = "https://www.rfi.fr/cn/rss"
MAP = "https://www.rfi.fr/sitemaps/cn/news.xml"
HOME = "https://www.rfi.fr/cn/"
NOON = datetime(2023, 10, 26, 12, tzinfo=UTC)
RSS_NOON, ISO_NOON = "Thu, 26 Oct 2023 12:00:00 GMT", "2023-10-26T14:00:00+02:00"


def at(slug, section="国际"):
    """Give the canonical URL of an article."""
    return f"https://www.rfi.fr/cn/{quote(section)}/20231026-{quote(slug)}"


ONE, TWO, THREE = at("河上的雾"), at("老城的钟"), at("春天的列车")


def item(url=ONE, title="河上的雾", rest=f"<pubDate>{RSS_NOON}</pubDate>"):
    return f"<item><title>{title}</title><link>{url}</link>{rest}</item>"


def rss(*items):
    spaces = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    head = f'<atom:link href="{FEED}"/><link>{HOME}</link><title>法广</title>'
    body = f'<rss version="2.0" {spaces}><channel>{head}{"".join(items)}</channel></rss>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def sitemap(*entries, root="urlset", news='xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'):
    home = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{root} xmlns="{home}" {news}>{"".join(entries)}</{root}>'.encode()


def news(url=ONE, title="河上的雾"):
    said = f"<news:publication_date>{ISO_NOON}</news:publication_date><news:title>{title}</news:title>"
    named = "<news:publication><news:name>法广</news:name></news:publication>"
    return f"<url><loc>{url}</loc><lastmod>2023-10-26</lastmod><news:news>{named}{said}</news:news></url>"


def page(main, after=""):
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><nav><a href="{THREE}">旧</a></nav><main>{main}</main>{after}</body></html>'.encode()


def got(content, url=FEED):
    return [link.url for link in read(content, url).links]


# Each format


def test_feed():
    """Law: an item gives URL, time in UTC, and its own title; a query on the link is dropped."""
    media = "<media:title>图</media:title><atom:link href='x'/>"
    content = rss(
        item(ONE + "?GJlXzGgqHj&amp;a=1", "\n 雾 &amp;amp; <![CDATA[河 &amp; <b>]]>\n"), item(TWO, rest=media)
    )

    assert read(content, FEED) == listing.Listing(
        (Link(ONE, NOON, None, "雾 &amp; 河 &amp; <b>"), Link(TWO, None, None, "河上的雾"))
    )


def test_feed_falls_back_on_a_permalink():
    """Law: a guid stands in for a link, unless it says that it is no URL."""
    said, denied = f"<guid>{ONE}</guid>", f'<guid isPermaLink="false">{TWO}</guid>'

    assert got(rss(item("", rest=said), item("", rest=denied), item(THREE))) == [ONE, THREE]


def test_sitemap():
    """Law: a news map gives URL, publication, change and title; a date alone is midnight UTC; an image is no page."""
    image = f'<url><image:image xmlns:image="urn:i"><image:loc>{TWO}</image:loc></image:image><loc>{THREE}</loc></url>'

    assert read(sitemap(news(), image), MAP).links == (
        Link(ONE, NOON, datetime(2023, 10, 26, tzinfo=UTC), "河上的雾"),
        Link(THREE),
    )


def test_sitemap_with_other_prefixes():
    """Law: names are told by their namespace, and a prefix nobody declared is damage, not the end."""
    other = sitemap(news().replace("news:", "n:"), news='xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"')
    undeclared = read(sitemap(news(), news=""), MAP)

    assert read(other, MAP).links == undeclared.links == read(sitemap(news()), MAP).links
    assert "not defined" in (undeclared.damage or "")


def test_sitemap_index():
    """Law: an index gives the sitemaps of articles of our editions, canonical, each once, and no links."""
    names = "contents_202310", "contents_202310", "news", "tags", "shows", "index", "contents_2023"
    locs = [f"http://www.rfi.fr/sitemaps/cn/{name}.xml?x" for name in names]
    locs += ["https://www.rfi.fr/sitemaps/fr/news.xml"]

    found = read(sitemap(*(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs), root="sitemapindex"), MAP)

    assert found == listing.Listing(
        (), tuple(f"https://www.rfi.fr/sitemaps/cn/{n}.xml" for n in ("contents_202310", "news"))
    )


TIME = f'<div class="article__metadata"><span class="article__date"><time datetime="{ISO_NOON}">26/10/2023</time></span></div>'
CARDS = {
    "2022": f"""<div class="m-item-list-article" data-article-list><a href="{ONE}" data-article-item-link>
        <div class="article__figure-wrapper"><img alt="图"></div>
        <div class="article__infos">{TIME}<p class="article__title"> 河上的雾 </p></div></a></div>""",
    "2024": f"""<div class="m-item-list-article"><div class="m-item-list-article__wrapper">
        <a class="article__figure-wrapper" href="{ONE}" data-article-item-link aria-hidden="true"><img></a>
        <div class="article__infos">{TIME}<div class="article__title"><span class="article__type">视频</span>
        <a href="{ONE}" data-article-item-link><h2>河上的雾</h2></a></div></div></div></div>""",
    "2026": f"""<div class="m-item-list-article">{TIME}<a class="m-item-image" href="{ONE}" data-article-item-link><picture>
        <img></picture></a><div class="article__title"><a href="{ONE}" data-article-item-link><!--x-->河上的雾</a></div></div>""",
    "carousel": f'<div class="m-carousel-item">{TIME}<p class="m-carousel-item__title"><a href="{ONE}">河上的雾</a></p></div>',
    "news feed": f"""<aside class="o-aside-content o-aside-content--news-feed"><ol><li><div class="m-item-news-feed">
        <a href="{ONE}">{TIME}<p class="news__content__title">河上的雾</p></a></div></li></ol></aside>""",
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_section_page(card):
    """Law: a card of any generation is one link with its title and time; what stands outside of cards is not read."""
    assert read(page(f'{card}<p><a href="{TWO}">更多</a></p>'), HOME) == listing.Listing(
        (Link(ONE, NOON, None, "河上的雾"),)
    )


def test_section_page_leaves_out_what_it_only_promotes():
    """Law: asides, partners, other editions, sections, tags and shows are no links of a section."""
    promo = f'<aside data-org-type="aside-content--sponsors"><a data-article-item-link href="{TWO}">旧</a><aside></aside></aside>'
    hrefs = (
        "https://partner.example/cn/a/20231026-x",
        "/fr/a/20231026-x",
        "/cn/国际/",
        "/cn/关键词/20231026/",
        "#",
        "http://[",
    )
    others = "".join(f'<a data-article-item-link href="{href}">别</a>' for href in hrefs)

    assert got(
        page(promo + others + CARDS["2024"], after=f"<aside>{CARDS['2022'].replace(ONE, TWO)}</aside>"), HOME
    ) == [ONE]


def test_calendar_page():
    """Law: without cards, the links of `main` are read, relative ones against the listing."""
    entry = '<li class="o-archive-day__list__entry"><a class="a-archive-link" href="{}">老城的钟</a></li>'
    content = page(f'<div class="o-archive-day"><ul>{entry.format("/cn/国际/20231026-老城的钟")}</ul></div>')

    assert read(content, HOME).links == (Link(TWO, title="老城的钟"),)


def test_item_list():
    """Law: without any link, JSON-LD item lists are read, each script alone, whichever way they name an item."""
    elements = f'{{"url":"{ONE}","name":" 雾 "}},{{"item":{{"@id":"{TWO}","name":"钟"}}}},{{"item":"{THREE}"}},{{"item":{{"url":[1]}}}},7'
    lists = (
        f'[{{"@graph":[{{"@type":"ItemList","itemListElement":[{elements}]}}]}}]',
        '{"@type":"ItemList"}',
        "{",
        "[" * 10_000,
    )
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in lists)

    assert read(page("", scripts), HOME).links == (Link(ONE, title="雾"), Link(TWO, title="钟"), Link(THREE))


# Rules for links


def test_each_article_once():
    """Law: spellings of one URL are one link; the first one stands, later ones only fill what it lacks."""
    first, other = item("http://cn.rfi.fr/国际/20231026-河上的雾", "", rest=""), item(TWO)

    assert read(rss(first, other, item(ONE, "甲"), item(ONE + "/", "乙")), FEED).links == (
        Link(ONE, NOON, None, "甲"),
        Link(TWO, NOON, None, "河上的雾"),
    )


def test_all_editions_of_ours():
    """Law: both Chinese editions are read, whichever lists them; the spider chooses."""
    assert got(rss(item("https://www.rfi.fr/tw/a/20231026-b"), item("https://www.rfi.fr/fr/a/20231026-b"))) == [
        "https://www.rfi.fr/tw/a/20231026-b"
    ]


DATES = {
    "Thu, 26 Oct 2023 14:00:00 +0200": NOON,
    "26 Oct 23 08:00 EDT": NOON,
    "Thu, 26 Oct 2023 14:00:00 CEST": NOON,
    "2023-10-26T12:00:00Z": NOON,
    "2023-10-26 12:00": NOON,
    "Thu, 26 Oct 2023 12:00:00 XYZ": NOON,
    **dict.fromkeys(["", "昨天", "2023-10", "12:00", "Thu", "26 Oct", "9" * 5_000, "26 Oct 99999999999", "2023-02-30"]),
    **dict.fromkeys(
        ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "Thu, 26 Oct 2023 12:00 +9999", "1e99999"]
    ),
}


@pytest.mark.parametrize(("text", "published"), DATES.items(), ids=lambda x: str(x)[:30])
def test_dates(text, published):
    """Law: a whole date is read as UTC, without a zone too; half a date, nonsense and the edges of time are None."""
    assert read(rss(item(rest=f"<pubDate>{text}</pubDate>")), FEED).links == (Link(ONE, published, None, "河上的雾"),)


@given(st.text(max_size=80) | st.text("0123456789 :+-TZ,.eEOctFriamp", max_size=40))
def test_no_date_raises(text):
    """Law: any text is a time in UTC or none."""
    found = moment.read(text)
    assert found is None or found.tzinfo is UTC


# Hostile and broken bytes

WHOLE = rss(item(ONE, "甲 &amp; 乙"), item(TWO), item(THREE))
BROKEN = {
    "bare & in title": (WHOLE.replace(b"&amp;", b"&"), "甲 & 乙", "bare"),
    "HTML's entity": (WHOLE.replace(b" &amp; ", b"&nbsp;"), "甲\xa0乙", "entities"),
    "bare <": (WHOLE.replace(b"&amp;", b"<"), "甲 < 乙", "bare"),
    "wrong end tag": (WHOLE.replace(b"<channel>", b"<channel><a></b></a>"), "甲 & 乙", "mismatch"),
    "NUL": (WHOLE.replace(b"&amp;", b"\0"), "甲 \ufffd 乙", "illegal"),
    "reference to NUL": (WHOLE.replace(b"&amp;", b"&#0;&#xD800;&#9999999;"), "甲 \ufffd\ufffd\ufffd 乙", None),
    "no text": (WHOLE.replace(b"&amp;", b"\xff"), "甲 \ufffd 乙", "no text"),
    "wrong coding declared": (WHOLE.replace(b"UTF-8", b"gb2312"), "甲 & 乙", "coding"),
    "Latin declared": (WHOLE.replace(b"UTF-8", b"iso-8859-1"), "甲 & 乙", "coding"),
    "unknown coding declared": (WHOLE.replace(b"UTF-8", b"punycode"), "甲 & 乙", "coding"),
    "GBK": (WHOLE.replace(b"UTF-8", b"gb2312").decode().encode("gbk"), "甲 & 乙", None),
    "UTF-16": (WHOLE.decode().encode("utf-16"), "甲 & 乙", None),
    "byte order mark": (b"\xef\xbb\xbf" + WHOLE, "甲 & 乙", None),
    "leading white space": (b"\n\n " + WHOLE, "甲 & 乙", None),
    "junk around": (b"<br />\nWarning: <b>x</b> &\n" + WHOLE + b"<script>&</script>", "甲 & 乙", None),
}


@pytest.mark.parametrize(("content", "title", "damage"), BROKEN.values(), ids=BROKEN)
def test_broken_feed(content, title, damage):
    """Law: one broken place costs no other link; damage is told where a fact could have been lost."""
    found = read(content, FEED)

    assert [link.url for link in found.links] == [ONE, TWO, THREE]
    assert found.links[0].title == title
    assert damage in (found.damage or "") if damage else found.damage is None


def test_a_broken_url_is_no_url():
    """Law: a URL with bytes that are no text, an illegal character, or an end tag lost, is left out, never guessed."""
    bad = [ONE + "\0", ONE + "&#1;", f"{ONE}<b>", ONE + "x" * 3_000]
    assert got(rss(*map(item, bad), item(TWO))) == [TWO]
    assert got(rss(item(ONE + "?"), item(TWO)).replace(b"?", b"\xff")) == [TWO]
    assert got(rss(item(ONE + "?"), item(TWO)).replace(b"?", b"&b&nbsp;c")) == [ONE + "%26b%C2%A0c", TWO]


def test_a_named_reference_after_an_error_is_kept():
    """Law: damage does not make the parser lose the & of a later URL or title."""
    assert read(rss("<a></b></a>", item(ONE + "&amp;a", "&lt;")), FEED).links == (Link(ONE + "%26a", NOON, None, "<"),)


def test_no_entity_is_expanded(tmp_path):
    """Law: an entity that the document declares, of its own or of a file, stays as its name."""
    (tmp_path / "secret").write_text("秘密")
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    dtd = f'<!DOCTYPE rss SYSTEM "file://{tmp_path}/x" [<!ENTITY l0 "哈">{lol}<!ENTITY f SYSTEM "file://{tmp_path}/secret"><!ENTITY % p "x"> %p;]>'

    found = read(dtd.encode() + rss(item(title="&l12;&f;")), FEED)

    assert found.links == (Link(ONE, NOON, None, "&l12;&f;"),)
    assert "undeclared entities" in (found.damage or "")


BOMBS = {
    "tags": b"<rss>" + b"<a/>" * 3_000_000,
    "references": b"<rss><item>" + b"&" * 10_000_000 + b"</item>",
    "sections never closed": b"<rss>" + b"<![CDATA[" * 500_000 + b"</item>",
    "depth": b"<rss>" + b"<a>" * 400_000 + b"</item>",
    "text": b"<rss><item><title>" + b"x" * 20_000_000 + b"</title></item>",
    "no root": b"<a" * 5_000_000,
    "doctypes": b"<!doctype  " * 500_000,
    "page depth": b"<html>" + b"<div><a href=/cn/a/20231026-b>" * 30_000,
    "page JSON": b"<html><script type='application/ld+json'>" + b"[" * 1_000_000 + b"</script>",
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_bombs_end_soon(content):
    """Law: bytes made to hurt are refused within seconds."""
    start = monotonic()
    with pytest.raises(BadListing):
        read(content, FEED)
    assert monotonic() - start < 10


def test_limits_are_told():
    """Law: what is beyond a limit is left out, and said."""
    many = rss(*(item(at(f"{n}")) for n in range(9)))
    for limits in Limits(links=5), Limits(size=len(many) * 2 // 3), Limits(xml_marks=60):
        found = read(many, FEED, limits)
        assert "only" in (found.damage or "")
        assert 0 < len(found.links) < 9


@pytest.mark.parametrize("by", ["page", "page_marks"])
def test_limit_of_a_page_is_told(by):
    """Law: the same for a page."""
    content = page(CARDS["2022"] + CARDS["2024"].replace(ONE, TWO))
    before = content[: content.index(TWO.encode())]
    most = {"page": len(before.decode()) - 10, "page_marks": sum(map(before.count, (b"<", b"&", b"="))) - 2}

    found = read(content, HOME, Limits(**{by: most[by]}))

    assert "only" in (found.damage or "")
    assert [link.url for link in found.links] == [ONE]


NOTHING = {
    "empty": b"",
    "zeros": b"\0" * 100,
    "JSON": b'{"links": []}',
    "text": "没有新闻".encode(),
    "Atom": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>",
    "feed without items": rss(),
    "sitemap of tags": sitemap("<url><loc>https://www.rfi.fr/cn/%E5%85%B3/</loc></url>"),
    "index of nothing of ours": sitemap(
        "<sitemap><loc>https://www.rfi.fr/sitemaps/fr/news.xml</loc></sitemap>", root="sitemapindex"
    ),
    "challenge": b"<html><head><script src='/_Incapsula_Resource'></script></head><body>Request unsuccessful</body></html>",
    "doctype only": b"<!doctype html>",
}


@pytest.mark.parametrize("content", NOTHING.values(), ids=NOTHING)
def test_no_listing(content):
    """Law: what names nothing of ours is a BadListing, of one line that names the URL and what to do."""
    with pytest.raises(BadListing, match=r"^[^\n]+: look at the record of https://www\.rfi\.fr/cn/rss$"):
        read(content, FEED)


@pytest.mark.parametrize("content", [rss(*map(item, (ONE, TWO, THREE))), sitemap(*map(news, (ONE, TWO, THREE))),
                                     page(CARDS["2024"] + CARDS["2022"].replace(ONE, TWO))], ids=["feed", "sitemap", "page"])  # fmt: skip
@pytest.mark.parametrize("coding", ["utf-8", "iso-8859-1"])
def test_cut_at_every_byte(content, coding):
    """Law: a listing cut anywhere gives the first of its links, or none, and never a URL that it does not have."""
    whole, content = got(content, HOME), content.replace(b"UTF-8", coding.encode())
    for end in range(len(content)):
        try:
            found = read(content[:end], HOME)
        except BadListing:
            continue
        links = [link.url for link in found.links]
        assert links == whole[: len(links)], end
        assert len(links) == len(whole) or found.damage, end


def test_cut_page_says_so():
    """Law: a page that lacks its end is damaged, though all its links be there."""
    assert read(page(CARDS["2024"])[:-5], HOME).damage == "ends before </html>"


markup = st.lists(
    st.sampled_from([
        b"<rss>", b"</rss>", b"<item>", b"</item>", b"<link>", b"</link>", b"<urlset>", b"<url>", b"<loc>", b"</url>", b"<sitemapindex>",
        b"<html>", b"<!doctype html>", b"<main>", b"<aside>", b"<a href='", b"'", b">", b"<time datetime=", b"<![CDATA[", b"]]>", b"<!--",
        b"&amp;", b"&", b"&#", b"\0", b"\xff\xfe", b"<?xml encoding='utf-16'?>", b"<p class=m-item-list-article>", b"</a>", b"<", ONE.encode(),
        b"<script type='application/ld+json'>", b'{"@type":"ItemList","itemListElement":[', b"<pubDate>", b"<!ENTITY a 'b'>",
    ]) | st.binary(max_size=4),
    max_size=30,
).map(b"".join)  # fmt: skip


@settings(max_examples=400)
@given(st.binary() | markup)
def test_any_bytes(content):
    """Law: any bytes are a Listing with something in it, or BadListing, and nothing else, not even a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = read(content, FEED)
        except BadListing:
            return
    assert found.links or found.children
    assert "\n" not in (found.damage or "")


legal = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=60
)
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(st.tuples(legal, moments.map(lambda m: m.replace(microsecond=0))), min_size=1, max_size=5))
def test_feed_round_trip(facts):
    """Law: what a sound feed says of an article comes back, whatever the title and the time."""
    items = [item(at(str(n)), escape(t), f"<pubDate>{format_datetime(m)}</pubDate>") for n, (t, m) in enumerate(facts)]

    found = read(rss(*items), FEED)

    titles = [" ".join(filter(None, title.split(" "))) or None for title, _ in facts]
    assert found == listing.Listing(tuple(Link(at(str(n)), facts[n][1], None, t) for n, t in enumerate(titles)))
