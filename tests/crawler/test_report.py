"""Laws of reports: every run leaves one, however it ends; it says what process, site and index say, and no secret."""

import json
import shutil
import signal
import time
from datetime import timedelta
from itertools import repeat

import pytest

from archive import cli
from archive.files.lock import Lock
from archive.runs import report
from crawler.arguments import NUMBERS
from tests.crawler import evidence, silent, state
from tests.crawler.crawling import crawl, set_off, verify
from tests.crawler.refusing import Refusing, no
from tests.crawler.runs import BEGIN, LEAN_NOW, Runs, names
from tests.crawler.story import listed
from tests.crawler.test_secrets import KEYS, NEVER, through
from tests.site import Site, serve

pytestmark = pytest.mark.slow

FEED, NEWS = "https://www.rfi.fr/cn/rss", "https://www.rfi.fr/sitemaps/cn/news.xml"
WWW = r"^https://www\.rfi\.fr/(?!robots\.txt)"
FULL = {"MIN_FREE_BYTES": 1 << 60}
SOON = 10
"""Seconds."""


@pytest.fixture
def runs(tmp_path, parent):
    """An archive, and a site whose feed has five articles."""
    with serve(Site(feed_items=5, unpublished=5)) as running:
        yield Runs(tmp_path / "a", running, parent)


# --- every kind of run ---


def test_a_run_that_archives_and_one_that_finds_nothing_new(runs):
    """Law: counts, listings, fields, the slowest and what is free are told; a run without news has its report, too."""
    first = runs.at(0, discover="rss,news", settings={"IMAGES": "lead"}).was(0).report
    second = runs.at(1, discover="rss,news", settings={"IMAGES": "lead"}).was(0).report

    found = first.counts["found"]
    assert first.counts == {"found": found, "archived": found}
    rss, news = first.listings
    assert (rss.surface, rss.url, rss.answer, rss.links, rss.new, rss.why) == ("rss", FEED, 200, 5, 5, "")
    assert (news.surface, news.url, news.answer, news.why) == ("news", NEWS, 200, "")
    assert rss.new + news.new == found
    assert {name: (fill.having, fill.of) for name, fill in first.fields.items()}["pages"] == (found, found)
    assert len(first.slowest) == min(10, first.requests)
    assert [slow.seconds for slow in first.slowest] == sorted((slow.seconds for slow in first.slowest), reverse=True)
    assert first.spider == "rfi_cn"
    assert BEGIN <= first.started <= first.ended <= BEGIN + timedelta(minutes=1)
    assert 0 < first.free <= shutil.disk_usage(runs.archive).total
    assert (first.gone, first.hosts, first.given_up, first.waiting, first.next) == ((), (), (), 0, None)
    assert second.counts == {"not modified": 2}
    assert [(one.answer, one.links, one.new, one.why) for one in second.listings] == [(304, 0, 0, "")] * 2
    assert second.fields == {}


def test_a_run_by_hand(runs):
    """Law: `-a url=` leaves a report without listings."""
    told = runs.at(0, url=listed(runs.running.site)[0]).was(0).report

    assert told.counts == {"archived": 1}
    assert told.listings == ()


def test_a_refused_run_and_one_at_rest(tmp_path, parent):
    """Law: who refuses and until when is told; a run at rest asks for nothing, and has its report all the same."""
    with serve(Refusing({WWW: repeat(no(403))})) as running:
        runs = Runs(tmp_path / "a", running, parent)
        refused = runs.at(0, settings={"DOWNLOAD_DELAY": 0.02}).was(11).report
        rests = runs.at(0.5).was(11).report

    (host,) = refused.hosts
    assert (host.host, host.rests, host.why) == ("www.rfi.fr", 1, "HTTP 403")
    assert host.until
    assert timedelta(minutes=59) < host.until - refused.started < timedelta(minutes=61)
    assert refused.causes["HTTP 403"] == refused.counts["refused"] >= 3
    assert rests.hosts == refused.hosts
    assert (rests.requests, rests.received, rests.listings, rests.counts) == (0, 0, (), {})


def test_a_budget_that_is_used_up(runs):
    """Law: what is left waits: articles, and pictures that IMAGES=none leaves."""
    told = runs.at(0, discover="rss", settings={"MAX_REQUESTS": 4}).was(15).report

    assert (told.requests, told.counts["archived"]) == (4, 2)
    assert "MAX_REQUESTS" in told.line
    waiting = [url for url, (known, _) in state.of(runs.archive).items() if known == "listed"]
    assert (told.waiting, told.next) == (len(waiting), None)


def test_a_listing_that_fails(runs):
    """Law: a listing that gave nothing is told with its reason and its answer."""
    runs.running.site.set_fault("rss$", "500")
    runs.running.site.set_fault("news.xml$", "hang")
    told = runs.at(0, discover="rss,news", settings={"DOWNLOAD_TIMEOUT": 0.3}).was(14).report

    rss, news = told.listings
    assert (rss.surface, rss.answer, rss.links) == ("rss", 500, 0)
    assert "500" in rss.why
    assert (news.surface, news.answer) == ("news", None)
    assert news.why


