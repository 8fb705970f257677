"""Laws of archived markup in a browser that forbids it nothing: no policy stands in the way, so what is safe is the markup.

What the reader's pages add (a policy, escaped texts) is tested where they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from archive import article
from archive.pages import safe
from tests.browser import chromium
from tests.site import attack
from tests.site.pictures import jpeg

pytestmark = pytest.mark.slow

HOST = "http://127.0.0.1:9/"
"""Nobody answers there: every answer is the test's own."""
LOCAL = "/image/0123456789abcdef"
AGAIN = (
    "() => { const top = document.querySelector('#top'); for (let n = 0; n < 3; n++) top.innerHTML = top.innerHTML; }"
)
TOUCH = """() => {
    for (const one of document.querySelectorAll('#top *')) {
        for (const kind of ['click', 'mouseover', 'pointerover', 'focus', 'animationstart', 'toggle', 'error', 'load'])
            one.dispatchEvent(new Event(kind, {bubbles: true}));
    }
}"""
HARMLESS = """() => [document.body.id, document.forms.length, typeof document.querySelector, typeof document.getElementById,
    typeof document.cookie, location.href, document.baseURI, document.title, document.styleSheets.length]"""
STRIKE = (
    "script, module, script in SVG, onerror, onload, onfocus, ontoggle, onanimationstart, refresh, stylesheet, style,"
    " style of an element, background, iframe, srcdoc, object, srcset, foreignObject, style in SVG, annotation, noscript,"
    " textarea, comment that is none, CDATA"
)
"""Attacks that need no hand of a reader's."""
WAIT, GLANCES = 0.3, 30
"""Seconds in which an attack would have run; how often one that must strike is looked at."""


@dataclass
class Seen:
    """What a page did."""

    ran: list[str] = field(default_factory=list)
    """What called `__ran`, what asked somebody, what complained."""
    asked: list[str] = field(default_factory=list)
    """Every URL asked for, but for the page itself and our own picture."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    with chromium.chromium(tmp_path_factory.mktemp("browser") / "network.json") as found:
        yield found


def opened(browser: Browser, markup: str, seen: Seen) -> Page:
    """A page that holds markup in a `div`, between words of its own."""
    text = f'<!DOCTYPE html><meta charset="utf-8"><title>页</title><main><div id="top">{markup}</div><p>末</p></main>'

    def answer(route: Route) -> None:
        if route.request.url == HOST and not route.request.frame.parent_frame:
            route.fulfill(content_type="text/html; charset=utf-8", body=text.encode("utf-8", "replace"))
        elif route.request.url == HOST[:-1] + LOCAL:
            route.fulfill(content_type="image/jpeg", body=jpeg(LOCAL))
        else:
            seen.asked.append(route.request.url)
            route.abort()

    def dismissed(dialog: Dialog) -> None:
        seen.ran.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context = browser.new_context()
    context.expose_function("__ran", lambda number: seen.ran.append(f"ran {number}"))
    context.on("weberror", lambda error: seen.ran.append(f"error: {error.error}"))
    context.route("**/*", answer)
    page = context.new_page()
    page.on("dialog", dismissed)
    page.on("console", lambda said: seen.ran.append(f"console: {said.text}"))
    page.goto(HOST, wait_until="commit")
    return page


def settled(page: Page) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(WAIT * 1000)


@pytest.mark.parametrize("name", STRIKE.split(", "))
def test_attacks_are_attacks(browser, name):
    """Law: left alone, attacks of every kind strike in this very browser: what the other tests see, they can see."""
    seen = Seen()

    page = opened(browser, attack.armed(attack.ATTACKS[name], attack.number(name)), seen)
    for _ in range(GLANCES):
        if not seen.ran and not [url for url in seen.asked if url.startswith(attack.HOST)]:
            page.wait_for_timeout(WAIT * 1000)

    assert seen.ran or [url for url in seen.asked if url.startswith(attack.HOST)]
    page.context.close()


@pytest.mark.parametrize("name", ["one by one", "at rest"])
def test_nothing_runs(browser, name):
    """Law: made safe, none of them runs, loads, names or complains, not even when it is read and written again."""
    armed = [attack.armed(markup, number) for number, markup in enumerate(attack.ALL.values())]
    file = article.read(attack.at_rest(1_793_491_202_000))
    pieces = armed if name == "one by one" else [file.lead, file.body, file.after]
    seen = Seen()

    page = opened(browser, "".join(f"<div>{safe.html(piece, lambda _: LOCAL)}</div>" for piece in pieces), seen)
    settled(page)
    page.evaluate(AGAIN)
    settled(page)
    page.evaluate(TOUCH)
    settled(page)

    assert (seen.ran, seen.asked) == ([], [])
    assert page.evaluate(HARMLESS) == ["", 0, "function", "function", "string", HOST, HOST, "页", 0]
    assert page.inner_text("main").endswith("末")
    page.context.close()


def test_links_open_nothing_of_ours(browser):
    """Law: a click on any link goes to a page of the web, without our address, and without a hand on our page."""
    seen = Seen()
    armed = [attack.armed(markup, number) for number, markup in enumerate(attack.ATTACKS.values())]
    page = opened(browser, safe.html("".join(armed), lambda _: LOCAL), seen)

    links = page.eval_on_selector_all("#top a", "(all) => all.map((one) => [one.protocol, one.rel, one.target])")

    assert len(links) >= 7
    assert {tuple(link) for link in links} <= {(f"{scheme}:", safe.SET["rel"], "") for scheme in safe.SCHEMES}
    page.context.close()
