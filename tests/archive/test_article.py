"""Laws of the article file: what is written is read back, what is read is ours or our own error."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive import article, urls
from archive.article import Article, read, write
from archive.errors import BadArticle, BadUrl
from archive.pages import markup
from tests.site import PLACEHOLDER, Site, expected

PLAIN = Article(
    1698327902000,
    "雨夜的灯",
    "https://www.rfi.fr/cn/a/20231026-b",
    "26/10/2023 - 15:12",
    None,
    "导语",
    "<p>正文</p>",
    "",
)
FRAME = "<!--1000-->\n[雨]({url})\n------\n\n"
URL = "https://www.rfi.fr/cn/a/20231026-b"
STORIES = Site().articles

# What page makers, word processors and enemies write; hypothesis strings them together.
SCRAPS = (
    "<", ">", "/", "</", "<p", "<p>", "</p>", "<div>", "</div>", "<a", "<a<b", "<a\"b='", "<strong>", "</strong>", "<br>",
    "<img src=x>", "<lin\u212a>", "<p\u3000class=x>", "<p\x85", "<iframe>", "<textarea>", "<plaintext>", "<xmp>", "<noembed>",
    "<math>", "<mi>", "<input>", "<annotation-xml>", "<svg>", "<foreignObject>", "<table>", "<td>", "<select>", "<option>",
    "<template>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "<!", "\0", "\x85", "\u2028", "\xa0", "\u3000", "\u202e", "\r\n", "\t",
    "\f", "\v", '"', "'", "=", " ", "&", "&amp;", "&#13;", "&#10;", "&#x85;", "&nbsp", "onclick=", " class=", " href=", "javascript:",
    " title='a\nb\"c&d'", " data-x", ' alt=""', "](", ")", "国", "e\u0301", "\ufeff", "\ufffd",
)  # fmt: skip
soup = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=4), max_size=30).map("".join)
letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20)
seconds = st.integers(0, article.LAST_EPOCH // 1000).map(lambda s: s * 1000)


def parsed(html):
    """Give the element that holds this HTML in a page."""
    body = LexborHTMLParser(f"<div id=x>{html}".encode(errors="ignore"), scripting=True).css_first("#x")
    assert body is not None
    return body


def attempt(what, *values):
    """Give what a call gives, or what BadArticle says."""
    try:
        return what(*values)
    except BadArticle as error:
        return str(error)


@st.composite
def articles(draw):
    """Any Article that a page, or a caller who is careful, can make."""
    return Article(
        epoch=draw(seconds),
        title=draw(letters),
        url=urls.canonical(URL + draw(st.text(max_size=5).map(lambda t: t.encode(errors="ignore").decode()))),
        shown=draw(letters),
        image=draw(st.none() | st.from_regex(r"\S+", fullmatch=True).filter(lambda t: t.isprintable())),
        lead=markup.both(parsed(draw(soup)))[0],
        body=markup.both(parsed(draw(soup)))[0],
        after=draw(st.just("") | soup.map(parsed).map(markup.outer)),
    )


# What is written is read back


@given(articles())
@settings(max_examples=400)
def test_what_is_written_is_read_back(made):
    """Law: read(write(a)) == a, and writing that gives the same bytes, whatever the page held."""
    file = write(made)
    assert read(file) == read(file.encode()) == made
    assert write(read(file)) == file
    assert read(file).notes == () or made.title.endswith("RFI")


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.slug)
def test_real_files_are_read_whole(story):
    """Law: a file as FORMAT.md has it is read without a note and written again as it stood."""
    file = expected(story)
    assert write(read(file)) == file
    assert read(file).notes == ()
    assert read(file).epoch == PLACEHOLDER
    assert read(file).url == urls.canonical(read(file).url) == story.url


def test_the_frame():
    """Law: five lines, titles escaped as in the real files, one line end at the end, no byte order mark."""
    made = replace(PLAIN, title="""a]b ](c) & <"'>""", image='https://s/a&"b".jpg', after="<div>分享</div>")
    assert write(made) == (
        "<!--1698327902000-->\n"
        f"[a]b ](c) &amp; &lt;&quot;'&gt;]({URL})\n"
        "------\n\n"
        '<div>26/10/2023 - 15:12</div><img src="https://s/a&amp;&quot;b&quot;.jpg">'
        "<p><strong>导语</strong></p><div><p>正文</p></div><div>分享</div>\n"
    )
    assert read(write(made)) == made


