"""Laws of the reader as a person meets it: in Chromium, on a phone and a desk, with and without script.

In each of them nothing is asked of another machine, the console is silent, and every answer is one (visit.py).
"""

from urllib.parse import quote, urlsplit

import pytest

from archive.web import headers
from tests.browser.following import follow
from tests.browser.kinds import ARTICLE
from tests.browser.news import BEES, LANTERN, MOON, SHOW, stem
from tests.browser.visit import DEVICES, Visit, visiting

pytestmark = pytest.mark.slow

SEARCHES = {
    "灯": LANTERN,
    "燈": LANTERN,
    "灯笼": LANTERN,
    "燈籠": LANTERN,
    "灯笼师": LANTERN,
    "燈籠師": LANTERN,
    "静海": MOON,
    "靜海": MOON,
    "月球車": MOON,
    "rtk": None,
}
"""What somebody types: one, two and three characters, as one writes here and there; and what is then found."""
FOUND = "#results .card h2"


def _named(case: tuple[str, bool]) -> str:
    return f"{case[0]}, {'script' if case[1] else 'no script'}"


@pytest.fixture(params=[(device, script) for device in DEVICES for script in (True, False)], ids=_named)
def visit(request, browser, reader):
    """A visit by each device, with script and without."""
    device, script = request.param
    with visiting(browser, reader, device, script=script) as visit:
        yield visit


def titles(visit: Visit) -> list[str]:
    return visit.page.locator(FOUND).all_inner_texts()


def test_browse(visit):
    """Law: from the front page links lead to a day, to each list of names, to what is under a name, to an article."""
    visit.go("/")
    visit.click("2026年10月29日")
    assert visit.path == "/day/2026-10-29"
    assert visit.page.locator("h2").all_inner_texts() == [f"{MOON.title}（更正）"]

    for menu, kind, name, article in [
        ("栏目", "section", "专栏检索", SHOW),
        ("节目", "show", "聚焦非洲", SHOW),
        ("作者", "author", "白桦", SHOW),
        ("标签", "tag", "农业", BEES),
    ]:
        visit.click(menu, "header")
        assert visit.path == f"/{kind}s"
        visit.click(name)
        assert visit.path == f"/{kind}/{name}"
        assert visit.heading() == name
        visit.click(article.title)
        assert visit.path == f"/article/{stem(article)}"
        assert visit.heading().startswith(article.title)
        visit.click("法广中文存档", "header")
        assert visit.path == "/"


def test_pictures_come_from_the_archive(visit):
    """Law: every picture of the front page is shown, from the archive's own records."""
    page = visit.go("/")
    pictures = page.locator("img")
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    seen = pictures.evaluate_all("(all) => all.map((one) => [one.complete, one.naturalWidth > 0, one.src])")

    assert len(seen) > 10
    assert {(complete, wide) for complete, wide, _ in seen} == {(True, True)}
    assert {urlsplit(source).path.split("/")[1] for _, _, source in seen} == {"image"}


def test_search_by_the_form(visit):
    """Law: one, two, three characters find what is there, in simplified and traditional alike, hits are marked."""
    for number, (words, article) in enumerate(SEARCHES.items()):
        # The form stands on every page, and few have as many pictures as the first.
        visit.go("/shows" if number else "/")
        visit.page.get_by_role("searchbox").fill(words)
        follow(visit.page.get_by_role("button", name="搜索"))
        assert visit.path.startswith("/search?")

        if article is None:
            assert titles(visit) == []
            assert "没有找到" in visit.page.locator("main").inner_text()
        else:
            assert article.title in titles(visit)[0]
            assert visit.page.locator("mark").count() > 0


def test_search_narrowed_and_ordered(visit):
    """Law: what is found can be narrowed by a facet, widened again, and put in order of time."""
    visit.go("/search?q=" + quote("灯"))
    many = titles(visit)

    visit.click("最新")
    by_time = titles(visit)
    if not visit.page.locator(".facets").get_by_role("link", name="中国").is_visible():  # a phone folds them up
        visit.page.locator("summary").click()
    visit.click("中国", ".facets")
    few = titles(visit)
    follow(visit.page.locator(".chosen"))

    assert sorted(many) == sorted(by_time) == sorted(titles(visit))
    assert many != by_time
    assert len(few) == 1
    assert set(few) < set(many)


def test_article(visit):
    """Law: an article shows what it says now, its versions what they said, a diff what is other, a proof that it is so."""
    visit.go(ARTICLE)
    assert visit.heading() == f"{MOON.title}（更正）"
    assert "第四家还没有回答" in visit.page.locator(".lead").inner_text()

    visit.click("第 1 版")
    assert visit.heading() == MOON.title
    assert "螺丝长四厘米，十字槽" in visit.page.locator(".prose").inner_text()

    visit.click("与第 3 版对照")
    assert visit.path == f"{ARTICLE}/diff/1/3"
    assert {"四", "（更正）"} <= set(visit.page.locator("main section del, main section ins").all_inner_texts())

    visit.click("回到文章")
    visit.click("核验此文")
    assert visit.page.locator(".banner.good").inner_text().startswith("完全一致")
    assert visit.page.locator("tbody tr").count() == 3


def test_gone(visit):
    """Law: an article that the site took down stands in the list of those, and can be read."""
    visit.go("/")
    visit.click("已撤", "header")
    visit.click(BEES.title)

    assert BEES.lead
    assert BEES.lead.file in visit.page.locator(".lead").inner_text()
    assert visit.page.locator(".banner.gone").is_visible()


def test_changes(visit):
    """Law: the list of changes shows each edit, what is new in it, and leads to the comparison."""
    visit.go("/")
    visit.click("改动", "header")
    assert "三点八" in visit.page.locator("ins").all_inner_texts()

    visit.click("看全文对照")
    assert visit.path == f"{ARTICLE}/diff/2/3"


def test_replay(visit):
    """Law: an article leads to its replay, where the page stands as it was captured."""
    visit.go(f"{ARTICLE}/version/1")
    visit.click("回放当时的网页")

    assert visit.page.url.startswith(f"{visit.at.replay}rfi/20261101")
    assert visit.page.locator("h1").inner_text() == MOON.title
    assert "螺丝长四厘米，十字槽" in visit.page.locator("article").inner_text()


def test_language(visit):
    """Law: the other language is one click away, leads back to the same page, and stays."""
    visit.go("/shows")
    visit.click("English", "footer")
    assert (visit.path, visit.heading()) == ("/shows", "Shows")

    visit.click("Tags", "header")
    assert visit.page.locator("html").get_attribute("lang") == "en"
    visit.click("中文", "footer")
    assert (visit.path, visit.heading()) == ("/tags", "标签")


def test_language_that_a_browser_asks_for(browser, reader):
    """Law: who asks for English by Accept-Language has it at once."""
    with visiting(browser, reader, language="en-GB") as visit:
        visit.go("/")

        assert visit.page.get_by_role("link", name="Newest").first.is_visible()


def test_feeds_and_api_open(visit):
    """Law: whatever a browser makes of them, the feeds and the API answer it, under the policy of every page."""
    visit.go(ARTICLE)
    for path in ("feed.atom", "changes/feed.atom", f"search/feed.atom?q={quote('灯')}", "api/openapi.json"):
        answer = visit.page.request.get(visit.at.at(path))

        assert answer.status == 200, path
        assert answer.headers["content-security-policy"] == headers.POLICY
        assert LANTERN.title in answer.text() or "feed.atom" not in path or "changes" in path
