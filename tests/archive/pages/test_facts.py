"""Laws of facts: each from the best of the sources a page has, in their order."""

import json
from datetime import UTC, datetime

import pytest

from archive import page
from archive.pages.facts import MAX_NAMES
from tests.site import Site, render

NOON = datetime(2026, 10, 30, 12, tzinfo=UTC)
NEWS = "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261030-a"
SHOW = "https://www.rfi.fr/cn/%E4%B8%93%E6%A0%8F%E6%A3%80%E7%B4%A2/%E6%99%A8%E9%97%B4/20261030-a"
MEDIA = "https://s.rfi.fr/media/display/1-2-3"
WANTED = f"{MEDIA}/w:1280/p:16x9/a%20b.JPG"
CARD = "https://static.rfi.fr/meta_og_twcards/RFI_FB.png"
PIXEL = "data:image/gif;base64,R0lG"


def facts(main="", head="", url=NEWS, after=""):
    """Give the facts of a small page."""
    html = f"<html lang=zh-Hans><head>{head}</head><body><main><article data-article-content><h1 class=a-page-title>雾</h1>{main}<div class=t-content__body><p>正文</p>{after}</div></article></main></body></html>"
    found = page.read(html.encode(), url, NOON, "text/html; charset=utf-8")
    assert isinstance(found, page.Page)
    return found.facts


# Every article of the small site


@pytest.mark.parametrize("story", Site().articles, ids=lambda s: s.slug)
def test_facts_of_every_article(story):
    """Law: dates, names and key words are those that the page was made from."""
    found = page.read(render(story).encode(), story.url, NOON, "text/html; charset=utf-8")
    assert isinstance(found, page.Page)
    assert found.facts.published == story.published
    assert found.facts.modified == (story.modified or story.published)
    assert found.facts.authors == (story.authors or ("法广",))
    assert found.facts.tags == story.keywords
    assert found.facts.show == (story.show if story.is_show else None)
    assert found.facts.section == story.folder
    assert found.facts.short == f"https://rfi.my/{story.short}"
    assert found.facts.image == (story.picture.url(1280) if story.picture else None)
    assert found.facts.caption == ((story.picture.caption or None) if story.picture else found.facts.caption)
    assert found.facts.language == {"cn": "zh-Hans", "tw": "zh-Hant"}[story.edition]
    assert "<" not in found.facts.text.replace("< ", "")


# Dates


def dated(*times):
    spans = "".join(f"<span class=m-pub-dates__date><time datetime='{time}'>x</time></span>" for time in times)
    return f"<div class=t-content__dates>{spans}</div>"


def linked(**values):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def metas(published, modified):
    return f"<meta property=article:published_time content='{published}'><meta property=article:modified_time content='{modified}'>"


ONE, TWO, THREE = "2026-10-01T08:00:00+00:00", "2026-10-02T08:00:00+02:00", "2026-10-03T08:00:00Z"
DATES = {
    "the page's own times first": (dated(ONE, TWO), linked(datePublished=THREE, dateModified=THREE) + metas(THREE, THREE), (1, 8), (2, 6)),
    "then JSON-LD": (dated("x"), linked(datePublished=TWO, dateModified=ONE) + metas(THREE, THREE), (2, 6), (1, 8)),
    "then meta": (dated("", "2026-13-01"), linked(datePublished="?") + metas(THREE, ONE), (3, 8), (1, 8)),
    "one time is no modification": (dated(ONE), metas("", TWO), (1, 8), (2, 6)),
    "without an offset it is UTC": (dated("2026-10-01 08:00"), metas("", "2026-10-02T06:00:00.000"), (1, 8), (2, 6)),
}  # fmt: skip


@pytest.mark.parametrize(("main", "head", "published", "modified"), DATES.values(), ids=DATES)
def test_dates(main, head, published, modified):
    """Law: time element, then JSON-LD, then meta, the first that is a date; always UTC."""
    found = facts(main, head)
    assert [(date.month, date.day, date.hour) for date in (found.published, found.modified)] == [
        (10, *published),
        (10, *modified),
    ]
    assert found.published.tzinfo is UTC


def test_no_dates():
    """Law: what no source says is not known."""
    assert (facts().published, facts().modified) == (None, None)


# Names

SHOW_LINK = "/cn/%E4%B8%93%E6%A0%8F%E6%A3%80%E7%B4%A2/%E6%99%A8%E9%97%B4/"
SHOWS = {
    "section tag": (f'<div class=t-content__section><a href="{SHOW_LINK}">\n 晨间·新闻 </a></div>', "晨间·新闻"),
    "breadcrumb, not encoded": ('<nav class=m-breadcrumb><a href="/cn/">RFI</a><a href="/cn/专栏检索/晨间">早晨</a></nav>', "早晨"),
    "another show's link": ('<div class=t-content__section><a href="/cn/专栏检索/晚间/">晚间</a></div>', "晨间"),
    "an empty link": (f'<div class=t-content__section><a href="{SHOW_LINK}"> </a><a href="http://[">x</a></div>', "晨间"),
    "no link": ("", "晨间"),
}  # fmt: skip