def test_a_disk_that_is_low_at_the_start(runs):
    """Law: a run that finds the disk low asks for nothing, and leaves a report."""
    told = runs.at(0, settings=FULL).was(13).report

    assert (told.requests, told.listings) == (0, ())
    assert "make room" in told.line
    runs.at(1, discover="rss").was(0)
    verify(runs.archive)


def test_a_disk_that_refuses_in_mid_run(tmp_path):
    """Law: what was done until then is told."""
    archive = tmp_path / "a"
    with serve(Site(clones=30, feed_items=60)) as running:
        done = crawl(archive, running, settings=LEAN_NOW, most=550_000).was_clean(13)
        asked = len(running.log)

    (told,) = report.latest(archive, 9)
    assert (told.code, f"rfi-archive: {told.line}") == (13, done.last)
    assert told.requests == asked
    assert 0 < told.counts["archived"] < told.counts["found"]
    assert told.waiting > 0


def test_a_mistake_of_ours(runs):
    """Law: what nobody thought of has its report, with code 1."""
    pipelines = json.dumps({"crawler.pipelines.Warc": 0, "tests.crawler.mistakes.Broken": 1})
    told = runs.at(0, discover="rss", settings={"ITEM_PIPELINES": pipelines}).was(1).report

    assert told.counts["unexpected"] == 5


def test_no_run_no_report(runs):
    """Law: who is locked out, or says what makes no sense, leaves none: there was no run."""
    runs.at(0, discover="rss").was(0)
    lock = Lock(runs.archive, "another", BEGIN)
    locked = runs.at(1)
    lock.release()
    wrong = [runs.at(1, limit="none"), runs.at(1, nonsense=1), runs.at(1, env={"https_proxy": "http://"})]

    assert (locked.ended.code, locked.reports) == (10, [])
    assert [(run.ended.code, run.reports) for run in wrong] == [(2, [])] * 3


@pytest.mark.parametrize("name", NUMBERS)
def test_a_setting_that_is_no_number(runs, name):
    """Law: it is told at once, with 2 and without a traceback; nothing is asked for."""
    ran = runs.at(0, settings={name: "many"})

    assert (ran.ended.code, ran.log, ran.reports) == (2, [], [])
    assert ran.ended.err.splitlines() == [f"rfi-archive: {name}=many: give a number, 0 for none"]


def test_a_mistake_of_ours_at_the_end(runs):
    """Law: where the run cannot be ended in order, that has its report, and the next run makes it good."""
    runs.at(0, settings={"ITEM_PIPELINES": json.dumps({"tests.crawler.mistakes.Nonsense": 9})}, discover="rss").was(1)
    left = [*runs.archive.glob("warc/*.open")]
    runs.at(1, discover="rss").was(0)

    assert len(left) == 1
    verify(runs.archive)


def test_a_mistake_of_ours_before_the_beginning(runs):
    """Law: it has its traceback in the log, the exit code 1, and the last line that says so."""
    ran = runs.at(0, settings={"CLOCK": "tests.crawler.no_such.clock"})

    assert (ran.ended.code, ran.reports) == (1, [])
    assert "ModuleNotFoundError" in ran.ended.err
    assert ran.line == "something unexpected happened; see the log above"


# --- stopped and killed ---


@pytest.mark.parametrize("fault", ["", "hang", "hang-body", "drip-forever"])
def test_a_run_that_is_told_to_stop(tmp_path, fault):
    """Law: SIGTERM leaves a report within ten seconds, also while an answer hangs: its code and line, and what was done."""
    archive = tmp_path / "a"
    with serve(Site(clones=300, feed_items=300)) as running:
        if fault:
            running.site.set_fault("/20261026-", fault)
        victim = set_off(archive, running, settings=LEAN_NOW)
        until = time.monotonic() + 30
        while not (any(e.fault == fault for e in running.log) if fault else len(evidence.pages(running.log)) > 5):
            assert time.monotonic() < until
            time.sleep(0.01)
        begun = time.monotonic()
        victim.send_signal(signal.SIGTERM)
        _, err = victim.communicate(timeout=60)
        took = time.monotonic() - begun
        asked = len(running.log)

    (told,) = report.latest(archive, 9)
    assert took < SOON
    assert (victim.returncode, told.code) == (15, 15)
    assert told.line == err.decode().splitlines()[-1].removeprefix("rfi-archive: ")
    assert "told to stop (SIGTERM)" in told.line
    assert told.requests == asked
    assert told.counts["archived"] == len(evidence.files(archive))
    assert told.waiting > 0
    verify(archive)


