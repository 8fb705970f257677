"""Laws of the exported site as a person meets it: in Chromium, with no way out of the machine."""

import json
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from archive import search
from archive.errors import BadUsage
from archive.export.site import folding, tree
from archive.index import NAME, Index
from archive.language import han
from archive.language.query import Query
from archive.tables.texts import SLOTS
from tests.archive import archives, lived
from tests.archive.archives import CLOCK, CN, TW, answer
from tests.archive.archives import page as answered
from tests.browser import chromium
from tests.browser.following import follow
from tests.browser.opening import SCREENSHOTS
from tests.site.pictures import jpeg

pytestmark = pytest.mark.slow

LOOPBACK = "127.0.0.1"
PHONE: ViewportSize = {"width": 390, "height": 800}
QUERIES = (
    *(
        "鸟",
        "鳥",
        "法国",
        "法國",
        "乐团",
        "樂團",
        "聋人乐",
        "聾人樂",
        "共振木板",
        "贝多芬",
        "貝多芬",
        "的",
        "一个",
        "一個",
    ),
    *(
        "聋人 贝多芬",
        "聋人 OR 船班",
        "的 -法国",
        "的 -聋人乐团",
        "(聋人 OR 冰川) 的",
        '"聋人乐团"',
        "「乐团」",
        "医師",
        "醫师",
    ),
    *(
        "rfi",
        "RFI",
        "ＲＦＩ",
        "2026",
        "a",
        "法国 AND 的",
        "NOT 法国 的",
        "的 NOT (法国 OR 聋人)",
        "冰川没有这个词",
        "𠀀",
        "说：",
        "“的 一",
    ),
    *(
        "的 的 的",
        "乐团用地板演奏",
        "潮汐。医师",
        "Macron",
        "é",
        "“",
        "-法国",
        "OR",
        "()",
        "a*",
        " ".join("的" * 17),
        "的" * 64,
        "的" * 65,
    ),
)
"""What somebody types."""
UNLIKE = {"a*"}
"""Of these what the site cannot do, and says so."""

SHOWN = """() => [results.children.length, state.textContent, more.hidden].join()"""
"""What changes when more is shown, or more was looked into."""