@pytest.mark.parametrize(("main", "show"), SHOWS.values(), ids=SHOWS)
def test_show(main, show):
    """Law: a show is named as the page links to it, else as its URL has it; its section is the shows' folder."""
    found = facts(main, url=SHOW)
    assert (found.show, found.section) == (show, "专栏检索")


@pytest.mark.parametrize(
    ("main", "section"), [("<div class=t-content__section>\n<span>社会 </span></div>", "社会"), ("", "国际"), ("<div class=t-content__section></div>", "国际")]
)  # fmt: skip
def test_section(main, section):
    """Law: news is of the section that its tag names, else of the one in its URL; of no show."""
    assert (facts(main).section, facts(main).show) == (section, None)


NAMES = {
    "2020 to 2024": ("<div class=m-from-author><span>作者：</span><a class=m-from-author__name>甲</a>，<a class=m-from-author__name> 乙 </a></div>", ("甲", "乙")),
    "2025": ("<div class=t-content__authors><a href=/x>甲</a><a href=/x>甲</a></div>", ("甲",)),
    "sister site": ("<div class=t-content__authors><span class=m-author__name__title>甲</span></div>", ("甲",)),
    "none on the page": ("", ("丙",)),
    "too many": ("".join(f"<a class=m-from-author__name>{n}</a>" for n in range(2 * MAX_NAMES)), tuple(map(str, range(MAX_NAMES)))),
}  # fmt: skip


@pytest.mark.parametrize(("main", "authors"), NAMES.values(), ids=NAMES)
def test_authors(main, authors):
    """Law: authors are named in page order, each once; by JSON-LD where the page names none."""
    assert facts(main, linked(author="丙")).authors == authors


@pytest.mark.parametrize(
    ("main", "tags"),
    [("<ul class=m-tags-list><li><a>雾</a><li><a>晨</a><li><a>雾</a></ul>", ("雾", "晨")), ("<div class=t-content__tags><b>关键词</b><a>灯</a></div>", ("灯",)), ("", ("甲", "乙"))],
)  # fmt: skip
def test_tags(main, tags):
    """Law: key words come from the page's links, else from JSON-LD."""
    assert facts(main, linked(keywords="甲,乙")).tags == tags


SHORT = {
    "head first": ("<link rel=shortlink href=https://rfi.my/A3EF>", "<a href='https://x?u=https%3A%2F%2Frfi.my%2FB1.F'>", "https://rfi.my/A3EF"),
    "else the first shared": ("", "<a href=/x?rfi.my><a href='https://x?u=https%3A%2F%2Frfi.my%2FB1.F&v=1'>", "https://rfi.my/B1.F"),
    "none": ("<link rel=shortlink href=https://example.org/A3EF>", "", None),
}  # fmt: skip


@pytest.mark.parametrize(("head", "after", "short"), SHORT.values(), ids=SHORT)
def test_short_link(head, after, short):
    """Law: the short link is the head's, else the first that is shared, as it stands there."""
    assert facts(head=head, after=after).short == short


# Pictures


def media(html):
    return f"<div class=t-content__main-media><figure>{html}</figure></div>"


DRESSED = f'{MEDIA}/w:246/p:16x9/m:{{"brand":"RFI","lang":"CN"}}/a%20b.JPG'.replace('"', "&quot;")
TWIN = f"<source type=image/webp srcset='{MEDIA}/w:246/p:16x9/a%20b.webp 246w'>"
IMAGES = {
    "2020: placeholder, real ones in the set": (f"<img src='{PIXEL}' srcset='{MEDIA}/w:246/p:16x9/a%20b.JPG 246w,{MEDIA}/w:980/p:16x9/a%20b.JPG 980w'>", WANTED),
    "2020: dressed, with commas": (f"<img src='{PIXEL}' srcset='{DRESSED} 246w,{DRESSED} 388w'>", WANTED),
    "2023: a twin before it": (f"<picture>{TWIN}<img src='{MEDIA}/w:980/p:16x9/a%20b.JPG'></picture>", WANTED),
    "2025": (f"<picture><img class=a-img src='{MEDIA}/w:1024/p:4x3/a%20b.JPG'></picture>", WANTED),
    "bare": (f"<img src='{MEDIA}/a%20b.JPG'>", WANTED),
    "blank in its name": (f"<img src='{MEDIA}/w:1/a b.JPG'>", WANTED),
    "without scheme": (f"<img src='{MEDIA.removeprefix('https:')}/w:1/a%20b.JPG'>", WANTED),
    "lazy set": (f"<img data-srcset=' , {MEDIA}/w:1/a%20b.JPG, x 2w'>", WANTED),
    "a source that is no twin": (f"<source srcset='{MEDIA}/w:1/a%20b.JPG 1w'><img src='{PIXEL}'>", WANTED),
    "another host": ("<img src='https://example.org/w:1/a.jpg?b=1'>", "https://example.org/w:1/a.jpg?b=1"),
    "the default card": (f"<img src='{CARD}'>", None),
    "script": ("<img src='javascript:alert(1)'>", None),
    "data": (f"<img src='{PIXEL}'>", None),
    "no address": ("<img src='' srcset=' , '><img>", None),
    "no URL": ("<img src='http://['>", None),
    "a twin alone": (f"{TWIN}<img src='{PIXEL}'>", WANTED.replace("JPG", "webp")),
}  # fmt: skip


