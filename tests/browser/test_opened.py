"""Laws of replay as a person meets it: archived pages in Chromium, through pywb and through ReplayWeb.page, offline."""

import html
import re
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.export import wacz
from archive.index import NAME, Index
from tests.archive import archives
from tests.archive.archives import CLOCK, answer
from tests.archive.archives import page as answered
from tests.browser import chromium
from tests.browser.host import hosting
from tests.browser.opening import Look, Tab, look
from tests.crawler.crawling import crawl
from tests.replay.replaying import replayed
from tests.site import Article, Site, serve
from tests.site.pictures import jpeg

pytestmark = pytest.mark.slow

PAGES: dict[str, Article] = {
    name: next(article for article in Site().articles if article.title.startswith(title))
    for name, title in {
        "news": "聋人乐团用地板演奏贝多芬",
        "show": "雨季之前的播种者",
        "news-2023": '"慢车也是车"',
        "news-2020": "高山冰川",
    }.items()
}
WORDS = {"蚂蚁": "show", "阿比让": "news", "共振木板": "news", "用脚底 低音": "news"}
"""What somebody types, and the page that has it inside a sentence."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Evening:
    """All that was opened and searched for, in one browser."""

    looks: dict[tuple[str, str], Look]
    """By tool and page."""
    found: dict[str, list[str]]
    """Titles, by word."""
    again: Look
    """A page whose day has it as a revisit only, in the WACZ file of that day."""
    asked: list[str]
    """Every URL that a page, a frame or a service worker asked for."""
    connected: set[str]
    """Every address to which the browser connected."""


@pytest.fixture(scope="module")
def evening(tmp_path_factory) -> Evening:
    folder = tmp_path_factory.mktemp("browser")
    archive, log, named = folder / "archive", folder / "network.json", folder / "urls.txt"
    named.write_text("".join(f"{article.url}\n" for article in PAGES.values()), "utf-8")
    with serve(Site()) as running:
        crawl(archive, running, urls=named).was_clean()
    with closing(Index(archive / NAME)) as index:
        package = wacz.write(archive, index, folder / "all.wacz", None, None)
        stamps = {filed.url: time.strftime("%Y%m%d%H%M%S", time.gmtime(filed.epoch)) for filed in index.articles()}
    looks, found, asked = {}, {}, []
    later, stamp = revisited(folder / "later")
    with replayed(archive) as pywb, hosting(package) as host, chromium.chromium(log) as browser:
        for name, article in PAGES.items():
            for tool in ("pywb", "replayweb"):
                tab = Tab(browser)
                opened = tab.in_pywb if tool == "pywb" else tab.in_replayweb
                frame = opened(pywb.url if tool == "pywb" else host, article.url, stamps[article.url])
                looks[tool, name] = look(frame, f"{tool}-{name}")
                asked += tab.asked
                tab.context.close()
        tab = Tab(browser)
        found = {word: tab.searched(host, word, f"replayweb-search-{number}") for number, word in enumerate(WORDS)}
        with hosting(later) as other:
            again = look(tab.in_replayweb(other, PAGES["news"].url, stamp), "replayweb-revisit")
        asked += tab.asked
    return Evening(looks, found, again, asked, chromium.connected(log))


def revisited(root: Path) -> tuple[Path, str]:
    """Archive a page and its picture on two days; return a WACZ file of the second, and when that was."""
    article = PAGES["news"]
    assert article.picture
    picture = answer(article.picture.url(1024), jpeg(article.picture.url(1024)), 200, "image/jpeg")
    archives.crawl(root, [answered(article), picture])
    CLOCK.wait(days=1)
    again = answered(article)
    archives.crawl(root, [again, replace(picture, date=again.date)])
    with closing(Index(root / NAME)) as index:
        out = wacz.write(root, index, root / "later.wacz", again.date.date(), None)
    return out, again.date.strftime("%Y%m%d%H%M%S")


def test_a_revisit_opens(evening):
    """Law: a page that was the same on an earlier day opens from the file of the later day alone, with its picture."""
    assert evening.again.heading == PAGES["news"].title
    assert evening.again.width > 0


tool = pytest.mark.parametrize("tool", ["pywb", "replayweb"])
page = pytest.mark.parametrize("page", PAGES)


def plain(text: str) -> str:
    """A text without markup and white space: how a browser breaks its lines is not our matter."""
    return re.sub(r"\s", "", html.unescape(re.sub("<[^>]*>", "", text)))


@tool
@page
def test_all_text_is_there(evening, tool, page):
    """Law: an archived page shows its heading, its lead and each of its paragraphs."""
    seen, article = evening.looks[tool, page], PAGES[page]
    assert plain(seen.heading) == plain(article.title)
    assert article.lead
    for line in (article.lead, *article.body):
        assert plain(line.page) in plain(seen.text)


@tool
@page
def test_its_picture_is_there(evening, tool, page):
    """Law: the lead image is there, whichever of its widths the page asks for."""
    assert evening.looks[tool, page].width > 0


@tool
@page
def test_it_looks_like_the_page(evening, tool, page):
    """Law: the page's stylesheets apply, one that another imports too, and its font is used."""
    seen = evening.looks[tool, page]
    assert (seen.background, seen.border, seen.font) == ("rgb(244, 239, 230)", "12px", True)


@page
def test_scripts_stay_in_their_frame(evening, page):
    """Law: what an archived script does is done in the innermost frame, and nowhere around it."""
    assert evening.looks["replayweb", page].ran == [False, False, True]


@pytest.mark.parametrize(("word", "page"), WORDS.items())
def test_search_finds_chinese_words(evening, word, page):
    """Law: in ReplayWeb.page a word of two to four characters finds the page that has it, and no other."""
    assert [title.partition(" - ")[0] for title in evening.found[word]] == [PAGES[page].title]


def test_nothing_leaves_the_machine(evening):
    """Law: pages, frames and service workers ask loopback only, and so does the browser as a whole."""
    assert len(evening.asked) > 50
    assert {urlsplit(url).hostname for url in evening.asked if not url.startswith(("data:", "blob:"))} == {LOOPBACK}
    assert {address.rpartition(":")[0] for address in evening.connected} == {LOOPBACK}
