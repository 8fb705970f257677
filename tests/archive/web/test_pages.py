"""The reader's pages, asked over the network: every one that a link leads to."""

import re
from itertools import pairwise

import pytest

from archive import urls
from archive.web import headers
from tests.archive import lived
from tests.archive.archives import CN
from tests.archive.web.reading import Page

pytestmark = pytest.mark.slow

STEM = urls.article_path(lived.URL).rpartition("/")[2].removesuffix(".md")
LIVED = f"/article/{STEM}"
GONE = f"/article/{urls.article_path(CN[3].url).rpartition('/')[2].removesuffix('.md')}"
HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="module")
def walked(reader):
    """Every answer that the links of the reader lead to, in one language, by path."""
    found, waiting = {}, ["/", "/search", "/search?q=%E7%9A%84"]
    while waiting:
        path = waiting.pop()
        found[path] = reader.ask(path, Accept_Language="en")
        if found[path].headers["content-type"] == HTML and not path.startswith("/search?"):  # they lead to ever more
            waiting += sorted(Page(found[path]).links(path) - found.keys() - set(waiting))
    return found


def is_switch(path):
    return path.startswith("/language/")


@pytest.fixture(scope="module")
def pages(walked):
    """Those of them that are pages, taken apart."""
    return {p: Page(got) for p, got in walked.items() if got.headers["content-type"] == HTML and not is_switch(p)}


def test_every_link_leads_to_a_page(walked):
    """Law: whatever a page links to or loads is there, and nothing that the archive has is out of reach."""
    assert {path: got.status for path, got in walked.items() if got.status != (303 if is_switch(path) else 200)} == {}
    kinds = {f"/{path.split('/')[1].partition('?')[0]}" for path in walked}
    assert kinds == {
        *("/", "/article", "/author", "/authors", "/day", "/image", "/language", "/section", "/sections"),
        *(
            "/show",
            "/shows",
            "/static",
            "/tag",
            "/tags",
            "/search",
            "/changes",
            "/gone",
            "/health",
            "/feed.atom",
            "/api",
            "/pictures",
        ),
    }
    assert len({path for path in walked if re.fullmatch("/article/[^/.]+", path)}) == 34
    assert {f"{LIVED}/version/5", f"{LIVED}/diff/4/5", f"{LIVED}/proof", f"{LIVED}.md"} <= walked.keys()


def test_every_answer_is_dressed(walked):
    """Law: every answer bears the policy and the rest, and a validator that its bytes alone decide."""
    for path, got in walked.items():
        bears = {name: got.headers.get(name.lower()) for name in headers.ALWAYS}
        assert bears == headers.ALWAYS, path
        assert got.headers["etag"] == headers.etag(got.body), path
        assert got.headers["cache-control"], path
        assert "server" not in got.headers


def test_the_same_bytes_are_not_sent_twice(reader, walked):
    """Law: If-None-Match with the validator of any page gives 304 and no body; HEAD gives its headers and no body."""
    for path, got in walked.items():
        if got.status == 200 and not path.endswith("/health"):  # where the disk's free bytes stand
            again = reader.ask(path, Accept_Language="en", If_None_Match=f'"x", W/{got.headers["etag"]}')
            head = reader.ask(path, "HEAD", Accept_Language="en")
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", got.headers["etag"]), path
            same = {name: value for name, value in got.headers.items() if name != "date"}
            assert (head.status, head.body) == (200, b"")
            assert {name: value for name, value in head.headers.items() if name != "date"} == same


def test_pages_are_well_made(pages):
    """Law: what opens closes; one h1, headings without a step left out, a main, a title of its own, a language."""
    for path, page in pages.items():
        tags = [tag for tag, _ in page.elements]
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert page.open == [], path
        assert (levels[0], levels.count(1)) == (1, 1), path
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        assert tags.count("main") == 1
        assert page.all("html")[0]["lang"] == "en"
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        names = ("aria-labelledby", "aria-describedby", "for")
        named = {one for _, a in page.elements for name in names for one in a.get(name, "").split()}
        assert named <= set(ids), path
    titles = [page.title for page in pages.values()]
    assert len(titles) == len(set(titles)), sorted(titles)


def test_every_page_is_there_in_chinese(reader, pages):
    """Law: what is there in one language is there in the other, with the same links."""
    for path, page in pages.items():
        got = reader.ask(path, Accept_Language="zh")
        assert got.status == 200
        other = Page(got)
        assert other.all("html")[0]["lang"] == "zh-Hans"
        switches = {link for link in other.links(path) | page.links(path) if is_switch(link)}
        assert other.links(path) - switches == page.links(path) - switches
        assert len(switches) == 2


