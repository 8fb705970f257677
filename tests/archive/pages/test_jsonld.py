"""Laws of JSON-LD: what can be had is had, from whichever script says it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.pages import jsonld
from archive.pages.jsonld import Linked

NEWS = {
    "@type": "NewsArticle",
    "datePublished": "2026-10-30T12:00:00+00:00",
    "dateModified": " 2026-10-30T13:00:00+00:00\n",
    "author": [{"@type": "Person", "name": "甲"}, "乙", {"name": "甲"}, {"id": 1}, None],
    "keywords": ["雾", "晨, 灯", "雾", 3],
}
WANTED = Linked("2026-10-30T12:00:00+00:00", "2026-10-30T13:00:00+00:00", ("甲", "乙"), ("雾", "晨", "灯"))
SITE = {"@type": "WebSite", "name": "RFI"}

SHAPES = {
    "object": [NEWS],
    "array": [[SITE, NEWS]],
    "graph": [{"@graph": [SITE, NEWS]}],
    "graph in an array": [[{"@graph": [NEWS]}]],
    "several scripts": [SITE, NEWS],
    "types as a list": [{**NEWS, "@type": ["Thing", "ReportageNewsArticle"]}],
    "the first of two": [NEWS, {**NEWS, "keywords": "x"}],
}


def said(*texts):
    """Give what a page with these scripts says."""
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return jsonld.of(LexborHTMLParser(scripts.encode(errors="ignore"), scripting=True).css(jsonld.SCRIPT))


@pytest.mark.parametrize("scripts", SHAPES.values(), ids=SHAPES)
def test_shapes(scripts):
    """Law: object, array, @graph or several scripts: the article is found, each text once, blanks gone."""
    assert said(*map(json.dumps, scripts)) == WANTED


@pytest.mark.parametrize("broken", ["", "{", '{"a": 1,}', "null", "3", '"x"', "[" * 100_000, "9" * 5000, "[NaN]"])
def test_a_broken_script_costs_itself(broken):
    """Law: scripts are parsed one by one, so a broken one hides no other."""
    assert said(broken, json.dumps(NEWS)) == WANTED


VALUES = {
    "keywords in one text": ("keywords", "雾, 晨，灯,,雾", "keywords", ("雾", "晨", "灯")),
    "one author as text": ("author", "甲", "authors", ("甲",)),
    "one author as object": ("author", {"name": ["甲", "乙"]}, "authors", ("甲", "乙")),
    "no author": ("author", None, "authors", ()),
    "lines": ("author", " 甲\n 乙 ", "authors", ("甲 乙",)),
    "what no file can hold": ("author", ["甲\ud800\0", "\udc00"], "authors", ("甲",)),
    "date as a number": ("datePublished", 3, "published", None),
}


@pytest.mark.parametrize(("key", "value", "field", "wanted"), VALUES.values(), ids=VALUES)
def test_values(key, value, field, wanted):
    """Law: a text, a list or an object gives texts, on one line each; anything else gives nothing."""
    assert getattr(said(json.dumps({**NEWS, key: value})), field) == wanted


def test_other_things_are_no_article():
    """Law: without an article there is nothing to say."""
    assert said(json.dumps(SITE), json.dumps({"@graph": {"@type": "Article"}})) == said() == Linked()


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.dictionaries(
        st.sampled_from(["@type", "@graph", "author", "keywords", "datePublished", "dateModified"]), anything
    )
)
def test_any_json_is_read(data):
    """Law: whatever the values, texts that a file can hold, or nothing."""
    found = said(json.dumps({"@type": "Article", **data}))
    assert " ".join((found.published or "", found.modified or "", *found.authors, *found.keywords)).encode()
