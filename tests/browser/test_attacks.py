"""Laws of attacks in the reader: an article full of them, in Chromium, on every page that shows a word of it.

What markup and policy do apart is tested elsewhere (test_safe.py, tests/archive/web): here nothing may even be tried, so a
policy that had to stop something is a fault too.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Dialog, Page

from archive.charts import document
from archive.charts.figures import gather
from archive.index import NAME, Index
from tests.archive import archives
from tests.browser import attacked
from tests.browser.opening import SCREENSHOTS
from tests.browser.serving import served
from tests.browser.visit import Visit, visiting
from tests.site import attack

pytestmark = pytest.mark.slow

KINDS = (
    *("/", "/day", "/sections", "/shows", "/authors", "/tags", "/section", "/show", "/author", "/tag"),
    *("/article", "/version", "/diff", "/proof", "/changes", "/gone", "/health", "/pictures", "/api", "/search"),
)
"""Kinds of pages that links must have led to."""
WORDS = [
    "攻击",
    "没有被吞掉",
    "onerror",
    "script",
    "7*7",
    "甲",
    attack.TEXT,
    f'"{attack.BIDI}"',
    "<img src=x onerror=__ran(910)>",
]
"""What is looked for: words of the article, and attacks in the query itself."""
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Characters that turn the reading direction."""
WATCH = """document.addEventListener("securitypolicyviolation", (seen) =>
    __said(`policy: ${seen.violatedDirective} ${seen.blockedURI} ${seen.sourceFile}:${seen.lineNumber}`))"""
TOUCH = """() => {
    for (const one of document.querySelectorAll("*"))
        for (const kind of ["mouseover", "pointerover", "animationstart", "toggle", "error", "load", "begin"])
            one.dispatchEvent(new Event(kind, {bubbles: true}));
    for (const one of document.querySelectorAll("main a, main [tabindex]")) one.focus();
}"""
OURS = """() => ({
    names: [typeof document.querySelector, typeof document.getElementById, typeof document.cookie, typeof document.body.attributes,
        document.body.nodeName, document.body.parentNode.nodeName, typeof window.name, location.href],
    forms: [...document.forms].map((one) => [one.getAttribute("action"), one.querySelectorAll("[name=password]").length]),
    named: [...document.querySelectorAll(".prose :is(.lead, .body, ins, del) :is([id], [class], [style], [name])")].length,
    odd: [...document.querySelectorAll("script:not([src]), style, iframe, object, embed, base, math, meta[http-equiv]")].length,
    links: [...document.links].map((one) => one.protocol),
    cookie: document.cookie, title: document.title,
})"""
NAMES = ["function", "function", "string", "object", "BODY", "HTML", "string"]


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """Folders of the two archives."""
    folder = tmp_path_factory.mktemp("attacked")
    made = attacked.make(folder / "crawled", folder / "urls.txt")
    return {"crawled": made, "at rest": attacked.at_rest(folder / "rest", made)}


@pytest.fixture(scope="module", params=["crawled", "at rest"])
def root(roots, request):
    return roots[request.param]


@pytest.fixture(scope="module")
def at(root):
    """The reader of one of them; when all is over, no file of it is another."""
    before = archives.hashes(root, "articles", "warc")
    with served(root) as found:
        yield found
    assert archives.hashes(root, "articles", "warc") == before


@pytest.fixture
def visit(browser, at):
    """A visit in which whatever strikes goes wrong."""
    with visiting(browser, at, alone=True) as visit:
        visit.page.context.expose_function("__ran", lambda number: visit.wrong.append(f"ran: {number}"))
        visit.page.context.expose_function("__said", lambda said: visit.wrong.append(f"said: {said}"))
        visit.page.context.add_init_script(WATCH)

        def dismissed(dialog: Dialog) -> None:
            visit.wrong.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        visit.page.on("dialog", dismissed)
        yield visit
        assert visit.page.context.cookies() == []


def judged(page: Page, url: str) -> None:
    """Touch all of a page, and see that it is ours as it was."""
    page.evaluate(TOUCH)
    found = page.evaluate(OURS)

    assert page.url == url
    assert found["names"] == [*NAMES, url]
    assert {tuple(form) for form in found["forms"]} <= {("/search", 0)}
    assert (found["named"], found["odd"], found["cookie"]) == (0, 0, "")
    assert set(found["links"]) <= {"http:", "https:"}
    assert TURNS.isdisjoint(found["title"])


