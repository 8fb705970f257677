"""The API: it answers as its description says, whatever it is asked, and tells what the pages tell."""

import json
import os
import re
import subprocess
import sys
from urllib.parse import quote, urlencode

import jsonschema_rs
import pytest

from archive import urls
from archive.web import headers
from archive.web.operations import MOST, OPERATIONS
from tests.archive import archives, lived
from tests.archive.archives import CN
from tests.archive.web.reading import Page, reading
from tests.crawler.crawling import PROXIES

pytestmark = pytest.mark.slow

STEM = urls.article_path(lived.URL).rpartition("/")[2].removesuffix(".md")
ASKED = {
    "articles": ["articles", "articles?limit=3&tag=%E9%9F%B3%E4%B9%90", f"articles?edition=tw&before={10**18 - 1}"],
    "article": [f"articles/{STEM}"],
    "versions": [f"articles/{STEM}/versions"],
    "diff": [f"articles/{STEM}/diff/1/5", f"articles/{STEM}/diff/2/2", f"articles/{STEM}/diff/5/1"],
    "search": [
        "search",
        "search?q=%E7%9A%84",
        "search?q=%E7%9A%84&order=newest&start=3&limit=2&since=2026-10-20&year=2026",
    ],
    "labels": [f"labels/{kind}" for kind in ("edition", "section", "show", "author", "tag")],
    "days": ["days", "days?since=0001-01-01&until=9999-12-31&limit=2", "days?since=2026-11-01&until=2026-10-01"],
    "changes": ["changes", "changes?limit=2"],
    "health": ["health"],
}
"""Of each operation addresses that are there."""
WRONG = {
    "articles?x=1": 400,
    "articles?limit=0": 400,
    f"articles?limit={MOST + 1}": 400,
    "articles?limit=1.0": 400,
    "articles?limit=": 400,
    "articles?limit=%D9%A1": 400,
    f"articles?section={'a' * 201}": 400,
    "articles?before=-1": 400,
    "search?q=!": 400,
    "search?q=-a": 400,
    "search?order=worst": 400,
    "search?start=1001": 400,
    "search?since=20261123": 400,
    "search?since=2026-02-30": 400,
    "changes?before=1": 400,
    "health?x": 400,
    "health?x=1": 400,
    "labels/x": 404,
    "articles/x": 404,
    "articles/20261031-000000000000": 404,
    f"articles/{STEM}/diff/0/1": 404,
    f"articles/{STEM}/diff/1/6": 404,
    f"articles/{STEM}/diff/1/{'9' * 40}": 404,
    "": 404,
    "nope": 404,
    "articles/": 404,
    f"articles?section={'%E4%B8%AD' * 900}": 414,
}


CONFIG = """[checks]
negative_data_rejection.expected-statuses = [400, 404, 414]
positive_data_acceptance.expected-statuses = ["2xx", 404, 414]
"""
"""Fields that are well each by itself may be too much together."""
NO_SEARCH = {("RejectedPositiveData", where) for where in ("GET /api/search", "Stateful tests")}
"""No schema can say which texts are a search: one of signs alone is refused."""


def told(reader, path):
    got = reader.ask(f"/api/{path}")
    assert (got.status, got.headers["content-type"]) == (200, "application/json"), (path, got.text)
    return json.loads(got.body)


@pytest.fixture(scope="module")
def description(reader):
    return told(reader, "openapi.json")


def test_schemathesis_finds_nothing(reader, tmp_path):
    """Law: whatever the description allows or forbids, the answer is one that it names; never a fault of ours."""
    words = [sys.executable, "-m", "schemathesis.cli", "run", f"{reader.url}/api/openapi.json", "--checks", "all"]
    words += ["--max-examples", "25", "--no-shrink", "--generation-deterministic", "--continue-on-failure"]
    words += ["--warnings", "off", "--report-json-path", "report.json"]
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}

    done = subprocess.run(words, cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)

    report = json.loads((tmp_path / "report.json").read_text())
    found = [one for one in report["failures"] if (one["type"], *one["operations"]) not in NO_SEARCH]
    assert (found, report["errors"], report["complete"]) == ([], [], True), done.stdout
    assert (report["operations"]["tested"], report["operations"]["skipped"]) == (len(OPERATIONS), 0)
    assert report["test_cases"]["generated"] > 20 * len(OPERATIONS)


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_is_as_described(reader, description, name):
    """Law: each operation answers by its schema, which leaves nothing out and allows nothing else."""
    schema = {"$ref": f"#/components/schemas/{next(one.answers for one in OPERATIONS if one.name == name)}"}
    held = jsonschema_rs.validator_for({**schema, "components": description["components"]}, validate_formats=True)

    for path in ASKED[name]:
        held.validate(told(reader, path))


def test_every_operation_is_described_and_tried(reader, description):
    """Law: the description has all operations, each of them is tried here, and what the page names as example is there."""
    assert {one["get"]["operationId"] for one in description["paths"].values()} == ASKED.keys()
    assert [reader.ask(f"/api/{one.example}").status for one in OPERATIONS if one.example] == [200] * 6
    text = reader.ask("/api").text
    assert all(f"/api/{one.path}" in text for one in OPERATIONS)


