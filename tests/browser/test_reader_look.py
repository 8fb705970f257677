"""Laws of how the reader looks: axe-core finds nothing, nothing is wider than the screen; a picture of each page is kept.

The pictures lie in build/screenshots: look at them after a change of templates or styles.
"""

from itertools import chain

import pytest
from playwright.sync_api import Page

from tests.browser.kinds import KINDS, REFUSED
from tests.browser.opening import SCREENSHOTS
from tests.browser.visit import visiting
from tests.crawler.crawling import ROOT

pytestmark = pytest.mark.slow

AXE = ROOT / ".browser" / "axe-core" / "axe.min.js"
"""As `make browser` installs it."""
RUN = """async () => (await axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
})).violations.map((one) => [one.id, one.impact, one.nodes.map((node) => node.html)])"""
NARROWEST = 320
"""Pixels: a page of 1280 at four times its size.  Source: WCAG 2.2, 1.4.10 Reflow."""
WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"
SEEN = [("phone", False, "zh"), ("phone", True, "en"), ("desktop", False, "en"), ("desktop", True, "zh")]
"""Device, whether it is dark, language: each two of them meet."""


def looked_at(page: Page, shot: str) -> list:
    """Keep a picture of a page, and return what is wrong with it."""
    size = page.viewport_size
    assert size
    page.screenshot(path=SCREENSHOTS / f"{shot}.png", full_page=True)
    found: list = page.evaluate(RUN)
    for width in (NARROWEST, size["width"]):
        page.set_viewport_size({"width": width, "height": size["height"]})
        whole, window = page.evaluate(WIDTHS)
        found += [("wider than the screen", whole, window)] if whole > window else []
    return found


@pytest.mark.parametrize(("device", "dark", "language"), SEEN)
def test_every_kind_of_page(browser, reader, device, dark, language):
    """Law: no page keeps anybody out: contrast, names, order, languages, landmarks; none is wider than the screen."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    wrong = {}

    with visiting(browser, reader, device, language=language, dark=dark, alone=True) as visit:
        visit.page.add_init_script(path=AXE)
        for name, path in chain(KINDS.items(), REFUSED.items()):
            page = visit.go(path, refused=name in REFUSED)
            wrong[name] = looked_at(page, f"{name}-{device}-{'dark' if dark else 'light'}-{language}")

    assert {name: found for name, found in wrong.items() if found} == {}
