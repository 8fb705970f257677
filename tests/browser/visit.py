"""A visit to the reader by one browser context, which hears whatever goes wrong in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError

from tests.browser.following import follow
from tests.browser.serving import Served

DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 900}},
}
PATIENCE = 20_000
"""Milliseconds after which what does not come has failed."""
ABORTED = "net::ERR_ABORTED"


@dataclass
class Visit:
    """One tab of the reader; `wrong` is to stay empty."""

    page: Page
    at: Served
    asked: list[str] = field(default_factory=list)
    """Every URL that was asked for."""
    refused: set[str] = field(default_factory=set)
    """URLs that may be answered by an error: it is what the test looks at."""
    wrong: list[str] = field(default_factory=list)
    """Requests to others, requests that fail, answers that are errors, whatever the console complains of."""

    @property
    def path(self) -> str:
        """Where it is."""
        return unquote(self.page.url.removeprefix(self.at.url.rstrip("/")))

    def go(self, path: str, *, refused: bool = False) -> Page:
        """Open a page of the reader; refused: it is an error page."""
        self.refused |= {self.at.at(path)} if refused else set()
        self.page.goto(self.at.at(path))
        return self.page

    def click(self, name: str, within: str = "main") -> Page:
        """Follow the first link that has a text."""
        return follow(self.page.locator(within).get_by_role("link", name=name).first)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @contextmanager
    def listening(self, context: BrowserContext) -> Iterator[None]:
        """Hear all that the pages of a context do while the block runs."""
        heard: dict[Any, Callable[[Any], None]] = {
            "request": self._request,
            "requestfailed": self._failed,
            "response": self._response,
            "console": self._console,
            "weberror": self._error,
        }
        for event, hears in heard.items():
            context.on(event, hears)
        yield
        for event, hears in heard.items():
            context.remove_listener(event, hears)

    def _error(self, error: WebError) -> None:
        self.wrong.append(f"error: {error.error}")

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((self.at.url, self.at.replay)):
            self.wrong.append(f"asked: {request.url}")

    def _failed(self, request: Request) -> None:
        if (
            request.failure != ABORTED
        ):  # the browser itself gave it up: another page, or another letter, was there first
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _may_fail(self, url: str) -> bool:
        """Whether it is what the test looks at, or the icon that a browser asks a replay for, which has none."""
        return url in self.refused or (url.startswith(self.at.replay) and url.endswith("/favicon.ico"))

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not self._may_fail(response.url):
            self.wrong.append(f"{response.status}: {response.url}")

    def _console(self, said: ConsoleMessage) -> None:
        told = said.text.startswith("Failed to load resource") and self._may_fail(said.location["url"])
        if said.type in {"error", "warning"} and not told:
            self.wrong.append(f"console: {said.text} {said.location}")


_SHELF: dict[tuple[object, ...], BrowserContext] = {}
"""Contexts that visits have left as they were, by what they are like: making one takes longer than most visits."""


@contextmanager
def visiting(
    browser: Browser,
    at: Served,
    device: str = "desktop",
    *,
    script: bool = True,
    language: str = "zh-CN",
    dark: bool = False,
    alone: bool = False,
) -> Iterator[Visit]:
    """Visit the reader while the block runs, with no cookie; at its end nothing may have gone wrong.

    alone: in a context that no other visit has before or behind it.
    """
    kind = browser, device, script, language, dark
    context = (None if alone else _SHELF.pop(kind, None)) or browser.new_context(
        **DEVICES[device],
        java_script_enabled=script,
        locale=language,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    try:
        visit = Visit(context.pages[0] if context.pages else context.new_page(), at)
        with visit.listening(context):
            yield visit
            assert visit.wrong == [], visit.wrong
            visit.page.goto("about:blank")
            for more in context.pages[1:]:
                more.close()
        context.clear_cookies()
    except BaseException:
        context.close()
        raise
    if alone:
        context.close()
    else:
        _SHELF[kind] = context
