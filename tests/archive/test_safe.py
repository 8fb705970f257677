"""Laws of archived markup in pages of ours: what stays, what is only said, and that nothing runs."""

import pytest

from archive import safe

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
