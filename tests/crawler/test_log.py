"""Laws of a run's log: one plain line an event, harmless whatever the site says, as loud as one asked for."""

import re
from dataclasses import replace

import pytest

from tests.crawler import strange
from tests.crawler.crawling import crawl
from tests.crawler.story import bearable, one_a_line, told
from tests.site import ODD, Site, odd_url, render, serve
from tests.site.answer import page

DRIFT = 12
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (INFO|WARNING|ERROR) \S.*")
WICKED = "红\x1b]0;标题\x07灯\x9b31m区\u202e倒着\u2028读"


def levels(err):
    """The level of each line but the last; every one of them is a line of the log."""
    *lines, last = err.split("\n")[:-1]
    assert last.startswith("rfi-archive: ")
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), err
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", err)
    return [line[1] for line in found if line]


@pytest.mark.slow
def test_every_event_is_a_line(tmp_path):
    """Law: whatever a site does, the log has nothing but lines: no traceback, no colour, no list over many lines."""
    file = one_a_line(tmp_path / "urls", [odd_url(name) for name in bearable()])
    with serve(Site(drip_seconds=0.001)) as running:
        run = told(tmp_path / "a", running, settings={"DOWNLOAD_TIMEOUT": 1}, urls=file)

    run.crawled.was_clean(DRIFT)
    assert "ERROR" not in levels(run.crawled.err)
    for name in bearable():
        assert ODD[name].good or name.startswith(("chain", "loop")) or odd_url(name) in run.crawled.err, name
    assert f"INFO HTTP 500 (try 1): {odd_url('500')}\n" in run.crawled.err
    assert f"WARNING HTTP 500 (try 3): {odd_url('500')}\n" in run.crawled.err


def test_a_run_that_finds_nothing_new_says_one_line(tmp_path):
    """Law: where nothing happens, nothing is told but the end."""
    with serve(Site()) as running:
        first = crawl(tmp_path / "a", running).was_clean()
        second = crawl(tmp_path / "a", running).was_clean()

    assert set(levels(first.err)) == {"INFO"}
    assert re.search(r"^\S+ \S+ INFO archived articles/\S+\.md \S+", first.err, re.MULTILINE)
    assert levels(second.err) == []


def test_a_wicked_title_is_shown_harmlessly(tmp_path):
    """Law: what a page calls itself can neither write a line of its own nor give the terminal orders."""
    site = strange.Strange()
    wicked = replace(site.articles[0], title=WICKED)
    site.plans[strange.at("wicked")] = strange.whole(page(render(wicked).replace(wicked.url, strange.at("wicked"))))
    with serve(site) as running:
        run = crawl(tmp_path / "a", running, url=strange.at("wicked"))

    levels(run.err)
    assert "红" in run.err


def test_a_wicked_redirect_is_shown_harmlessly(tmp_path):
    """Law: nor can an address that a site leads to."""
    site = strange.Strange()
    site.plans[strange.at("moved")] = strange.moved("https://www.rfi.fr/\x1b[2J\x9b31m?\x07")
    with serve(site) as running:
        run = crawl(tmp_path / "a", running, url=strange.at("moved"))

    levels(run.err)


@pytest.mark.parametrize("words", [["-L", "WARNING"], ["--loglevel", "WARNING"], ["-s", "LOG_LEVEL=WARNING"]])
def test_a_quiet_log(tmp_path, words):
    """Law: each way to ask for a level is heard."""
    with serve(Site()) as running:
        run = crawl(tmp_path / "a", running, words=words, limit=1).was_clean()

    assert levels(run.err) == []


def test_a_log_file(tmp_path):
    """Law: --logfile takes the log; stderr keeps the last line."""
    file = tmp_path / "log"
    with serve(Site()) as running:
        run = crawl(tmp_path / "a", running, words=["--logfile", str(file)], limit=1).was_clean()

    assert levels(run.err) == []
    assert "INFO archived" in file.read_text("utf-8")


@pytest.mark.parametrize("words", [["-L", "LOUD"], ["--logfile", "/nowhere/log"]])
def test_a_log_that_cannot_be(tmp_path, words):
    """Law: a level or a file that is none is told in a line, with exit code 2."""
    run = crawl(tmp_path / "a", None, words=words)

    assert run.code == 2
    assert "Traceback" not in run.err
    assert words[1] in run.last