@pytest.mark.parametrize(("html", "image"), IMAGES.values(), ids=IMAGES)
def test_lead_image(html, image):
    """Law: the article's own picture at 1280 and 16x9, as uploaded, however the page offers it."""
    assert facts(media(html)).image == image


SHOWN = {
    "2020: the widest of a set without blanks": (f"<img src='{PIXEL}' srcset='{MEDIA}/w:246/p:16x9/a.JPG 246w,{MEDIA}/w:980/p:16x9/a.JPG 980w'>", f"{MEDIA}/w:980/p:16x9/a.JPG"),
    "the widest, wherever it stands": (f"<img srcset='{MEDIA}/w:980/a.JPG 980w, {MEDIA}/w:246/a.JPG 246w'>", f"{MEDIA}/w:980/a.JPG"),
    "dressed, with commas": (f"<img srcset='{DRESSED} 246w,{DRESSED} 388w'>", DRESSED.replace("&quot;", '"')),
    "2023: the twin before it": (f"<picture>{TWIN}<img src='{MEDIA}/w:980/p:16x9/a%20b.JPG'></picture>", f"{MEDIA}/w:246/p:16x9/a%20b.webp"),
    "2025": (f"<picture><img class=a-img src='{MEDIA}/w:1024/p:4x3/a.JPG'></picture>", f"{MEDIA}/w:1024/p:4x3/a.JPG"),
    "a set without widths": (f"<img src='{MEDIA}/w:1/a.JPG' srcset='{MEDIA}/w:2/a.JPG 2x'>", f"{MEDIA}/w:1/a.JPG"),
    "another host": ("<img src='https://example.org/w:1/a.jpg'>", None),
    "data": (f"<img src='{PIXEL}'>", None),
    "no address": ("<img src='' srcset=' , 3w'>", None),
    "no picture": ("<video-player></video-player>", None),
}  # fmt: skip


@pytest.mark.parametrize(("html", "shown"), SHOWN.values(), ids=SHOWN)
def test_shown_image(html, shown):
    """Law: beside the picture of the file stands what a wide window loads in its place, if it is the site's own."""
    assert facts(media(html)).shown == shown


FALLBACKS = {
    "no media": ("", WANTED),
    "a placeholder": (media(f"<img src='{PIXEL}'>"), WANTED),
    "only a twin": (media(f"{TWIN}<img src='{PIXEL}'>"), WANTED),
    "a video": (media("<video-player></video-player>"), WANTED),
    "a picture": (media("<img src='https://example.org/a.jpg'>"), "https://example.org/a.jpg"),
}


@pytest.mark.parametrize(("main", "image"), FALLBACKS.values(), ids=FALLBACKS)
def test_social_card(main, image):
    """Law: the social card stands in where the article shows no picture of its own, and the default card never."""
    assert facts(main, f"<meta property=og:image content='{MEDIA}/w:310/p:16x9/a%20b.JPG'>").image == image
    assert facts("", f"<meta property=og:image content='{CARD}'>").image is None


def test_caption_and_pictures():
    """Law: the caption is one line; pictures are the site's own in the body, in order, each once."""
    after = f"<img src={MEDIA}/w:1/b.jpg><img src={MEDIA}/w:1/b.jpg><img src=/media/x.gif><img src=//s.rfi.fr/media/display/4/c.png>"
    found = facts(media("<figcaption>\n 晨雾 <b>©</b>\n 法广 </figcaption>"), after=after)
    assert found.caption == "晨雾 © 法广"
    assert found.pictures == (f"{MEDIA}/w:1/b.jpg", "https://s.rfi.fr/media/display/4/c.png")
    assert facts(media("<img>")).caption is None


def test_text_and_language():
    """Law: plain text is lead and body, one paragraph a line; the language is the page's own."""
    found = facts("<p class=t-content__chapo>\n 导语 </p>", after="<script>x</script><p>二<br>三</p>")
    assert found.text == "导语\n正文\n二\n三"
    assert found.language == "zh-Hans"
