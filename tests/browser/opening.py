"""Opens archived pages in a browser and tells what it saw."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Browser, Frame, FrameLocator, Page, ViewportSize

from tests.crawler.crawling import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
"""Kept after the tests, so that somebody can look."""
WINDOW: ViewportSize = {"width": 1200, "height": 1000}
LOOK = """async () => {
    await document.fonts.ready;
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return {
        heading: document.querySelector("h1").innerText,
        text: document.querySelector("article").innerText,
        width: document.querySelector(".t-content__main-media img")?.naturalWidth ?? 0,
        background: style("body").backgroundColor,
        border: style("h1").borderTopWidth,
        font: [...document.fonts].some((one) => one.family.includes("Segments") && one.status === "loaded"),
    };
}"""
PICTURE = ".t-content__main-media img"
RAN = "() => window.contextlayer !== undefined"
"""Whether a script of the archived page has run in a frame."""


@dataclass(frozen=True)
class Look:
    """An archived page as it stands in the browser."""

    heading: str
    text: str
    """All that is to be read of the article."""
    width: int
    """Pixels of the lead image as it was loaded; 0 if it was not."""
    background: str
    border: str
    font: bool
    """Whether the page's own font was loaded."""
    ran: list[bool] = field(default_factory=list)
    """Whether the page's scripts ran: in each frame around it, from the outermost to its own."""


def look(frame: Frame, shot: str) -> Look:
    """Wait until a page is whole, keep a picture of the window, and tell what is there."""
    frame.wait_for_selector("h1")
    frame.wait_for_load_state("load")
    picture = frame.locator(PICTURE)
    picture.wait_for(state="attached")
    picture.scroll_into_view_if_needed()
    picture.evaluate("(one) => one.complete || new Promise((done) => one.onload = one.onerror = done)")
    seen = frame.evaluate(LOOK)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    frame.page.screenshot(path=SCREENSHOTS / f"{shot}.png")
    around = [frame]
    while parent := around[0].parent_frame:
        around.insert(0, parent)
    return Look(**seen, ran=[one.evaluate(RAN) for one in around])


class Tab:
    """One tab of a browser that knows nothing of the tabs before it; `asked` is every URL that it asked for."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(viewport=WINDOW, locale="zh-CN")
        self.context.set_default_timeout(20_000)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = self.context.new_page()

    def in_pywb(self, host: str, url: str, stamp: str) -> Frame:
        """Open a capture in a pywb at `host`."""
        self.page.goto(f"{host}rfi/{stamp}/{url}")
        return self.page.main_frame

    def in_replayweb(self, host: str, url: str, stamp: str) -> Frame:
        """Open a capture in the ReplayWeb.page at `host`."""
        self.page.goto(f"{host}#{urlencode({'url': url, 'ts': stamp})}")
        inner = self._application().locator("iframe").element_handle()
        found = inner.content_frame()
        assert found
        return found

    def searched(self, host: str, word: str, shot: str) -> list[str]:
        """Search for a word in the ReplayWeb.page at `host`; return the titles that it lists."""
        self.page.goto("about:blank")  # another part behind # alone would load nothing
        self.page.goto(f"{host}#view=pages")
        application = self._application()
        application.locator("wr-page-entry").first.wait_for()
        application.get_by_placeholder(re.compile("Search by Page")).fill(word)
        entries = application.locator("wr-page-entry")
        entries.nth(1).wait_for(state="detached")  # all were listed before
        self.page.screenshot(path=SCREENSHOTS / f"{shot}.png")
        titles: list[str] = entries.evaluate_all("(found) => found.map((one) => one.page.title)")
        return titles

    def _application(self) -> FrameLocator:
        return self.page.frame_locator("replay-web-page iframe")