@pytest.mark.parametrize(("path", "status"), WRONG.items(), ids=[path[:40] for path in WRONG])
def test_what_is_wrong_is_told_to_programs(reader, path, status):
    """Law: an error is a problem as RFC 9457 has it, with its status in both places, and a detail."""
    got = reader.ask(f"/api/{path}")

    assert got.status == status
    problem = json.loads(got.body)
    assert got.headers["content-type"] == "application/problem+json"
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert (problem["status"], bool(problem["detail"])) == (status, True)


def test_nothing_can_be_done_but_read(reader):
    """Law: any other method is refused as a problem, and nobody else's page is let in."""
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        got = reader.ask("/api/articles", method, Origin="https://elsewhere.example")
        assert (got.status, got.headers["allow"], json.loads(got.body)["status"]) == (405, "GET, HEAD", 405)
        assert not [name for name in got.headers if name.startswith("access-control")]


def test_the_same_answer_is_not_sent_twice(reader):
    """Law: If-None-Match with an answer's validator gives 304; HEAD gives its headers."""
    for path in ("articles", "openapi.json", f"articles/{STEM}", "search?q=%E7%9A%84", "changes"):
        got = reader.ask(f"/api/{path}")
        again = reader.ask(f"/api/{path}", If_None_Match=got.headers["etag"])
        head = reader.ask(f"/api/{path}", "HEAD")
        assert got.headers["etag"] == headers.etag(got.body)
        assert (again.status, again.body) == (304, b"")
        assert (head.status, head.body, head.headers["etag"]) == (200, b"", got.headers["etag"])


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_lists_go_on_to_the_end(reader, limit):
    """Law: following `next` one meets each article once, the newest first, and of changes each once."""
    for path, name, count in (
        ("articles", "articles", 34),
        ("search?q=%E7%9A%84", "hits", 32),
        ("changes", "changes", 8),
    ):
        met, link = [], f"{path}{'&' if '?' in path else '?'}limit={limit}"
        while link:
            some = told(reader, link.removeprefix("/api/"))
            assert len(some[name]) <= limit
            met += [json.dumps(one) for one in some[name]]
            link = some["next"]
        assert len(met) == len(set(met)) == count


def test_labels_narrow_together(reader):
    """Law: an article is listed if it bears all names that are asked for; their counts are those of the lists."""
    for kind in ("section", "show", "author", "tag", "edition"):
        for label in told(reader, f"labels/{kind}")["labels"]:
            found = told(reader, f"articles?limit=100&{urlencode({kind: label['name']})}")["articles"]
            assert len(found) == label["articles"]
    assert told(reader, f"articles?edition=tw&section={quote('非洲')}")["articles"] == []
    assert told(reader, f"articles?section={quote('没有')}") == {"articles": [], "next": None}


def test_pages_and_api_tell_the_same(reader):
    """Law: what the front page lists the API lists; an article's page and its data have the same words and digests."""
    page = Page(reader.ask("/"))
    links = [a["href"] for a in page.all("a") if a["href"].startswith("/article/") and "tabindex" not in a]
    assert [one["page"] for one in told(reader, "articles?limit=30")["articles"]] == links

    article, text = told(reader, f"articles/{STEM}"), reader.ask(f"/article/{STEM}").text
    assert article["html"]["body"] in text
    source = article["provenance"]
    assert all(source[name] in text for name in ("digest", "sha256", "asked", "warc"))
    assert source["record"].strip("<>") in text
    assert article["versions"] == 5
    assert reader.ask(source["file"]).status == reader.ask(source["proof"]).status == 200
    days = told(reader, "days")["days"]
    assert sum(one["articles"] for one in days) == 34


def test_an_article_names_no_picture_of_the_site(reader):
    """Law: pictures in `html` are the archive's own; text is text."""
    for one in told(reader, "articles?limit=100")["articles"]:
        article = told(reader, one["data"].removeprefix("/api/"))
        pictures = re.findall(r"<img[^>]*>", article["html"]["lead"] + article["html"]["body"])
        assert all(' src="/image/' in picture for picture in pictures)
        assert "<img" not in article["text"]["body"]
        assert one["picture"] is None or reader.ask(one["picture"]).headers["content-type"].startswith("image/")


def test_a_file_that_is_lost(news, tmp_path):
    """Law: where an article's file cannot be read the API still tells where it is from, and says nothing for its text."""
    root = archives.copied(news, tmp_path / "other")
    (root / urls.article_path(CN[3].url)).unlink()
    stem = urls.article_path(CN[3].url).rpartition("/")[2].removesuffix(".md")

    with reading(root) as reader:
        article = told(reader, f"articles/{stem}")

    assert (article["text"], article["html"], article["stem"]) == (None, None, stem)
    assert article["provenance"]["record"]
