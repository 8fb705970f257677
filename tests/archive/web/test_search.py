"""The page of a search: what is typed is found, narrowed down, and paged through; what makes no sense is said."""

import json
import re
from contextlib import closing
from html import unescape
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import BadUsage
from archive.index import NAME as INDEX
from archive.index import Index
from archive.language.query import LONGEST, MOST, Query
from archive.search import DEPTH, FACETS, search
from archive.web import sought
from archive.web.finding import PAGE
from archive.web.speech import WORDS
from tests.archive import lived
from tests.archive.web.reading import Page

pytestmark = pytest.mark.slow

TYPED = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            ['"', "“", "”", "(", ")", "-", "*", "OR", "NOT", "AND", "的", "学校", "學校", "Paris", " ", "　"]
        ),
        max_size=14,
    ).map("".join),
)


def asked(reader, **fields):
    return reader.ask(f"/search?{urlencode(fields)}")


def found(got):
    """The articles that a page shows, in its order."""
    return [a["href"] for a in Page(got).all("a") if a["href"].startswith("/article/") and "tabindex" not in a]


def found_stems(reader, **fields):
    """The names of articles that the API finds."""
    told = json.loads(reader.ask(f"/api/search?{urlencode(fields)}").body)
    return [hit["article"]["stem"] for hit in told["hits"]]


def total(got):
    told = re.search(r'id="count">[^<0-9]*([0-9]+)?', got.text)
    return int(told[1] or 0) if told else None


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TYPED)
def test_whatever_is_typed_is_answered(reader, text):
    """Law: any text that a person can type is answered by the page, with what is found or with what is wrong.

    Half of it is typed before the other half, so that is no error: a browser would log it as one.
    """
    got = reader.ask(f"/search?q={quote(text.encode('utf-8', 'surrogatepass'), safe='')}")

    assert got.status == 200
    assert Page(got).open == []
    assert not text.strip() or ('class="banner gone"' in got.text) != ('id="count"' in got.text)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", ["!!", "-学校", "的" * (LONGEST + 1), " ".join("abcdefghijklmnopqrstu")])
def test_what_is_wrong_is_said(reader, text, language):
    """Law: a search that makes no sense keeps its form, and is told in the reader's language; no detail in another."""
    got = reader.ask(f"/search?q={quote(text)}", Accept_Language=language)

    says = [WORDS[name][language == "en"].split("{")[0] for name in sought.WHY.values()]
    assert got.status == (400 if len(text) > LONGEST else 200)
    assert any(said in got.text for said in says)
    assert text[:LONGEST] in [one["value"] for one in Page(got).all("input") if one.get("id") == "q"]
    assert '<p lang="en">' not in got.text


def test_every_refusal_has_words(news):
    """Law: each message with which a search is refused is one that the page knows how to say."""
    refused = [Query("!"), Query("-a"), Query("a" * (LONGEST + 1)), Query(" ".join(f"a{at}" for at in range(MOST + 1)))]
    with closing(Index(news / INDEX)) as index:
        for query, start in [*((query, 0) for query in refused), (Query("a"), DEPTH + 1)]:
            with pytest.raises(BadUsage) as error:
                search(news, index, query, start=start)
            assert sought.why(error.value) != "search.bad", error.value


def test_facets_narrow_to_what_they_count(reader):
    """Law: each name of a facet leads to as many articles as it says; taken off again, to the search one came from."""
    whole = asked(reader, q="的")
    facets = re.findall(
        r'<li><a href="(/search\?[^"]+)" rel="nofollow" lang="zh">[^<]*</a> <span class="count">([0-9]+)', whole.text
    )

    assert {name for link, _ in facets for name in parse_qs(urlsplit(unescape(link)).query)} >= {"q", *FACETS}
    for link, count in facets:
        narrowed = reader.ask(unescape(link))
        off = re.findall(r'class="chosen" href="([^"]+)"', narrowed.text)
        assert total(narrowed) == int(count), link
        assert [unescape(one) for one in off] == ["/search?" + urlencode({"q": "的"})]


def test_several_facets_at_once(reader):
    """Law: facets narrow together; each is taken off alone; what is typed next keeps them."""
    got = asked(reader, q="的", section="非洲", year="2026")
    page = Page(got)

    assert found(got) == [f"/article/{one}" for one in found_stems(reader, q="的", section="非洲", year=2026)]
    kept = {one["name"]: one["value"] for one in page.all("input") if one.get("type") == "hidden"}
    assert kept == {"section": "非洲", "year": "2026"}
    assert got.text.count('class="chosen"') == 2


def test_pages_go_on_to_the_end(reader):
    """Law: following "next" one meets each article once, in either order, and as many as are counted."""
    for order in ("best", "newest"):
        met = list[str]()
        path: str | None = "/search?" + urlencode({"q": "的", "order": order})
        while path:
            got = reader.ask(path)
            met += found(got)
            path = next((a["href"] for a in Page(got).all("a") if a.get("rel", "").startswith("next")), None)
        assert len(met) == len(set(met)) == total(reader.ask("/search?" + urlencode({"q": "的"})))
        assert len(met) > PAGE


def test_hits_are_marked_and_nothing_runs(reader):
    """Law: what was looked for stands in `mark`, in title and snippet; what a title holds is text."""
    got = asked(reader, q="贝多芬")

    assert found(got) == [f"/article/{one}" for one in found_stems(reader, q="貝多芬")]
    assert "<mark>贝多芬</mark>" in got.text
    assert lived.FIRST.title.replace("贝多芬", "<mark>贝多芬</mark>") in got.text


@pytest.mark.parametrize(
    "path", ["/search?start=x", "/search?start=1001&q=a", "/search?year=0", "/search?year=20261", "/search?order=x"]
)
def test_odd_fields(reader, path):
    """Law: a field that makes no sense is told, with 400."""
    assert reader.ask(path).status == 400


def test_a_name_that_nobody_bears(reader):
    """Law: a facet that no article has finds nothing, and can be taken off."""
    got = asked(reader, q="的", show="没有此节目")

    assert (got.status, total(got)) == (200, 0)
    assert got.text.count('class="chosen"') == 1


def test_a_search_without_words(reader):
    """Law: without anything to look for the page is the form and how to use it; with a section, its articles."""
    assert "cards" not in reader.ask("/search").text
    assert total(asked(reader, section="非洲")) >= 1


def test_every_page_has_the_box(reader):
    """Law: a search can be begun on every page, with a name for whoever does not see it."""
    for path in ("/", "/sections", "/changes", "/search", "/nope"):
        page = Page(reader.ask(path))
        assert len(page.all("form")) == 1
        box = next(one for one in page.all("input") if one["type"] == "search")
        assert (box["name"], box["maxlength"]) == ("q", str(LONGEST))
        assert box.get("aria-label") or [one for one in page.all("label") if one["for"] == box["id"]]
