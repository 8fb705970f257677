"""Laws of a search as one types, in a real browser: the page's own results come, and nothing is lost without script."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.archive import archives
from tests.archive.archives import CN, TW
from tests.archive.web.reading import reading
from tests.browser import chromium
from tests.browser.following import follow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    root = tmp_path_factory.mktemp("typed") / "archive"
    archives.crawl(root, [archives.page(article) for article in (*CN, *TW)])
    with reading(root) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.chromium(tmp_path_factory.mktemp("browser") / "network.json") as found:
        yield found


@pytest.fixture
def page(browser: Browser):
    """A page, which must have had nothing to complain of."""
    context = browser.new_context(locale="en")
    made, complaints = context.new_page(), []
    made.on("console", lambda message: complaints.append(message.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def shown(page: Page) -> list[str]:
    return page.locator("#results h2 a").all_inner_texts()


def test_results_come_as_one_types(page, reader):
    """Law: what is typed is found without a key more, told aloud, and stands in the address; a reload shows the same."""
    page.goto(f"{reader.url}/search")
    page.locator("#q").press_sequentially("學校", delay=20)

    expect(page.locator("#told")).to_have_text(re.compile("[0-9]+ articles? found"))
    typed = shown(page)

    assert set(page.locator("mark").all_inner_texts()) <= {"学校", "學校"}
    assert page.evaluate("document.activeElement.id") == "q"
    page.reload()
    assert shown(page) == typed != []


def test_half_a_search_is_none_yet(page, reader):
    """Law: whatever stands there while one types, the page says what it makes of it, and logs no error."""
    page.goto(f"{reader.url}/search?section=%E9%9D%9E%E6%B4%B2")
    for text, said in (
        ("-", "needs a word"),
        ("-的", "Say what to find"),
        ('"的', "1 article found"),
        ("", "1 article found"),
    ):
        page.locator("#q").fill(text)
        expect(page.locator("#told")).to_contain_text(said)
        assert "section=" in page.url


def test_the_last_word_counts(page, reader):
    """Law: an answer that comes late does not replace that of what was typed after it."""
    page.goto(f"{reader.url}/search")
    page.route("**/search?q=%E7%9A%84", lambda route: page.wait_for_timeout(600) or route.continue_())

    page.locator("#q").fill("的")
    page.wait_for_timeout(300)
    page.locator("#q").fill("贝多芬")

    expect(page.locator("#told")).to_have_text("1 article found")
    page.wait_for_timeout(900)
    assert len(shown(page)) == 1


def test_without_script_the_form_finds_the_same(browser, reader):
    """Law: the form, the facets and the next page need no script."""
    context = browser.new_context(locale="en", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(reader.url)

    page.get_by_role("searchbox").fill("的")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    first = shown(page)
    follow(page.get_by_role("link", name="Next page"))
    assert "start=20" in page.url
    assert not set(first) & set(shown(page))
    page.locator("summary").click()
    follow(page.locator(".facets a").first)
    assert "section=" in page.url
    follow(page.locator(".chosen"))
    assert re.search(r"/search\?q=[^&]*$", page.url)
    assert shown(page) == first
    context.close()