def test_a_killed_run_leaves_none_and_harms_none(runs):
    """Law: kill -9 leaves no report; those that are there stay, byte for byte, and the next run has one of its own."""
    runs.at(0, discover="rss").was(0)
    before = {name: (runs.archive / "runs" / name).read_bytes() for name in names(runs.archive)}
    runs.running.site.publish(5)
    runs.running.site.set_fault("/202610..-", "drip")
    killed = runs.at(1, kill=lambda: len(evidence.pages(runs.running.log)) >= 3)
    after = {name: (runs.archive / "runs" / name).read_bytes() for name in names(runs.archive)}
    runs.at(2).was(0)

    assert (killed.ended.code, after) == (-9, before)
    assert len(names(runs.archive)) == 2


def test_two_runs_in_one_second(runs):
    """Law: runs that begin in the same second have a report each."""
    told = [runs.at(0, discover="rss").was(0).report for _ in range(2)]

    assert told[0].started == told[1].started
    assert [one.counts for one in told] == [{"found": 5, "archived": 5}, {"not modified": 1}]


# --- what failed ---


def test_what_failed_waits_and_is_given_up(runs):
    """Law: how many URLs wait and when the first is due; what was tried in vain for the eighth time is told once."""
    bad, worse = listed(runs.running.site)[:2]
    for url, fault in ((bad, "500"), (worse, "empty")):
        runs.running.site.set_fault(runs.running.site.article(url).slug + "$", fault)
    told, hours = list[report.Report](), 0.0
    settings = {"IMAGES": "lead", "QUIET_HOURS": 0}
    for attempt in range(8):
        told.append(runs.at(hours, discover="rss", settings=settings).was(0).report)
        hours += 2**attempt + 0.01
    later = runs.at(hours, discover="rss", settings=settings).was(0).report

    assert [one.waiting for one in told] == [2] * 7 + [0]
    for attempt, one in enumerate(told[:7]):
        assert one.next
        assert timedelta() <= one.next - one.started - timedelta(hours=2**attempt) < timedelta(minutes=1)
    assert [one.given_up for one in told[:7]] == [()] * 7
    assert {(one.url, one.why) for one in told[7].given_up} == {(bad, "HTTP 500"), (worse, state_why(runs, worse))}
    assert (told[7].next, later.given_up, later.waiting) == (None, (), 0)
    assert told[0].causes == {"HTTP 500": 1, "empty template": 1}
    assert (told[0].counts["failed"], told[0].counts["rejected"]) == (1, 1)


def state_why(runs, url):
    """The reason that the index has beside a URL."""
    with state.opened(runs.archive) as db:
        return db.execute("select why from urls where url = ?", (url,)).fetchone()[0]


# --- told on, and not told ---


def test_nothing_secret_is_in_it(tmp_path, parent):
    """Law: a proxy's password and addresses that bear a key are in no report, whether the proxy works or says them back."""
    echo = b"HTTP/1.1 407 Proxy Authentication Required: %s\r\nContent-Length: 0\r\n\r\n" % NEVER[3].encode()
    with serve(Site(feed_items=2)) as running, silent.proxy(echo) as env:
        runs = Runs(tmp_path / "a", running, parent)
        runs.at(0, env=through(f"127.0.0.1:{running.port}"), settings=KEYS, discover="rss").was(0)
        bad = runs.at(1, env=through(env["http_proxy"].removeprefix("http://")), settings=KEYS)
        full = runs.at(2, env=through(f"127.0.0.1:{running.port}"), settings={**KEYS, **FULL}).was(13)

    assert bad.report.code == 14
    assert bad.report.line == bad.line
    assert full.report.line
    for name in names(runs.archive):
        text = (runs.archive / "runs" / name).read_text("utf-8")
        assert not [secret for secret in NEVER if secret in text]


def test_status_shows_them(tmp_path, parent, capsys):
    """Law: `status` has the last runs, the streak, until when a host rests, and when a URL is tried again; as JSON too."""
    site = Refusing({}, feed_items=3)
    with serve(site) as running:
        runs = Runs(tmp_path / "a", running, parent)
        running.site.set_fault(running.site.article(listed(running.site)[1]).slug + "$", "500")
        first = runs.at(0, discover="rss").was(0).report
        site.says[WWW] = repeat(no(403))
        refused = [runs.at(hours, settings={"DOWNLOAD_DELAY": 0.02}).was(11).report for hours in (0.1, 0.2)]
    assert cli.main(["status", "--archive", str(runs.archive)]) == 0
    plain = capsys.readouterr().out
    assert cli.main(["status", "--archive", str(runs.archive), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert [(run["code"], run["line"]) for run in found["runs"]] == [(t.code, t.line) for t in (*refused[::-1], first)]
    (streak,) = found["streaks"]
    assert (streak["spider"], streak["code"], streak["runs"]) == ("rfi_cn", 11, 2)
    assert found["backlog"]["next"] == f"{first.next:%Y-%m-%dT%H:%M:%SZ}"
    (host,) = found["hosts"]
    assert (host["host"], host["rests"]) == ("www.rfi.fr", 1)
    assert first.line in plain
    assert refused[1].line in plain
    assert "rfi_cn exit code 11: 2 in a row since 2026-11-01T00:06" in plain