REFUSED = {
    "epoch not whole seconds": {"epoch": 1698327902001},
    "epoch before 1970": {"epoch": -1000},
    "epoch beyond the calendar": {"epoch": article.LAST_EPOCH + 1000},
    "blank in the URL": {"url": URL + " x"},
    "parenthesis in the URL": {"url": URL + ")"},
    "no URL": {"url": ""},
    "blank in the image": {"image": "https://s/a b.jpg"},
    "empty image": {"image": ""},
    "line break in the title": {"title": "a\nb"},
    "carriage return in the lead": {"lead": "a\rb"},
    "line break in the date": {"shown": "a\n"},
    "half a pair": {"title": "\ud800"},
    "open element": {"body": "<p>a"},
    "closed twice": {"body": "</div><div>"},
    "crossed": {"lead": "<b><i></b></i>"},
    "bare less-than": {"body": "a < b"},
    "comment": {"body": "<!-- a -->"},
    "open quote": {"body": '<p title="a></p>'},
    "two elements after": {"after": "<p></p><p></p>"},
    "text after": {"after": "分享"},
    "text before after": {"after": "x<p></p>"},
    "void end tag": {"body": "</br>"},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_could_not_be_read_back_is_refused(change):
    """Law: no Article exists that a file could not give back."""
    with pytest.raises(BadArticle):
        replace(PLAIN, **change)


loose = st.text(max_size=6) | soup


values = st.tuples(st.integers(-1, 10**19).map(lambda n: n * 1000), loose, loose | st.just("u"), loose, st.none() | loose, loose, loose, loose)  # fmt: skip


@given(values)
@settings(max_examples=400)
def test_an_article_is_read_back_or_refused(fields):
    """Law: whatever the values, BadArticle on one line, or a whole round trip."""
    made = attempt(Article, *fields)
    assert "\n" not in made if isinstance(made, str) else read(write(made).encode()) == made


# Reading is lenient

OLD_URL = "http://www.rfi.fr//cn/a/20201013-b"
BODY_2020 = '<div class="t-content__body u-clearfix"><p>正文</p></div>'
FOOTER = '<br><hr><div>获取更多RSS：<br><a href="https://feedx.net" style="color:orange">x</a><br></div>'
FUSED = '<div><imgsrc="https://s/a.jpg"><divdata-x></div>文</div>'
ODDITIES = {
    "2020": (FRAME.format(url=OLD_URL), "<div>x</div>" + BODY_2020, ("old URL", "2020 dialect")),
    "2020, with a lead": (FRAME.format(url=URL), "<div>x</div><p><strong>l</strong></p>" + BODY_2020, ("2020 dialect",)),
    "footer": (FRAME.format(url=URL), "<div>x</div><p><strong></strong></p><div>b</div><p>s</p>" + FOOTER, ("feed footer",)),
    "footer and class": (FRAME.format(url=URL), "<div>x</div>" + BODY_2020 + FOOTER, ("2020 dialect", "feed footer")),
    "fused": (FRAME.format(url=URL), "<div>x</div><p><strong></strong></p>" + FUSED, ("fused tags",)),
    "site name": (FRAME.replace("雨", "雨 – 法国国际广播电台 - RFI").format(url=URL), "<div>x</div><p><strong></strong></p><div></div>", ("site name in the title",)),
    "open": (FRAME.format(url=URL), "<div>x</div><p><strong>l</strong></p><div><p>b</div><div>s</div>", ("damaged markup",)),
    "CR LF": (FRAME.format(url=URL).replace("\n", "\r\n"), "<div>x</div><p><strong></strong></p><div></div>", ("foreign line ends",)),
    "mark": ("\ufeff" + FRAME.format(url=URL), "<div>x</div><p><strong></strong></p><div></div>", ("foreign line ends",)),
    "no lead": (FRAME.format(url=URL), "<div>x</div><div>b</div>", ("other spelling",)),
    "bare quote in the title": (FRAME.replace("雨", '"雨"').format(url=URL), "<div>x</div><p><strong></strong></p><div></div>", ("other spelling",)),
    "broken body": (FRAME.format(url=URL), "<div>x</div><p><strong></strong></p><div>a\nb</div>", ("other spelling",)),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "line", "notes"), ODDITIES.values(), ids=ODDITIES)
def test_what_is_odd_is_read_and_said(frame, line, notes):
    """Law: an older archiver's file is read, and its notes tell what was met."""
    found = read(frame + line + "\n")
    assert found.notes == notes
    assert found.shown == "x"
    assert read(write(found)) == found


