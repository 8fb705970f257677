"""Laws of archived markup in pages of ours: what stays, what is only said, and that nothing runs."""

import hashlib
import re
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive import article
from archive.errors import BadArticle
from archive.language import balance
from archive.pages import markup, safe, tags
from tests.archive import archives
from tests.archive.archives import SITE
from tests.archive.test_article import parsed
from tests.site import attack

LOCAL = "/image/0123456789abcdef"
REL = 'rel="noopener noreferrer nofollow"'
SHOWN = {
    "prose": ("<p>甲<strong>乙</strong> &amp; <em>丙</em></p>", "<p>甲<strong>乙</strong> &amp; <em>丙</em></p>"),
    "headings are below ours": ("<h1>a</h1><h3>b</h3><h6>c</h6>", "<h2>a</h2><h3>b</h3><h4>c</h4>"),
    "other blocks are bare ones": ("<section id=a><dl><dt>b</dl></section>", "<div><div><div>b</div></div></div>"),
    "spans go, their text stays": ("<p><span class=x><span>a</span></span></p>", "<p>a</p>"),
    "a picture": (
        '<figure><picture><source srcset="x 2w"><img srcset="y 2w" src="https://s.rfi.fr/a.jpg" alt="b" width="16" height="9" style="c"></picture><figcaption>d</figcaption></figure>',
        f'<figure><img alt="b" src="{LOCAL}" width="16" height="9" loading="lazy"><figcaption>d</figcaption></figure>',
    ),
    "a link": ('<a href="http://a.example/b?c=1&amp;d=2" target="_blank" title="e">f</a>', f'<a href="http://a.example/b?c=1&amp;d=2" {REL}>f</a>'),
    "a link within the site": ('<a href="/cn/a">b</a>', f'<a href="https://www.rfi.fr/cn/a" {REL}>b</a>'),
    "a table": ("<table><tr><td colspan=2>a<tr><th>b</table>", '<table><tbody><tr><td colspan="2">a</td></tr><tr><th>b</th></tr></tbody></table>'),
    "promotion goes": ("<p>a</p><div data-selfpromo-app><p>b</p></div>", "<p>a</p><div></div>"),
}  # fmt: skip
SAID = {
    "a frame": ('<iframe src="//video.example/e"><b>a</b></iframe>', f'<a href="https://video.example/e" {REL}>[嵌入内容: video.example]</a>'),
    "a video of parts": ('<video><source src="https://v.example/a.mp4"></video>', f'<a href="https://v.example/a.mp4" {REL}>[媒体文件: v.example]</a>'),
    "the site's player": ('<video-player source="https://v.example/e"></video-player>', f'<a href="https://v.example/e" {REL}>[视频: v.example]</a>'),
    "without an address": ("<iframe srcdoc='<script>a</script>'></iframe>", "[嵌入内容]"),
    "no host": ('<embed src="https://[">', "[嵌入内容]"),
}  # fmt: skip
GONE = ["<script>a</script>", "<style>a</style>", "<svg><text>a</text></svg>", "<math><mi>a</mi></math>", "<template>a</template>", "<noscript>a</noscript>", "<textarea>a</textarea>", "<title>a</title>", "<!-- a -->", "<!a>", "<?a?>", "</ a>", "<![CDATA[a]]>", "<link href=a>", "<base href=a>", "<meta http-equiv=refresh>", "<img src=data:a>", "<img>", "<form action=a></form>"]  # fmt: skip
LINKS = ["javascript:a", " java\nscript:a", "j&#9;avascript:a", "vbscript:a", "data:text/html,a", "mailto:a@b", "whatsapp://send", "#a", "a", "", "https:", "http:///a", "\\\\a", "x https://a"]  # fmt: skip
NEVER = frozenset("applet area audio base button embed form frame frameset iframe input link math meta object option param script select source style svg template textarea title video".split())  # fmt: skip
"""Elements that act, whatever the tables say."""
SOUP = st.lists(
    st.one_of(
        st.sampled_from([attack.armed(one, number) for number, one in enumerate(attack.ALL.values())]),
        st.sampled_from([f"<{slash}{name}>" for slash in ("", "/") for name in sorted({*safe.KEPT, *tags.SILENT, "span", "option", "plaintext"})]),
        st.sampled_from(["<", ">", "</", "<!--", "-->", "]]>", "<![CDATA[", "&", "&lt;", "&#60;", "&#x202e;", "&#99999999999;", '"', "'", "=", "/", " ", "\n", "\0", "\ud800", "\u202e", "甲"]),
        st.text(max_size=9),
    ),
    max_size=12,
).map("".join)  # fmt: skip
"""Markup of no making at all."""
INLINE = st.recursive(
    st.text("甲乙 a&<>\"'\xa0\u3000", max_size=5).map(lambda text: escape(text, quote=False)),
    lambda inner: st.builds(lambda name, held: f"<{name}>{''.join(held)}</{name}>", st.sampled_from(["b", "em", "span", "sup"]), st.lists(inner, max_size=3)),
)  # fmt: skip
BLOCK = st.recursive(
    INLINE.map(lambda held: f"<p>{held}</p>"),
    lambda inner: st.builds(lambda name, held: f"<{name}>{''.join(held)}</{name}>", st.sampled_from(["div", "blockquote", "section", "ul", "div data-selfpromo-app"]), st.lists(inner, max_size=3)).map(lambda text: text.replace("</div data-selfpromo-app>", "</div>")),
)  # fmt: skip
"""Markup as articles have it."""


