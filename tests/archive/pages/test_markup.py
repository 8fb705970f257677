"""Laws of the markup inside an article file: what goes, what stays, and how it is written."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.pages import markup
from tests.archive.test_article import parsed, soup

ATTRIBUTES = {
    "class, id and style go": ('<p class="a" id="b" style="c">', "<p>"),
    "handlers go": ('<p onclick="a()" ONLOAD=b onx>', "<p>"),
    "the rest stays in its order": (
        '<a title="t" v-on:open="o" href="/x" data-on="d" rel=nofollow target=_blank>',
        '<a title="t" v-on:open="o" href="/x" data-on="d" rel="nofollow" target="_blank"></a>',
    ),
    "valueless stays valueless": ("<div data-selfpromo-app></div>", "<div data-selfpromo-app></div>"),
    "empty stays empty": ('<img alt="" src=x>', '<img alt="" src="x">'),
    "one blank between": ("<img\n\t src=x\r\n  alt='y'>", '<img src="x" alt="y">'),
    "values in double quotes": ("""<p title='a"b&amp;c<d>'>""", '<p title="a&quot;b&amp;c<d>">'),
    "no breaks in values": ('<p title="a\n\tb&#13;c">', '<p title="abc">'),
    "vue tags": ('<share-modal v-if="a > b" v-on:close="c">', '<share-modal v-if="a > b" v-on:close="c"></share-modal>'),
    "names that no tag may have go": ('<p "a=1 b\'=2 c<d=3 e>', "<p e>"),
    "the first of two stays": ("<p lang=a lang=b>", '<p lang="a">'),
}  # fmt: skip

GONE = ["javascript:a()", " JaVaScRiPt:a()", "java\nscript:a()", "j&#9;avascript:a()", "&#1;javascript:a()", "vbscript:a", "data:text/html,x", "\x1f data:x"]  # fmt: skip
KEPT = ["whatsapp://send?text=a", "/cn/a?b=1&c", "#javascript:", "https://x/javascript:", "", "mailto:a@b", "java script:a", "x data:"]  # fmt: skip

TEXTS = {
    "line breaks and tabs vanish": ("a\r\n\tb\nc\td", "abcd"),
    "blanks stay": ("  a  b   ", "  a  b   "),
    "no-break and ideographic spaces stay": ("a&nbsp;b\u3000c&#160;", "a\xa0b\u3000c\xa0"),
    "three characters are escaped": ("""a &amp; b &lt;i&gt; "c" 'd' &quot;""", """a &amp; b &lt;i&gt; "c" 'd' \""""),
    "other entities are characters": ("&eacute;&#x4E2D;&hellip;", "é中…"),
    "unicode line ends stay": ("a\u2028b\x85c", "a\u2028b\x85c"),
    "right-to-left marks stay": ("a\u202eb\u200f", "a\u202eb\u200f"),
    "spans stay bare": ("<span><span>1</span></span><span></span>", "<span><span>1</span></span><span></span>"),
    "raw text is escaped": ("<iframe src=x><b>&amp;</iframe>", '<iframe src="x">&lt;b&gt;&amp;amp;</iframe>'),
    "void elements have no end": ("a<br>b<br/>c<hr><img src=x />", 'a<br>b<br>c<hr><img src="x">'),
}

DROPPED = ["<script>a</script>", "<style>b</style>", "<svg><path d='M0'/></svg>", "<noscript><p>c</p></noscript>", "<template><p>d</p></template>", "<!-- e -->", "<?pi?>", '<div class="x m-interstitial y"><p>f</p></div>']  # fmt: skip


def written(html):
    return markup.both(parsed(html))[0]


@pytest.mark.parametrize(("html", "kept"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(html, kept):
    """Law: three names and every handler go; all others stay, in page order, written in one way."""
    assert written(html).startswith(kept)


@pytest.mark.parametrize("link", GONE)
def test_active_links_go(link):
    """Law: a link that a browser would run loses its address, however it is spelt."""
    assert written(f'<a href="{link}" title="t">x</a>') == '<a title="t">x</a>'


@pytest.mark.parametrize("link", KEPT)
def test_other_links_stay(link):
    """Law: any other address stays as it stands."""
    assert written(f'<a href="{link}">x</a>') == f'<a href="{link.replace("&", "&amp;")}">x</a>'


@pytest.mark.parametrize(("html", "text"), TEXTS.values(), ids=TEXTS)
def test_texts(html, text):
    """Law: text keeps its blanks, loses its lines, and escapes what would be markup."""
    assert written(html) == text


@pytest.mark.parametrize("html", DROPPED)
def test_dropped_elements(html):
    """Law: what is no content goes with all it holds, wherever it stands."""
    assert written(f"<p>1{html}2</p>{html}<p>3</p>") in ("<p>12</p><p>3</p>", "<p>1</p>2<p></p><p>3</p>")
    assert markup.both(parsed(f"1{html}"))[1] == "1"
    assert markup.line(parsed(f"1{html}")) == "1"


@given(soup | st.text())
@settings(max_examples=300)
def test_markup_is_one_safe_line(html):
    """Law: whatever stood in the page, one line, no handler, no dropped element; equal pages give equal markup."""
    line = written(html)
    assert not re.search(r"[\n\r\t]", line)
    assert line == written(html)
    again = parsed(line)
    assert not again.css(", ".join(markup.DROPPED_ELEMENTS))
    names = {name for node in again.css("#x *") for name in node.attributes}
    assert not names & {"class", "id", "style", "onclick"}


def test_outer_has_its_own_tags():
    """Law: `outer` is `inner` between the element's own tags."""
    node = parsed("<p lang=x>a</p>")
    assert markup.outer(node) == f"<div>{markup.both(node)[0]}</div>"


def test_depth_is_no_limit():
    """Law: markup is walked without recursion."""
    deep = parsed("<b>" * 50_000 + "x")
    assert markup.both(deep)[1] == markup.line(deep) == "x"
    assert markup.both(deep)[0].count("</b>") == 50_000


PLAIN = {
    "one line a block": ("<p>一</p><p>二<br>三</p><ul><li>四</li><li>五</li></ul>", "一\n二\n三\n四\n五"),
    "no empty lines": ("<p> </p><p>\n</p><div><div>一</div></div>", "一"),
    "inline elements join": ("<p>一<b>二</b><span>三</span> 四</p>", "一二三 四"),
    "blanks at line ends go": ("<p>\u3000一 </p> 二 ", "一\n二"),
}


@pytest.mark.parametrize(("html", "text"), PLAIN.values(), ids=PLAIN)
def test_plain_text(html, text):
    """Law: plain text has one line a block, none of them empty."""
    assert markup.both(parsed(html))[1] == text


def test_a_line_of_text():
    """Law: white space of HTML collapses; U+00A0 and U+3000 are text."""
    assert markup.line(parsed(" \n a \t\f b\xa0 c<b>d</b>\u3000\n")) == "a b\xa0 cd\u3000"
    assert markup.line(None) == ""
    assert markup.value(None, "href") is None