def walked(visit: Visit) -> Iterator[str]:
    """Follow every link of our own, but those that only order and narrow searches; yield where it is."""
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        visit.page.goto(visit.at.at(path))
        yield path
        for link in visit.page.evaluate("() => [...document.links].map((one) => one.href)"):
            parts = urlsplit(link)
            following = f"{parts.path}?{parts.query}" if parts.query else parts.path
            passed = following.startswith(("/search?", "/language/", "/api/")) or parts.path.endswith((".md", ".atom"))
            if link.startswith(visit.at.url) and not passed and following not in seen:
                seen.add(following)
                waiting.append(following)


def test_nothing_runs_on_any_page(root, visit):
    """Law: on every page that links lead to nothing runs, loads, asks, names, leads away or turns a title around."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    been = []

    for path in walked(visit):
        been.append(path)
        judged(visit.page, visit.page.url)
        if path == attacked.ARTICLE:
            visit.page.screenshot(path=SCREENSHOTS / f"attacked-{root.name}.png", full_page=True)

    reached = {f"/{part}" for path in been for part in path.partition("?")[0].split("/")[1:]}
    assert reached >= set(KINDS) - {"/search"}


def test_all_words_are_there(root, visit):
    """Law: between the attacks no word is lost."""
    visit.go(attacked.ARTICLE if root.name == "rest" else f"{attacked.ARTICLE}/version/1")
    text = visit.page.locator("main").inner_text()

    kept = attack.ATTACKS.keys() - (attack.LOOSE if root.name == "rest" else set())
    assert [name for name in kept if attack.WORD.format(attack.number(name)) not in text] == []


def test_nothing_runs_in_searches(visit):
    """Law: neither in what is found nor in what was asked for, by the form or as one types."""
    for words in WORDS:
        visit.refused.add(visit.at.at(f"/search?q={quote(words)}"))
        visit.go(f"/search?q={quote(words)}")
        judged(visit.page, visit.page.url)
        assert visit.page.get_by_role("searchbox").input_value() == words

    found = []
    for words in WORDS:
        visit.go("/search")
        visit.page.get_by_role("searchbox").fill(words)
        visit.page.locator("#results > *").first.wait_for()
        judged(visit.page, visit.page.url)
        found.append(visit.page.locator("#results mark").count())

    assert len([count for count in found if count]) >= 5


def test_nothing_runs_in_feeds_and_data(root, visit):
    """Law: a feed, JSON or the article file, opened as a page, is text or a download."""
    stem = attacked.ARTICLE.rpartition("/")[2]
    for path in ("/feed.atom", "/changes/feed.atom", f"/search/feed.atom?q={quote('攻击')}", "/api/articles",
                 f"/api/articles/{stem}", f"/api/articles/{stem}/versions", f"/api/articles/{stem}/diff/1/2",
                 f"/api/search?q={quote('攻击')}", "/api/labels/author", "/api/changes", "/api/health", "/api/openapi.json"):  # fmt: skip
        visit.go(path)
        assert visit.page.url == visit.at.at(path)
        assert visit.page.evaluate("document.querySelectorAll('script, img, iframe, form').length") == 0, path
    visit.go("/")
    visit.go(attacked.ARTICLE)
    with visit.page.expect_download() as downloading:
        visit.page.locator(f'a[href="{attacked.ARTICLE}.md"]').click()
    kept = hashlib.sha256(downloading.value.path().read_bytes()).hexdigest()

    assert kept == hashlib.sha256((root / "articles/2026/10" / f"{stem}.md").read_bytes()).hexdigest()


def test_nothing_runs_in_the_report(browser, roots, tmp_path):
    """Law: the report as one HTML file, opened from a disk, shows hostile names and runs nothing."""
    with closing(Index(roots["crawled"] / NAME)) as index:
        (tmp_path / "report.html").write_text(document.text(gather(index)), "utf-8")
    wrong: list[str] = []
    context = browser.new_context()
    context.expose_function("__ran", lambda number: wrong.append(f"ran: {number}"))
    context.on("console", lambda said: wrong.append(said.text))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto((tmp_path / "report.html").as_uri())
    page.evaluate(TOUCH)
    page.wait_for_timeout(300)

    assert (wrong, asked) == ([], [(tmp_path / "report.html").as_uri()])
    assert "svg onload=__ran(907)" in page.locator("body").text_content()
    context.close()
