"""Whole crawls: everything that is listed is archived, once, and stays archived whatever happens."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.crawler import evidence, state
from tests.crawler.crawling import verify
from tests.crawler.story import Told, in_order, listed, told
from tests.site import Entry, Site, serve

ALL = 200
"""More items than any feed here has."""
WAITING = 4
"""Articles that come out between two runs; three of them in the simplified edition."""


@dataclass
class Story:
    """Crawls of one site into one archive, one after the other."""

    archive: Path
    site: Site
    runs: list[Told]


# --- everything, nothing new, three new ones ---


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Story:
    archive = tmp_path_factory.mktemp("whole") / "a"
    site = Site(feed_items=ALL, unpublished=WAITING)
    with serve(site) as running:
        runs = [told(archive, running), told(archive, running)]
        site.publish(WAITING)
        runs.append(told(archive, running))
        return Story(archive, site, runs)


def test_every_run_ends_well(whole):
    """Law: done is 0, whether something was new or nothing; the last line says how much."""
    lasts = [run.crawled.was_clean().last for run in whole.runs]
    first = len(whole.runs[0].before)
    assert lasts[0].startswith(f"rfi-archive: {first} found, {first} archived, ")
    assert lasts[1].startswith("rfi-archive: 2 not modified, in ")
    assert lasts[2].startswith(f"rfi-archive: {first + 3} found, 3 archived, {first} skipped, ")
    verify(whole.archive)


def test_a_quiet_run_warns_of_nothing(whole):
    """Law: where nothing is wrong, no line of the log says so."""
    for run in whole.runs:
        assert not re.findall("^.*(?:WARNING|ERROR|CRITICAL).*$", run.crawled.err, re.MULTILINE)


def test_what_is_listed_is_archived_byte_for_byte(whole):
    """Law: every article that the edition lists has its file, equal to what the site expects; nothing else has one."""
    assert set(whole.runs[0].files) == {evidence.path_of(url) for url in whole.runs[0].before}
    evidence.holds_exactly(whole.archive, whole.site, listed(whole.site))


def test_the_newest_comes_first(whole):
    """Law: articles of a feed leave the queue in the order of their dates, the newest first."""
    first, _, third = whole.runs
    assert in_order(first.pages, first.before)
    assert in_order(third.pages, [url for url in third.before if url not in first.before])


def test_lead_images_are_recorded(whole):
    """Law: the lead image of each article is in the WARC, as the article's file names it and as its page does."""
    shown = [re.search(r'</div><img src="([^"]+)">', text) for text, _ in evidence.files(whole.archive).values()]
    wanted = {found[1] for found in shown if found}
    recorded = {pair.url for pair in evidence.pairs(whole.archive) if b"Content-Type: image/jpeg" in pair.head}
    assert wanted
    assert wanted < recorded
    assert {unsized(url) for url in wanted} == {unsized(url) for url in recorded}
    assert len(recorded) <= 2 * len(wanted)


def test_a_second_run_asks_for_listings_only(whole):
    """Law: what is archived is not asked for again; a listing that has not changed answers 304."""
    asked = [(entry.url.removeprefix("https://www.rfi.fr"), entry.status) for entry in whole.runs[1].log]
    assert sorted(asked) == [("/cn/rss", 304), ("/robots.txt", 200), ("/sitemaps/cn/news.xml", 304)]


def test_a_second_run_writes_no_article(whole):
    """Law: files of an earlier run are not touched: same bytes, same time of change."""
    first, second, third = (run.files for run in whole.runs)
    assert second == first
    assert {path: third[path] for path in first} == first


def test_what_is_new_is_fetched_and_nothing_else(whole):
    """Law: three articles come out, these three are asked for."""
    new = set(listed(whole.site)) - set(whole.runs[0].before)
    assert len(new) == 3
    assert set(whole.runs[2].pages) == new


def test_n_of_n_of_three_runs(whole):
    """Law: over all runs, each answer but a 304 is one pair of records with the bytes on the wire."""
    assert evidence.kept(whole.archive) == evidence.sent(entry for run in whole.runs for entry in run.log)


# --- a page that is no article yet ---


def test_a_challenge_is_asked_again_later(tmp_path):
    """Law: a challenge never counts as the article: it is tried again when its wait is over, and then archived."""
    archive, site = tmp_path / "a", Site(feed_items=ALL)
    url = listed(site)[3]
    site.set_fault(re.escape(site.article(url).slug), "challenge", 1)
    with serve(site) as running:
        first, at_once = told(archive, running), told(archive, running)
        assert evidence.path_of(url) not in at_once.files
        assert state.of(archive)[url] == ("rejected", 1)
        assert at_once.pages == []
        state.grow_older(archive, hours=2)
        later = told(archive, running)
    for run in (first, at_once, later):
        run.crawled.was_clean()
    assert later.pages == [url]
    evidence.holds_exactly(archive, site, listed(site))
    assert state.of(archive)[url] == ("archived", 0)
    verify(archive)


def test_the_user_need_not_wait(tmp_path):
    """Law: `-a url=` asks at once for what was no article a moment ago."""
    archive, site = tmp_path / "a", Site()
    url = listed(site)[0]
    site.set_fault(re.escape(site.article(url).slug), "challenge", 1)
    with serve(site) as running:
        challenged, archived = told(archive, running, url=url), told(archive, running, url=url)
    assert (challenged.files, challenged.pages) == ({}, [url])
    challenged.crawled.was_clean()
    archived.crawled.was_clean()
    evidence.holds_exactly(archive, site, [url])


# --- pictures ---


def pictures(log: list[Entry]) -> set[str]:
    """Pictures that were asked for."""
    return {entry.url for entry in log if "/media/display/" in entry.url}


def unsized(url: str) -> str:
    """A picture whatever its width, shape and coding."""
    return unquote(re.sub(r"/w:\d+/p:\w+/(?:m:[^/]+/)?", "/", url)).rpartition(".")[0]


@pytest.fixture(scope="module")
def by_setting(tmp_path_factory) -> dict[str, Told]:
    folder = tmp_path_factory.mktemp("pictures")
    found = {}
    for images in ("lead", "all", "none"):
        with serve(Site(feed_items=ALL)) as running:
            found[images] = told(folder / images, running, settings={"IMAGES": images})
            found[images].crawled.was_clean()
        verify(folder / images)
    return found


def test_images_says_which_pictures_are_fetched(by_setting):
    """Law: none fetches no picture, lead that of the file and of the page, all those in the text as well."""
    text = "".join(text for text, _ in by_setting["all"].files.values())
    inside = {unsized(url) for url in re.findall(r'src="(https://s\.rfi\.fr/[^"]+)"', text)}
    lead, everything = pictures(by_setting["lead"].log), pictures(by_setting["all"].log)
    assert pictures(by_setting["none"].log) == set()
    assert lead < everything
    assert {unsized(url) for url in everything} == inside


def test_a_picture_that_was_refused_is_fetched_later(tmp_path):
    """Law: a refused picture is tried again by a later run, when its wait is over, without its article."""
    archive, site = tmp_path / "a", Site()
    site.set_fault(re.escape("s.rfi.fr/media"), "403", 1)
    with serve(site) as running:
        first = told(archive, running)
        (picture,) = [entry.url for entry in first.log if entry.status == 403]
        at_once = told(archive, running)
        state.grow_older(archive, hours=2)
        later = told(archive, running)
    assert pictures(at_once.log) == set()
    assert (pictures(later.log), later.pages) == ({picture}, [])
    assert state.of(archive)[picture] == ("archived", 0)
    verify(archive)