def test_pages_hold_nothing_that_runs_or_loads_from_elsewhere(pages):
    """Law: no inline script or style, no address outside but in links, and those tell nobody where they stood."""
    for path, page in pages.items():
        assert {"style", "iframe", "object", "embed", "base"}.isdisjoint(t for t, _ in page.elements)
        assert all(one.keys() == {"src", "defer"} and one["src"].startswith("/static/") for one in page.all("script"))
        assert all(one["action"] == "/search" and "method" not in one for one in page.all("form"))
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset")], path
            if tag == "img":
                assert attributes["src"].startswith("/image/")
                assert "alt" in attributes
            if tag == "a" and not attributes["href"].startswith(("/", "#")):
                assert attributes["href"].startswith(("https://", "http://"))
                assert "noopener noreferrer" in attributes["rel"], path


# An article


def test_an_article_is_shown_with_its_evidence(reader):
    """Law: title, lead, text, times, record and digests stand on its page, with ways to proof, file and live page."""
    page = Page(reader.ask(LIVED))
    words = " ".join(page.words)

    assert lived.FIRST.title in words
    assert "第二乐章" in words
    assert re.search(r"urn:uuid:[0-9a-f-]{36}.*sha1:[A-Z2-7]{32}.*[0-9a-f]{64}", words, re.DOTALL)
    assert {f"{LIVED}/proof", f"{LIVED}.md", f"{LIVED}/version/5", f"{LIVED}/diff/4/5"} <= page.links(LIVED)
    assert [a for a in page.all("a") if a["href"] == lived.URL and "external" in a["rel"]]
    assert all(re.fullmatch(r"[0-9-]{10}(T[0-9:]{8}Z)?", a["datetime"]) for a in page.all("time"))


def test_what_was_taken_down_says_so(reader):
    """Law: an article that is gone at the source says since when, and is shown all the same."""
    got = reader.ask(GONE, Accept_Language="en")

    assert re.search("first seen missing on 20[0-9]{2}-", got.text)
    assert CN[3].title in got.text


def test_a_hostile_title_is_text(reader):
    """Law: no version's title is markup, nor turns what stands around it."""
    got = reader.ask(f"{LIVED}/version/4")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in got.text
    assert "\x1b" not in got.text
    assert not Page(got).all("script")


def test_a_version_is_shown_as_it_was(reader):
    """Law: each version has its own words, and says which it is."""
    assert "鼓掌" in reader.ask(f"{LIVED}/version/1").text
    assert "欢呼" in reader.ask(f"{LIVED}/version/2").text
    assert "version 2 of 5" in reader.ask(f"{LIVED}/version/2", Accept_Language="en").text


def test_a_diff_shows_the_very_words(reader):
    """Law: what was taken out stands in `del`, what came in in `ins`; a version does not differ from itself."""
    text = reader.ask(f"{LIVED}/diff/1/2").text

    assert "<del>鼓掌</del><ins>欢呼</ins>" in text
    assert "没有差别" in reader.ask(f"{LIVED}/diff/2/2").text


def test_the_file_is_given_as_it_stands(news, reader):
    """Law: the download is the article file, byte for byte, and no browser opens it as a page."""
    got = reader.ask(f"{LIVED}.md")

    assert got.body == (news / urls.article_path(lived.URL)).read_bytes()
    assert got.headers["content-type"] == "text/markdown; charset=utf-8"
    assert got.headers["content-disposition"] == f'attachment; filename="{STEM}.md"'


def test_a_proof_holds(reader):
    """Law: what an archive holds is proved, every version of it."""
    got = reader.ask(f"{LIVED}/proof", Accept_Language="en")

    assert "Everything agrees" in got.text
    assert got.text.count("<td>Agrees</td>") == 5


# Lists


def test_lists_go_on_to_the_end(reader):
    """Law: following "older" from the front page one meets every article once, the newest first."""
    path: str | None = "/"
    met = []
    while path:
        page = Page(reader.ask(path))
        met += [a["href"] for a in page.all("a") if a.get("href", "").startswith("/article/") and "class" not in a]
        path = next((a["href"] for a in page.all("a") if a.get("rel") == "next"), None)

    assert len(met) == len(set(met)) == 34


def test_days_lead_to_each_other(reader):
    """Law: from the newest day, the day before and so on, one meets every article once."""
    path: str | None = next(a["href"] for a in Page(reader.ask("/")).all("a") if a["href"].startswith("/day/"))
    met = []
    while path:
        page = Page(reader.ask(path))
        met += [a["href"] for a in page.all("a") if a.get("href", "").startswith("/article/") and "class" not in a]
        path = next((a["href"] for a in page.all("a") if a.get("rel") == "prev"), None)

    assert len(met) == len(set(met)) == 34
