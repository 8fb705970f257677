"""The front page of a replay: a list, and nothing that an archived title could say."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from archive import front
from archive.records.record import Place
from archive.tables.rows import Filed

URL = "https://www.rfi.fr/cn/%E4%B8%AD/20261031-a"
ONE = Filed(URL, "articles/2026/10/x.md", "", 1793415845, "标题", URL, Place("w", 0), None)
SIGNS = st.text("<>&\"'{}%# /aA=:;-!\n")


class Read(HTMLParser):
    """What a browser reads: elements with their attributes, and text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))

    def handle_data(self, data):
        self.texts.append(data)


def told(**other):
    return Filed(**{name: getattr(ONE, name) for name in Filed.__slots__} | other)


def test_article_on_the_page():
    """Law: an article is its day, its title, and a link to the capture that its file was made from."""
    page = front.text([told(asked=f"{URL}?a=1&b")], "rfi")

    link = '<a href="/rfi/20261031030405/https://www.rfi.fr/cn/%E4%B8%AD/20261031-a?a=1&amp;b">标题</a>'
    assert f"<li><time>2026-10-31</time> {link}</li>\n" in page


@given(SIGNS, SIGNS)
def test_what_a_title_or_an_address_says_is_text(title, end):
    """Law: whatever the site says, the page has the same elements, and no brace that a template would read."""
    plain, hostile = front.text([ONE], "rfi"), front.text([told(title=title, asked=URL + end)], "rfi")
    head = len(front.text([], "rfi").split("<ol>")[0])

    (*_, (tag, attributes)), texts = Read(hostile).tags, Read(hostile).texts

    assert [tag for tag, _ in Read(hostile).tags] == [tag for tag, _ in Read(plain).tags]
    assert (tag, attributes) == ("a", [("href", f"/rfi/20261031030405/{URL}{end}")])
    assert title in "".join(texts)
    assert not {"{", "}"} & set(hostile[head:])


def test_head_speaks_no_template():
    """Law: the page's own braces are not those of a template."""
    assert not [sign for sign in ("{{", "{%", "{#") if sign in front.text([], "rfi")]
