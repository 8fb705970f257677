"""The spiders: where links are found when listings fail, what comes first, what is left for later."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.crawler import evidence, strange
from tests.crawler.crawling import verify
from tests.crawler.story import Told, in_order, listed, told
from tests.site import Site, serve

ALL = 200
RSS, NEWS, SECTIONS = r"/cn/rss$", r"/sitemaps/cn/news.xml$", r"/cn/([^/]+/)?$"
ROBOTS = r"/robots.txt$"
NEWS_PATH = "/sitemaps/cn/news.xml"
NOTHING_FOUND = 14


def recent(site: Site) -> list[str]:
    """What the news sitemap shows: two days."""
    shown = [a for a in site.live() if a.edition == "cn"]
    return [a.url for a in shown if shown[0].published - a.published <= timedelta(days=2)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "a"


def faulty(*faults: tuple[str, str], **more: object) -> Site:
    """A site with faults laid over it."""
    site = Site(**more)  # type: ignore[arg-type]  # handed on as they came
    for pattern, fault in faults:
        site.set_fault(pattern, fault)
    return site


# --- listings that fail ---

FRONT = {f"/cn/{name}" for name in ("", *(f"{s}/" for s in "中国 法国 港澳台 亚洲 非洲 美洲 欧洲".split()))}


@pytest.mark.parametrize(
    "fault", ["403", "xml-bomb", "bomb", "consent", "challenge", "cut-length", "reset", "loop", "pdf"]
)
def test_a_feed_that_fails_is_made_up_for(archive, fault):
    """Law: whatever the feed turns out to be, the news sitemap and the section pages are read, and the log says why."""
    with serve(faulty((RSS, fault))) as running:
        run = told(archive, running)
    run.crawled.was_clean()
    assert re.search("WARNING rss gave no links: .+", run.crawled.err)
    assert run.listings >= {"/cn/rss", "/sitemaps/cn/news.xml"} | FRONT
    assert set(run.archived()) > set(recent(run.site))
    verify(archive)


@pytest.mark.parametrize("fault", ["403", "home"])
def test_without_feed_and_sitemap_the_sections_serve(archive, fault):
    """Law: where both fail, or lead to the front page, articles are found on the section pages."""
    with serve(faulty((RSS, fault), (NEWS, fault))) as running:
        run = told(archive, running)
    run.crawled.was_clean()
    assert run.listings >= FRONT
    assert len(run.archived()) > 30
    verify(archive)


@pytest.mark.parametrize(
    "where", ["https://someone:secret@www.rfi.fr/cn/", "https://www.rfi.fr:x/cn/rss", "file:///etc/passwd"]
)
def test_a_feed_that_leads_nowhere_is_made_up_for(archive, where):
    """Law: a feed that redirects to what is no address of the site counts as one that failed."""
    site = strange.Strange({f"https://www.rfi.fr{path}": strange.moved(where) for path in ("/cn/rss", NEWS_PATH)})
    with serve(site) as running:
        run = told(archive, running, limit=3)
    run.crawled.was_clean()
    assert run.listings >= FRONT
    assert len(run.archived()) == 3


@pytest.mark.parametrize("fault", ["empty", "500"])
def test_a_site_that_says_nothing_is_told_by_the_exit_code(archive, fault):
    """Law: where no listing gives a link, the run ends with 14 and one line that says so; nothing is archived."""
    with serve(faulty((RSS, fault), (NEWS, fault), (SECTIONS, fault))) as running:
        run = told(archive, running, settings={"RETRY_TIMES": 0})
    run.crawled.was_clean(NOTHING_FOUND)
    assert re.fullmatch("rfi-archive: nothing could be discovered: rss, news, .+", run.crawled.last)
    assert run.listings >= FRONT
    assert run.archived() == []
    verify(archive)


@pytest.mark.parametrize("fault", ["403", "404", "challenge"])
def test_without_a_robots_txt_the_crawl_goes_on(archive, fault):
    """Law: a robots.txt that is refused, missing or none forbids nothing.  Source: RFC 9309, 2.3.1.3."""
    with serve(faulty((ROBOTS, fault))) as running:
        run = told(archive, running, limit=2, settings={"IMAGES": "none", "DOWNLOAD_TIMEOUT": 0.5})
    run.crawled.was_clean()
    assert len(run.archived()) == 2
    assert evidence.kept(archive) == evidence.sent(run.log)
    verify(archive)


@pytest.mark.parametrize("fault", ["reset", "500", "garbage", "bomb", "hang"])
def test_a_robots_txt_that_cannot_be_had_forbids_all(archive, fault):
    """Law: where robots.txt breaks, nothing more is asked, without a traceback.  Source: RFC 9309, 2.3.1.4."""
    with serve(faulty((ROBOTS, fault))) as running:
        run = told(archive, running, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 0.5})
    run.crawled.was_clean(NOTHING_FOUND)
    assert {entry.url for entry in run.log} == {"https://www.rfi.fr/robots.txt"}
    assert evidence.kept(archive) == evidence.sent(run.log)
    verify(archive)


# --- what is asked ---


@pytest.mark.parametrize(
    ("discover", "listings"),
    [
        ("rss", {"/cn/rss"}),
        ("news", {"/sitemaps/cn/news.xml"}),
        ("news,rss", {"/cn/rss", "/sitemaps/cn/news.xml"}),
    ],
)
def test_discover_names_the_listings(archive, discover, listings):
    """Law: `-a discover=` asks the listings it names and no others; what they list is archived."""
    with serve(Site(feed_items=7)) as running:
        run = told(archive, running, discover=discover)
    run.crawled.was_clean()
    assert run.listings == listings
    assert set(run.archived()) >= set(listed(run.site)[:7] if "rss" in discover else recent(run.site))
    verify(archive)


def test_discover_sections_alone(archive):
    """Law: the section pages find what feed and sitemap would, too."""
    with serve(Site()) as running:
        run = told(archive, running, discover="sections")
    run.crawled.was_clean()
    assert not {"/cn/rss", "/sitemaps/cn/news.xml"} & run.listings
    assert run.listings >= FRONT
    assert set(run.archived()) > set(listed(run.site)[:12])


def test_discover_does_not_cast_a_net_that_was_not_named(archive):
    """Law: with `-a discover=rss` a feed that fails leaves nothing: exit code 14, no section page asked."""
    with serve(faulty((RSS, "403"))) as running:
        run = told(archive, running, discover="rss")
    run.crawled.was_clean(NOTHING_FOUND)
    assert run.listings == {"/cn/rss"}


def test_the_traditional_edition(archive):
    """Law: rfi_tw archives /tw/ and nothing else, in files of its own name."""
    with serve(Site(feed_items=ALL)) as running:
        run = told(archive, running, spider="rfi_tw")
    run.crawled.was_clean()
    assert run.archived("tw") == listed(run.site, "tw")
    assert all(path.name.startswith("rfi_tw-") for path in archive.glob("warc/*"))
    assert (archive / "lists/rfi_tw.md").is_file()
    verify(archive)


# --- robots.txt ---

DISALLOW = "User-agent: *\nDisallow:\n\nUser-agent: rfi-archive\nDisallow: /cn/%E4%B8%AD%E5%9B%BD/\n"


def test_robots_txt_is_obeyed_and_recorded(archive):
    """Law: what robots.txt forbids to rfi-archive is never asked for; the robots.txt is in the WARC."""
    with serve(Site(robots=DISALLOW, feed_items=ALL)) as running:
        run = told(archive, running)
    run.crawled.was_clean()
    forbidden = [url for url in listed(run.site) if "/cn/中国/" in unquote(url)]
    assert forbidden
    assert not set(forbidden) & set(run.pages)
    assert set(run.archived()) == set(listed(run.site)) - set(forbidden)
    (robots,) = [pair for pair in evidence.pairs(archive) if pair.url == "https://www.rfi.fr/robots.txt"]
    assert robots.body == DISALLOW.encode()


@pytest.mark.parametrize("discover", ["rss,news,sections", "sections"])
def test_a_site_that_forbids_everything(archive, discover):
    """Law: where robots.txt forbids all, nothing else is asked for, by the first who waits for it or the fifteenth.

    Scrapy 2.19 lets the second who waits and all behind it through.
    """
    with serve(Site(robots="User-agent: *\nDisallow: /\n")) as running:
        run = told(archive, running, discover=discover)
    run.crawled.was_clean(NOTHING_FOUND)
    assert {entry.url for entry in run.log} == {"https://www.rfi.fr/robots.txt"}


# --- limit ---


@pytest.fixture(scope="module")
def limited(tmp_path_factory) -> list[Told]:
    """Five articles, five more, and after two have come out three."""
    archive = tmp_path_factory.mktemp("limited") / "a"
    site = Site(feed_items=ALL)
    out = listed(site)[:2]
    for url in out:
        site.withdraw(url)
    with serve(site) as running:
        runs = [told(archive, running, limit=5), told(archive, running, limit=5)]
        site = Site(feed_items=ALL)
    with serve(site) as running:
        runs.append(told(archive, running, limit=3))
    return runs


def test_limit_takes_the_newest_and_leaves_the_rest(limited):
    """Law: `-a limit=N` fetches the N newest that are not archived; the next run goes on from there."""
    first, second, _ = (run.pages for run in limited)
    older = listed(limited[2].site)[2:]
    assert in_order(first, older[:5])
    assert in_order(second, older[5:10])
    for run in limited:
        run.crawled.was_clean()


def test_what_is_new_goes_before_what_was_left(limited):
    """Law: the backlog waits for the listings: with a limit, what has come out since is fetched first."""
    every = listed(limited[2].site)
    assert in_order(limited[2].pages, [*every[:2], every[12]])
    assert limited[2].archived() == every[:13]
    verify(limited[2].archive)


def test_the_backlog_is_fetched_newest_first(archive):
    """Law: what earlier runs left is fetched in the order of its dates, though the listings say nothing new."""
    with serve(Site(feed_items=ALL)) as running:
        told(archive, running, limit=3).crawled.was_clean()
        rest = told(archive, running)
    rest.crawled.was_clean()
    assert {entry.status for entry in rest.log if "rss" in entry.url} == {304}
    asked = rest.pages
    assert in_order(asked, listed(rest.site)[3:])
    assert rest.archived() == listed(rest.site)