def test_a_body_may_quote_another_dialect():
    """Law: words inside a body are text, not signs of a dialect."""
    made = replace(PLAIN, body='<p>class="t-content__body</p><p>获取更多RSS</p>')
    assert read(write(made)).notes == ()


def test_damaged_markup_has_no_line_break():
    """Law: a line break that a damaged file has as a reference is no reason to refuse the file."""
    file = (
        FRAME.format(url=URL)
        + '<div>x</div><p><strong>l</strong></p><div><p title="a&#10;b&#13;">c</div><div>s</div>\n'
    )

    assert read(file).body == '<p title="ab">c</p>'


def test_damaged_parts_are_found():
    """Law: markup that no rule mends still gives lead, body and what follows it."""
    found = read(
        FRAME.format(url=URL) + '<div>x</div><img src="i"><p><strong>l</strong></p><div><p>b</div><div>s</div>\n'
    )
    assert (found.image, found.lead, found.body, found.after) == ("i", "l", "<p>b</p>", "<div>s</div>")


@given(st.sampled_from([expected(s) for s in STORIES[:8]]), st.data())
@settings(max_examples=300)
def test_damage_is_refused_noted_or_harmless(file, data):
    """Law: one change anywhere gives BadArticle, a note, or a file that is written again as it stands."""
    at = data.draw(st.integers(0, len(file)))
    cut = data.draw(st.integers(0, 3))
    damaged = file[:at] + data.draw(soup) + file[at + cut :]
    found = attempt(read, damaged)
    assert isinstance(found, str) or found.notes or write(found) == damaged


# Any garbage gives our own error


@given(st.binary() | soup | st.text().map(lambda t: FRAME.format(url=URL) + "<div>" + t))
def test_garbage_is_refused(data):
    """Law: any bytes or text are an article file or BadArticle, said on one line."""
    found = attempt(read, data)
    assert isinstance(found, Article) or "\n" not in found


HOSTILE = ['<a "', "<a '", '<a b="', "<a", "<", "<!--", "<!", "<?", "</a ", "<![CDATA[", "<div>", "<b><p>", "&", "](", "aaaa", '"<b"', "<div-", " a=b", '<a "\'', "<br><hr>", "\n\r"]  # fmt: skip
PLACES = ("{}", "<!--1000-->\n[{}", FRAME + "{}", FRAME + "<div>x</div>{}", FRAME + "<div>x</div><p><strong></strong></p><div>{}</div>\n", FRAME + "<div>x</div><p><strong></strong></p><div><{}")  # fmt: skip


@pytest.mark.parametrize("scrap", HOSTILE)
@pytest.mark.parametrize("place", PLACES, ids=range(len(PLACES)))
def test_a_megabyte_of_garbage_is_no_work(scrap, place):
    """Law: reading takes time in step with the length, whatever is repeated (a square would hang here)."""
    file = place.replace("{url}", URL).replace("{}", scrap * (200_000 // len(scrap)))
    found = attempt(read, file)
    assert isinstance(found, Article) or len(found) < 500


NUMBER = "&#" + "9" * 5000 + ";"


@pytest.mark.parametrize(
    "file",
    [FRAME.replace("雨", NUMBER).format(url=URL), FRAME.format(url=URL) + f"<div>{NUMBER}</div>", FRAME.format(url=URL) + f'<div>x</div><img src="{NUMBER}"><div></div>'],
)  # fmt: skip
def test_numbers_without_end_are_refused(file):
    """Law: a character reference that Python would not read is BadArticle, not ValueError."""
    with pytest.raises(BadArticle):
        read(file)


def test_deep_nesting_is_read():
    """Law: depth is no limit of files, for no page that deep is written."""
    made = replace(PLAIN, body="<div>" * 100_000 + "</div>" * 100_000)
    assert read(write(made)) == made


@given(st.text(max_size=8))
def test_any_canonical_url_stands_in_a_file(text):
    """Law: whatever URL is canonical of an article, its file can be read."""
    try:
        url = urls.canonical(f"https://www.rfi.fr/cn/{text}/20231026-{text}")
    except BadUrl:
        return
    assert read(write(replace(PLAIN, url=url))).url == url


def test_epochs_are_seconds_of_the_capture():
    """Law: the epoch counts milliseconds of UTC."""
    assert datetime.fromtimestamp(PLAIN.epoch / 1000, UTC) == datetime(2023, 10, 26, 13, 45, 2, tzinfo=UTC)