def html(markup, picture=lambda _: LOCAL):
    return safe.html(markup, picture)


@pytest.mark.parametrize(("markup", "shown"), SHOWN.values(), ids=SHOWN)
def test_what_stays(markup, shown):
    """Law: what articles are made of stays, bare."""
    assert html(markup) == shown


@pytest.mark.parametrize(("markup", "said"), SAID.values(), ids=SAID)
def test_what_is_said(markup, said):
    """Law: what is not shown does not vanish without a word: a link tells where it was."""
    assert html(f"<p>{markup}</p>") == f"<p>{said}</p>"


@pytest.mark.parametrize("markup", GONE)
def test_what_goes(markup):
    """Law: what is no content of an article goes with all it holds; the text around it stays."""
    assert html(f"<b>1</b>{markup}<b>2</b>").replace("<div></div>", "") == "<b>1</b><b>2</b>"


@pytest.mark.parametrize("link", LINKS)
def test_links_lead_to_pages_only(link):
    """Law: a link that leads to no page of the web is its text."""
    assert html(f'<a href="{link}">x</a>') == "x"


def test_pictures_are_asked_for_by_their_whole_address():
    """Law: each picture's absolute URL is asked for; one that is not archived is a link."""
    asked: list[str] = []

    said = html('<img src=" /a.jpg"><img src="//b.example/c?d&amp;e" alt="f">', asked.append)

    assert asked == ["https://www.rfi.fr/a.jpg", "https://b.example/c?d&e"]
    assert said == (
        f'<a href="https://www.rfi.fr/a.jpg" {REL}>[图片: www.rfi.fr]</a>'
        f'<a href="https://b.example/c?d&amp;e" {REL}>[图片: f: b.example]</a>'
    )


def test_reading_order_cannot_be_turned():
    """Law: what would turn the direction of a text is written out, also as a character reference."""
    assert html("a\u202eb&#x2066;c\u200f") == "a\\u202eb\\u2066c\u200f"


def wrong(shown):
    """All in markup, as a browser reads it, that no page of ours may hold."""
    for node in LexborHTMLParser(f"<div id=top>{shown}</div>").css("#top *"):
        kept = safe.KEPT.get(node.tag or "", frozenset()) | (
            {"rel"} if node.tag == "a" else {"loading"} if node.tag == "img" else set()
        )
        if node.tag in NEVER or node.tag not in safe.KEPT or not node.attributes.keys() <= kept:
            yield node.html
        if not re.match("https?://[^/]", node.attributes.get("href") or "https://x"):
            yield node.html
        if node.attributes.get("src", LOCAL) != LOCAL:
            yield node.html


def test_nothing_kept_acts():
    """Law: the tables keep no element that acts, and no attribute that names, styles or runs."""
    assert not safe.KEPT.keys() & NEVER
    assert not {name for kept in safe.KEPT.values() for name in kept} & {
        "id",
        "name",
        "class",
        "style",
        "srcset",
        "target",
    }
    assert not [name for kept in safe.KEPT.values() for name in kept if name.startswith(("on", "data", "aria"))]


@pytest.mark.parametrize("name", attack.ALL)
def test_each_attack(name):
    """Law: of an attack nothing is left that acts, alone or between others; of the words around it, all is."""
    armed = attack.armed(attack.ALL[name], attack.number(name))

    shown = html(f"<p>前</p>{armed}<p>后</p>")

    assert list(wrong(shown)) == []
    assert shown.startswith("<p>前</p>")
    assert "后" in shown
    assert "后" in safe.text(f"<p>前</p>{armed}<p>后</p>")


@given(SOUP)
@example("<table><a href=x><table><b></a><p>")
def test_whatever_it_is_made_of(soup):
    """Law: nothing acts in what comes out, and what comes out is made safe already."""
    shown = html(soup)

    assert list(wrong(shown)) == []
    once = html(soup, lambda url: url)
    assert html(once, lambda url: url) == once