class Server(ThreadingHTTPServer):
    """A host of files that does not mind when a browser has gone on."""

    def handle_error(self, *_) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve files as a host of files does, below a folder of its own; gives the address of the site."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            """Say nothing."""

    server = Server((LOOPBACK, 0), partial(Handler, directory=folder.parent))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/{folder.name}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Tab:
    """One tab, and all that it asked for and complained of."""

    def __init__(self, browser: Browser, script: bool = True) -> None:
        self.context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=script)
        self.context.set_default_timeout(10_000)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def found(self, home: str, text: str) -> list[str]:
        """Search for a text; return the names of all articles that are found, in order."""
        self.page.goto(f"{home}search.html?q={quote(text)}")
        self.settle()
        while self.page.locator("#more").is_visible():
            before = self.page.evaluate(SHOWN)
            self.page.locator("#more button").click()
            self.page.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)
        links = self.page.locator("#results h2 a").evaluate_all("(all) => all.map((one) => one.href)")
        return [link.rpartition("/")[2].removesuffix(".html") for link in links]

    def settle(self) -> None:
        """Wait until a search has said how it went."""
        self.page.wait_for_function(
            "() => { const said = document.getElementById('state'); return said.textContent && said.textContent !== said.dataset.wait; }"
        )

    @property
    def state(self) -> str:
        return self.page.locator("#state").inner_text()


@dataclass(frozen=True)
class World:
    """An archive, its site, and a browser that was to it."""

    root: Path
    home: str
    place: Path
    browser: Browser


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    root: Path = tmp_path_factory.mktemp("site") / "archive"
    archives.crawl(root, map(answered, (*CN, *TW)))
    CLOCK.wait(days=1)
    with closing(Index(root / NAME)) as index:
        images = sorted({card.image for card in index.every_card() if card.image})
    archives.crawl(root, [answer(image, jpeg(image), 200, "image/jpeg") for image in images[::2]])
    CLOCK.wait(days=1)
    lived.live(root)
    return root


@pytest.fixture(scope="module")
def world(archive, tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("host")
    log = folder / "network.json"
    place = tree.write(archive, folder / "archive site")
    with serving(place) as home, chromium.chromium(log) as browser:
        yield World(archive, home, place, browser)
    assert {address.rpartition(":")[0] for address in chromium.connected(log)} == {LOOPBACK}


@pytest.fixture(scope="module")
def _tab(world) -> Iterator[Tab]:
    made = Tab(world.browser)
    yield made
    made.context.close()


@pytest.fixture
def tab(_tab) -> Iterator[Tab]:
    """The tab that all look through: the site keeps nothing in a browser."""
    _tab.asked.clear()
    _tab.said.clear()
    yield _tab
    assert _tab.said == []
    assert {urlsplit(url).hostname for url in _tab.asked} <= {LOOPBACK, None}
    assert _tab.context.storage_state() == {"cookies": [], "origins": []}


def served(root: Path, text: str) -> list[str] | None:
    """What the served reader finds, the newest first, of one minute by name; None if the query makes no sense."""
    with closing(Index(root / NAME)) as index:
        try:
            hits = search.search(root, index, Query(text, order="newest"), limit=500).hits
        except BadUsage:
            return None
    return [
        hit.card.stem for hit in sorted(hits, key=lambda hit: (hit.card.number // SLOTS, hit.card.path), reverse=True)
    ]


@pytest.mark.parametrize("text", [text for text in QUERIES if text not in UNLIKE])
def test_it_finds_what_the_reader_finds(world, tab, text):
    """Law: for every query the site finds the articles that the served reader finds; what makes no sense is told."""
    wanted = served(world.root, text)

    found = tab.found(world.home, text)

    assert found == (wanted or [])
    if wanted is None:
        assert tab.state in [
            tab.page.locator("#state").get_attribute(f"data-{why}") for why in ("signs", "not", "many")
        ]


def test_the_script_folds_as_the_search_does(world, tab):
    """Law: every character of Unicode is folded, and cut from its neighbours, as in the index."""
    known = [
        char
        for char in map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x323B0)))
        if unicodedata.category(char) not in ("Cn", "Co")
    ]
    tab.page.goto(f"{world.home}search.html")

    told = tab.page.evaluate(  # as texts: a value of so many parts takes two minutes to come over
        """([table, known]) => {
            han.learn(table);
            return JSON.stringify(JSON.parse(known).map((one) => [han.fold(one), han.tokens(`x${one}y`)]));
        }""",
        [folding.table(set(known)), json.dumps(known)],
    )

    wanted = [[han.folded(char), han.tokens(f"x{char}y").split()] for char in known]
    assert [one for one in zip(known, json.loads(told), wanted, strict=True) if one[1] != one[2]] == []


@pytest.mark.parametrize("text", ["鼓", "鼓掌", "聋人乐", "贝", "貝多", "貝多芬", "离岛医", "船"])
def test_a_result_opens(world, tab, text):
    """Law: one, two or three characters, simplified or traditional, find articles with the place marked; they open."""
    found = tab.found(world.home, text)
    marks = tab.page.locator("#results > li:first-child mark").all_inner_texts()
    title = tab.page.locator("#results > li:first-child h2").inner_text()

    follow(tab.page.locator("#results > li:first-child h2 a"))

    assert {han.folded(mark) for mark in marks} == {han.folded(text)}
    assert tab.page.locator("h1").inner_text() == title
    assert found[0] in tab.page.url


def test_it_is_searched_as_somebody_types(world, tab):
    """Law: results follow what is typed, without a page being loaded; the address names the search."""
    tab.page.goto(world.home)
    tab.page.locator("input[type=search]").fill("乐")
    with tab.page.expect_navigation():
        tab.page.keyboard.press("Enter")
    tab.settle()
    before = tab.page.locator("#results > li").count()
    tab.page.locator("#q").press("End")
    tab.page.keyboard.type("团")
    tab.page.wait_for_url("**/search.html?q=%E4%B9%90%E5%9B%A2")
    tab.settle()

    assert before >= tab.page.locator("#results > li").count() > 0
    assert tab.state == f"找到 {tab.page.locator('#results > li').count()} 篇"
    keep(tab, "site-search")


def test_it_browses(world, tab):
    """Law: from the front page to an article with its picture, its versions and a comparison, and back by its section."""
    tab.page.goto(world.home)
    keep(tab, "site-front")
    follow(tab.page.locator("main h3 a", has_text="聋人乐团").first)
    follow(tab.page.get_by_role("link", name="与第 1 版对照").first)
    assert tab.page.locator("del, ins").count() > 0
    follow(tab.page.locator("main .kicker a").first)
    follow(tab.page.locator("main .kicker a").first)

    assert "/section/" in tab.page.url
    assert tab.page.locator("main h3 a", has_text="聋人乐团").count() > 0


def test_pictures_are_there(world, tab):
    """Law: a picture that is archived is shown, from a file of the site."""
    tab.page.goto(world.home + pictured(world.place)[0])

    assert width(tab) > 0
    keep(tab, "site-article")


def test_without_script(world):
    """Law: without script all pages are there, and the page of the search says what it needs and where else to look."""
    tab = Tab(world.browser, script=False)
    tab.page.goto(f"{world.home}search.html")
    assert tab.page.get_by_text("在此搜索需要浏览器允许脚本").is_visible()
    follow(tab.page.locator("#silent a").first)

    assert "/day/" in tab.page.url
    assert tab.page.locator("main h2 a, main h3 a").count() > 0
    tab.context.close()


def test_it_works_from_a_disk(world, tab):
    """Law: opened as files, without any server, the site shows and finds the same."""
    home = f"{world.place.as_uri()}/"

    assert tab.found(home, "贝多芬") == served(world.root, "贝多芬")
    follow(tab.page.locator("#results h2 a").first)
    assert tab.page.locator("h1").inner_text()
    assert tab.page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    tab.page.goto(home + pictured(world.place)[0])
    assert width(tab) > 0


def pictured(place: Path) -> list[str]:
    """The pages of articles that show a picture of their own."""
    pages = (path for path in sorted(place.glob("article/*/*/*.html")) if "lead-picture" in path.read_text("utf-8"))
    return [path.relative_to(place).as_posix() for path in pages]


def width(tab: Tab) -> int:
    """Pixels of the lead picture as it was loaded."""
    picture = tab.page.locator("figure.lead-picture img")
    picture.scroll_into_view_if_needed()
    picture.evaluate("(one) => one.complete || new Promise((done) => one.onload = one.onerror = done)")
    return int(picture.evaluate("(one) => one.naturalWidth"))


def keep(tab: Tab, name: str) -> None:
    """Keep a picture of the window, so that somebody can look."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.page.screenshot(path=SCREENSHOTS / f"{name}.png")
