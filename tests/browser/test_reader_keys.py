"""Laws of the reader under somebody's fingers: search as one types, the keyboard alone, paper."""

from urllib.parse import quote

import pytest

from tests.browser.kinds import ARTICLE
from tests.browser.news import LANTERN, MOON, SHOW
from tests.browser.opening import SCREENSHOTS
from tests.browser.visit import DEVICES, Visit, visiting

pytestmark = pytest.mark.slow

FOUND = "#results .card h2"
FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const seen = box.width > 0 && box.left >= 0 && box.top >= 0 && box.bottom <= innerHeight;
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [one.tagName, (one.innerText || one.getAttribute("aria-label") || "").trim(), seen, marked];
}"""
"""What has the focus: its element, its words, whether it is in sight, whether it is marked."""


@pytest.fixture(params=DEVICES)
def visit(request, browser, reader):
    """A visit by each device."""
    with visiting(browser, reader, request.param) as visit:
        yield visit


def tabbed(visit: Visit, words: str, most: int = 40) -> list[list]:
    """Press Tab until something with these words has the focus; return all that had it."""
    passed: list[list] = []
    while len(passed) < most:
        visit.page.keyboard.press("Tab")
        passed.append(visit.page.evaluate(FOCUS))
        if words in passed[-1][1]:
            return passed
    raise AssertionError(f"no way to {words} by Tab: {passed}")


def test_search_as_one_types(visit):
    """Law: results follow each letter without another page, are told to who cannot see them, and have their address."""
    page = visit.go("/search")
    page.evaluate("window.here = true")
    box = page.get_by_role("searchbox")
    shown = page.locator(FOUND)

    for typed, article in {"灯": LANTERN, "灯笼": LANTERN, "燈籠師": LANTERN, "月": MOON, "月球車": MOON}.items():
        if not typed.startswith(box.input_value()):
            box.fill("")
        box.press_sequentially(typed[len(box.input_value()) :])
        page.wait_for_url(visit.at.at(f"/search?q={quote(typed)}"))
        assert shown.filter(has_text=article.title).count() == 1, typed

    assert page.evaluate("window.here")
    assert page.locator("#told").inner_text() == "找到 1 篇"
    assert box.evaluate("(one) => document.activeElement === one")
    page.reload()
    assert shown.count() == 1
    assert box.input_value() == "月球車"


def test_letters_being_composed_wait(visit):
    """Law: while an input method composes, its letters are not searched for; what it commits is."""
    page = visit.go("/search")
    page.get_by_role("searchbox").focus()
    keys = page.context.new_cdp_session(page)

    keys.send("Input.imeSetComposition", {"text": "yueqiu", "selectionStart": 6, "selectionEnd": 6})
    page.wait_for_timeout(500)
    before = list(visit.asked)
    keys.send("Input.insertText", {"text": "月球"})
    page.locator(FOUND).filter(has_text=MOON.title).wait_for()

    assert [url for url in before if "yueqiu" in url] == []


def test_nothing_is_wrong_with_half_a_query(visit):
    """Law: on the way to a query that makes sense, one that makes none is told of and harms nothing."""
    page = visit.go("/search")
    visit.refused.add(visit.at.at("/search?q=-"))
    box = page.get_by_role("searchbox")

    box.press_sequentially("-")
    page.locator("#results .banner").wait_for()
    box.fill("月球 -火星")
    page.locator(FOUND).filter(has_text=MOON.title).wait_for()

    assert page.locator("#results .banner").count() == 0


def test_keyboard_alone(browser, reader):
    """Law: the first Tab offers to skip the menu; all that Tab reaches is in sight and marked; a search needs no mouse."""
    with visiting(browser, reader) as visit:
        page = visit.go("/")

        skip = tabbed(visit, "跳")
        assert len(skip) == 1
        page.screenshot(path=SCREENSHOTS / "keyboard-skip.png")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"

        page.reload()
        passed = tabbed(visit, "搜索标题")
        page.keyboard.type("播种")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")
        passed += tabbed(visit, SHOW.title)
        page.screenshot(path=SCREENSHOTS / "keyboard-result.png")
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/*")
        passed += tabbed(visit, "核验此文")

    assert [one for one in passed if not (one[2] and one[3])] == []


def test_paper(browser, reader):
    """Law: on paper an article is black on white, without menus, forms and buttons, and ends with where it is from."""
    with visiting(browser, reader, dark=True, alone=True) as visit:
        page = visit.go(ARTICLE)
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 794, "height": 1123})
        page.screenshot(path=SCREENSHOTS / "paper-article.png", full_page=True)

        hidden = [page.locator(one).is_visible() for one in ("nav.menu", "form", ".doing", ".tongues", ".skip")]

        assert hidden == [False] * 5
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        printed = page.locator("body").inner_text()
        assert "螺丝长三点八厘米" in printed
        assert "SHA-256" in printed
        assert len(page.pdf()) > 1000