@given(st.text())
def test_prose_is_never_lost(words):
    """Law: each character of plain text is there, but for those that no text may hold or that turn it."""
    words = re.sub("[\0\r\ud800-\udfff\u202a-\u202e\u2066-\u2069]", "", words)

    shown = html(f"<p>{escape(words)}</p>")

    assert parsed(shown).text() == words
    assert safe.text(f"<p>{escape(words)}</p>") == re.sub("[\t\n]", "", words).strip()


@given(st.lists(BLOCK).map("".join))
def test_text_is_what_the_parser_reads(body):
    """Law: of markup as articles have it, the text is that of `markup.both`, by which articles are found."""
    assert safe.text(body) == markup.both(parsed(body))[1]


@pytest.mark.parametrize("one", SITE.articles, ids=lambda one: one.title[:20])
def test_text_of_articles(one):
    """Law: the text of an article file is that of its page."""
    found = archives.page_of(archives.page(one))

    assert safe.text(found.article.body) == found.facts.body
    assert list(wrong(html(found.article.body))) == []


def test_attacks_pass_through_the_archive():
    """Law: the page of attacks is an article of which no word is lost, and whose file can be read and made safe."""
    found = archives.page_of(archives.page(attack.ARTICLE))

    file = article.write(found.article)

    assert article.read(file) == found.article
    assert found.article.title == attack.ARTICLE.title
    shown = html(found.article.body)
    assert list(wrong(shown)) == []
    for number, _ in enumerate(attack.ATTACKS):
        for text in (found.article.body, found.facts.body, shown, safe.text(found.article.body)):
            assert attack.WORD.format(number) in text


def test_archive_of_attacks(tmp_path):
    """Law: an archive that holds the page of attacks is well, and showing its article changes no file of it."""
    root = archives.crawl(tmp_path, [archives.page(attack.ARTICLE)])
    before = archives.hashes(root, "articles", "warc")

    (path,) = (root / "articles").rglob("*.md")
    read = article.read(path.read_bytes())
    shown = "".join(map(html, (read.lead, read.body, read.after)))

    assert list(wrong(shown)) == []
    assert archives.findings(root) == []
    assert archives.hashes(root, "articles", "warc") == before


def test_attacks_at_rest(tmp_path):
    """Law: a file that holds attacks verbatim is read, shown safely, and left as it is."""
    path = tmp_path / "20261029-0123456789ab.md"
    path.write_text(attack.at_rest(1_793_491_202_000), "utf-8", newline="")
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    read = article.read(path.read_bytes())
    shown = "".join(map(html, (read.lead, read.body, read.after)))

    assert read.notes == ()
    assert "onerror" in read.body
    assert "<script>" in read.body
    assert list(wrong(shown)) == []
    assert [
        number
        for number, name in enumerate(attack.ATTACKS)
        if name not in attack.LOOSE and attack.WORD.format(number) not in shown
    ] == []
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("name", attack.ALL)
def test_each_attack_at_rest(name):
    """Law: a file with one attack in it is refused as damaged, or shown safely."""
    assert (
        balance.is_whole(attack.ALL[name]) == (name not in attack.LOOSE | attack.BROKEN.keys()) or name in attack.BROKEN
    )
    try:
        read = article.read(attack.at_rest(1_793_491_202_000, [name]))
    except BadArticle:
        assert name in attack.LOOSE | attack.BROKEN.keys()
    else:
        assert list(wrong("".join(map(html, (read.lead, read.body, read.after))))) == []


HUGE = {
    "open elements": "<div>" * 100_000 + "x",
    "elements closed wrongly": "<div>" * 100_000 + "</b>" * 100_000 + "</div>" * 100_000,
    "emphasis opened again": "".join(f"<p><b x={number}>" for number in range(30_000)) + "<p>x" * 30_000,
    "an attribute": f'<p title="{"A" * 5_000_000}">x',
    "attributes": f"<p {' '.join(f'a{number}' for number in range(100_000))}>x",
    "quotes": '<a x="' * 500_000,
    "tags without end": "<a " * 500_000 + 'x=">"',
    "comments without end": "<!--" * 500_000,
    "scripts without end": "<script>" * 300_000,
    "references": "&amp;" * 1_000_000,
    "an endless number": f"&#{'1' * 5_000_000};x",
    "a long address": f'<a href="https://x.example/{"&" * 1_000_000}">x</a>',
    "blanks": f"<a {' ' * 5_000_000}>x",
    "NUL": "\0" * 1_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("soup", HUGE.values(), ids=HUGE)
def test_no_markup_takes_long(soup):
    """Law: what takes a parser minutes, or makes gigabytes of it, ends soon, and no larger than with each character escaped."""
    shown = html(soup)

    assert len(shown) <= 12 * len(soup)
    assert list(wrong(shown[:50_000])) == []
    assert len(safe.text(soup)) <= len(soup)
