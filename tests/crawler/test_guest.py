"""A good guest: refused, a crawl goes away and stays away, longer each time; told when to come back, it does then."""

import re
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from itertools import cycle, repeat
from pathlib import Path

import pytest

from archive.manners.guest import CHALLENGED, WELCOME, Answer, Host
from archive.runs import memory
from crawler.guest import HOME, Guest
from tests.crawler import evidence, later, state
from tests.crawler.crawling import Crawled, command, crawl, environment, verify
from tests.crawler.refusing import Refusing, no
from tests.crawler.story import listed, one_a_line, told
from tests.site import Running, Site, serve
from tests.site.answer import page
from tests.site.odd import CHALLENGE

REFUSED, SPENT, CANNOT_WRITE = 11, 15, 13
STEP: dict[str, object] = {"DOWNLOAD_DELAY": 0.05, "RANDOMIZE_DOWNLOAD_DELAY": False}
"""Slow enough that each answer is heard before the next request."""
WWW = r"^https://www\.rfi\.fr/(?!robots\.txt)"
ALL_BUT_FEED = WWW + "(?!cn/rss)"
NEWS = r"/cn/news\.xml$"
PICTURES = r"//s\.rfi\.fr/media/"

pytestmark = pytest.mark.slow


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "a"


def at(archive: Path, running: Running, hours: float, **more: object) -> Crawled:
    """Crawl so many hours from now; what the site notes is of this crawl alone."""
    running.site.journal.clear()
    env = {"HOURS_LATER": str(hours)}
    return crawl(archive, running, settings={**STEP, **later.SETTINGS}, env=env, **more)  # type: ignore[arg-type]  # handed on


def known(archive: Path, name: str = HOME) -> Host:
    """What the archive remembers of a host."""
    return memory.load(archive).hosts.get(name, Host())


def rest(archive: Path, name: str = HOME) -> float:
    """Hours from now until a host is asked again."""
    until = known(archive, name).until
    assert until
    return (until - datetime.now(UTC)) / timedelta(hours=1)


# --- refused ---


@pytest.mark.parametrize(("where", "how"), [(WWW, "403"), (ALL_BUT_FEED, "403"), (ALL_BUT_FEED, "challenge")])
def test_a_site_that_refuses_is_left_alone_longer_each_time(archive, where, how):
    """Law: three refusals in a row end a run with 11 at once; the next ask for nothing for 1 hour, then for 2; a feed that is fine changes nothing."""
    site = Refusing({where: repeat(no(403) if how == "403" else page(CHALLENGE))})
    with serve(site) as running:
        first = at(archive, running, 0).was_clean(REFUSED)
        asked = len(running.log)
        resting = at(archive, running, 0.9).was_clean(REFUSED)
        meanwhile = running.log
        rest_1 = rest(archive)
        second = at(archive, running, 1.1).was_clean(REFUSED)

    why = "HTTP 403" if how == "403" else "a challenge"
    assert re.search(
        rf"www.rfi.fr refused 3 times in a row \({why}\): nothing .* UTC \(in 1 h\): .*[345] refused", first.last
    )
    least = 4 if where == WWW else 5
    assert least <= asked <= least + 2 * (how == "challenge")  # an article's page is read while the next is asked for
    assert meanwhile == []
    assert re.fullmatch(
        rf"rfi-archive: www.rfi.fr refused \({why}\) in 1 run: nothing is asked .* \(in [67] min\): nothing was asked for, .*",
        resting.last,
    )
    assert "in 2 runs now: nothing is asked of it before" in second.last
    assert rest_1 == pytest.approx(1, abs=0.05)
    assert rest(archive) == pytest.approx(1.1 + 2, abs=0.05)
    verify(archive)


def test_a_rest_is_a_day_at_most_and_ends_with_the_first_good_run(archive):
    """Law: 4, 8, 16 hours, then a day; a run that the site lets in wipes it out, and the next refusal is a first one."""
    site = Refusing({WWW: repeat(no(403))})
    hours, rests = 0.0, []
    with serve(site) as running:
        for _ in range(7):
            at(archive, running, hours).was_clean(REFUSED)
            rests.append(round(rest(archive) - hours))
            hours = rest(archive) + 0.01
        refusals, site.says = site.says, {}
        at(archive, running, hours, limit=3).was_clean()
        forgiven = known(archive)
        site.says = refusals
        at(archive, running, hours + 1).was_clean(REFUSED)

    assert rests == [1, 2, 4, 8, 16, 24, 24]
    assert forgiven == Host()
    assert known(archive).rests == 1
    verify(archive)


def test_some_refusals_among_good_answers_stop_nobody(archive):
    """Law: two of three articles refused: never three in a row, so the rest is archived, and nothing is remembered."""
    site = Refusing({WWW: cycle((None, no(403), no(403)))})  # in the order in which they are asked for
    urls = listed(site)[:12]
    file = one_a_line(archive.parent / "urls", urls)
    with serve(site) as running:
        done = crawl(archive, running, urls=file, settings=STEP).was_clean()
        good = [entry.url for entry in running.log if entry.url in urls and entry.status == 200]

    assert "8 refused" in done.last
    evidence.holds_exactly(archive, site, good)
    assert not (archive / memory.NAME).exists()


def test_asked_by_hand_it_goes_all_the_same(archive):
    """Law: while the site rests `-a url=` asks, and being let in ends the rest; a file of URLs waits like any run."""
    site = Refusing({WWW: [no(403)] * 3})
    url = listed(site)[0]
    file = one_a_line(archive.parent / "urls", [url])
    with serve(site) as running:
        at(archive, running, 0).was_clean(REFUSED)
        at(archive, running, 0, urls=file).was_clean(REFUSED)
        nothing = running.log
        at(archive, running, 0, url=url).was_clean()

    assert nothing == []
    evidence.holds_exactly(archive, site, [url])
    assert known(archive) == Host()


def test_refused_by_hand_the_rest_stays(archive):
    """Law: one more refusal of what somebody asked by hand neither ends the rest nor makes it longer."""
    site = Refusing({WWW: repeat(no(403))})
    with serve(site) as running:
        at(archive, running, 0).was_clean(REFUSED)
        before = known(archive)
        at(archive, running, 0, url=listed(site)[0]).was_clean()

    assert known(archive) == before


def test_a_robots_txt_that_is_refused_counts(archive):
    """Law: a 403 for robots.txt is one of the row; a robots.txt that is given ends no row."""
    site = Refusing({r"^https://www": repeat(no(403))})
    with serve(site) as running:
        crawl(archive, running, settings=STEP).was_clean(REFUSED)
        asked = [entry.url.removeprefix("https://www.rfi.fr") for entry in running.log]

    assert asked == ["/robots.txt", "/cn/rss", "/sitemaps/cn/news.xml"]


def test_pictures_that_are_refused_leave_the_articles(archive):
    """Law: a host of pictures that refuses is asked no more, the articles are archived all the same, the pictures later."""
    site = Refusing({PICTURES: repeat(no(403))})
    with serve(site) as running:
        first = at(archive, running, 0, limit=6).was_clean()
        refused = [entry for entry in running.log if entry.status == 403]
        at(archive, running, 0.5, limit=1).was_clean()
        meanwhile = [entry for entry in running.log if "//s.rfi.fr" in entry.url]
        site.says = {}
        state.grow_older(archive, hours=2)
        at(archive, running, 1.1, limit=1).was_clean()
        later_on = [entry.url for entry in running.log if re.search(PICTURES, entry.url)]

    assert "6 archived" in first.last
    assert "s.rfi.fr refused 3 times in a row (HTTP 403): nothing is asked of it before" in first.err
    assert len(refused) == 3
    assert meanwhile == []
    assert {entry.url for entry in refused} < set(later_on)
    assert known(archive, "s.rfi.fr") == Host()
    verify(archive)


# --- told when to come back ---

DAY = 24


@pytest.mark.parametrize(
    ("status", "retry_after", "hours"),
    [
        (429, "3600", 1),
        (429, "99999999999999999999", DAY),
        (503, "Sun, 01 Nov 2026 00:00:00 GMT", 1),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
)
def test_a_long_retry_after_ends_the_run(archive, status, retry_after, hours):
    """Law: seconds or a date, a day at most: the run ends with 11 at once, and no run asks for anything before."""
    site = Refusing({r"/cn/rss$": repeat(no(status, retry_after))})
    with serve(site) as running:
        first = at(archive, running, 0).was_clean(REFUSED)
        asked = len(running.log)
        at(archive, running, hours - 0.1).was_clean(REFUSED)
        meanwhile = running.log

    assert f"www.rfi.fr refused and named a time to come back (HTTP {status}): nothing is asked of it" in first.last
    assert asked == 2
    assert meanwhile == []
    assert rest(archive) == pytest.approx(hours, abs=0.05)
    verify(archive)


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_retry_after_is_waited_out(archive, status):
    """Law: within the run nothing is asked before; a 503 is asked again then, a 429 by a later run."""
    site = Refusing({NEWS: [no(status, "2")]})
    with serve(site) as running:
        crawl(archive, running, limit=2, settings=STEP).was_clean()
        asked = [url for _, url in site.asked if url.endswith("news.xml")]

    assert len(asked) == (1 if status == 429 else 2)
    at_news = next(number for number, gap in enumerate(site.gaps()) if gap >= 1.9)
    assert at_news == 2  # robots.txt, feed, news sitemap; what comes after it waits
    assert known(archive) == Host()
    assert len(evidence.files(archive)) == 2


@pytest.mark.parametrize("retry_after", [None, "-5", "Sat, 31 Oct 2026 22:00:00 GMT"])
def test_a_retry_after_that_names_no_time_to_come(archive, retry_after):
    """Law: nonsense and what is past are no wait; the 429 is not asked again in this run."""
    site = Refusing({NEWS: repeat(no(429, retry_after))})
    with serve(site) as running:
        crawl(archive, running, limit=2, settings=STEP).was_clean()

    assert max(site.gaps()) < 1.5
    assert len([url for _, url in site.asked if url.endswith("news.xml")]) == 1


def test_pictures_that_are_to_wait_leave_the_articles(archive):
    """Law: a Retry-After of the host of pictures ends its visit, not the run, and is remembered."""
    site = Refusing({PICTURES: repeat(no(429, "7200"))})
    with serve(site) as running:
        done = crawl(archive, running, limit=4, settings=STEP).was_clean()

    assert "4 archived" in done.last
    assert len([url for _, url in site.asked if "s.rfi.fr/media" in url]) == 1
    assert rest(archive, "s.rfi.fr") == pytest.approx(2, abs=0.05)


def test_no_wait_goes_beyond_the_budget(archive):
    """Law: where MAX_RUNTIME ends before a wait would, the run ends at once."""
    site = Refusing({NEWS: repeat(no(429, "100"))})
    with serve(site) as running:
        begun = time.monotonic()
        done = crawl(archive, running, settings={**STEP, "MAX_RUNTIME": 20}).was_clean(SPENT)

    assert time.monotonic() - begun < 10
    assert "MAX_RUNTIME is used up" in done.last


def test_no_wait_holds_up_a_run_that_is_told_to_stop(archive):
    """Law: SIGTERM ends a run that waits for a Retry-After within seconds."""
    site = Refusing({NEWS: repeat(no(429, "100"))})
    with serve(site) as running:
        words = command(archive, "rfi_cn", STEP, {})
        victim = subprocess.Popen(words, env=environment(running), stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while known(archive).until is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        victim.send_signal(signal.SIGTERM)
        victim.wait(8)

    verify(archive)


# --- at what distance ---

ALONE: dict[str, object] = {"IMAGES": "none", "REQUISITES": False}
THROTTLED: dict[str, object] = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0.1}


@pytest.mark.parametrize("said", ["Crawl-delay: 1", "Request-rate: 2/2"])
def test_a_distance_that_robots_txt_asks_for_is_kept(archive, said):
    """Law: it is the least between two requests, whatever AutoThrottle and chance make of it, from the first answer on, and from the first request of the next run."""
    site = Refusing({}, robots=f"User-agent: *\n{said}\nDisallow:\n")
    with serve(site) as running:
        crawl(archive, running, limit=3, settings=ALONE | THROTTLED).was_clean()
        first = site.gaps()
        site.asked.clear()
        site.says = {"/robots.txt$": repeat(no(404))}
        crawl(archive, running, limit=1, settings=ALONE).was_clean()

    assert len(first) == 5
    assert min(first) >= 1
    assert min(site.gaps()) >= 1
    assert known(archive).delay == 1


def test_another_agents_distance_is_not_ours(archive):
    """Law: what robots.txt asks of others is nothing to us, and what it asks no more is forgotten."""
    site = Refusing({}, robots="User-agent: other\nCrawl-delay: 1\n\nUser-agent: *\nDisallow:\n")
    archive.mkdir()
    memory.save(archive, memory.Memory({HOME: Host(delay=0.2)}))
    with serve(site) as running:
        crawl(archive, running, limit=1, settings=ALONE).was_clean()

    assert max(site.gaps()) < 0.9
    assert known(archive).delay == 0


# --- what is written down ---


def test_a_quiet_run_remembers_no_host(archive):
    """Law: where no host asked for anything, nothing is remembered of any."""
    with serve(Site()) as running:
        told(archive, running, limit=2).crawled.was_clean()

    assert memory.load(archive).hosts == {}


def test_what_is_remembered_is_written_at_once(tmp_path):
    """Law: a refusal that changes anything is on disk before the next request; what changes nothing is not written."""
    guest = Guest(tmp_path, lambda: datetime(2026, 11, 23, 5, tzinfo=UTC))
    file = tmp_path / memory.NAME
    for answer in (WELCOME, CHALLENGED, CHALLENGED):
        assert not guest.heard(HOME, answer)
        assert not file.exists()
    assert guest.heard(HOME, CHALLENGED)
    assert memory.load(tmp_path) == guest.memory
    assert guest.host(HOME).rests == 1
    file.unlink()
    guest.heard(HOME, Answer("HTTP 403"))
    guest.leave()
    assert not file.exists()


def test_a_memory_that_cannot_be_written_ends_the_run_in_order(archive):
    """Law: where it cannot be written down, the run ends with 13 and one clear line."""
    (archive / memory.NAME).mkdir(parents=True)
    with serve(Refusing({WWW: repeat(no(403))})) as running:
        done = crawl(archive, running, settings=STEP).was_clean(CANNOT_WRITE)

    assert f"cannot write {archive / memory.NAME}" in done.last


def test_nobody_pretends_to_be_another(archive):
    """Law: refused, the crawl asks again under the same honest name."""
    site = Refusing({WWW: repeat(no(403))})
    with serve(site) as running:
        for hours in (0, 1.1):
            at(archive, running, hours)

    agents = {
        line
        for pair in evidence.pairs(archive)
        for line in pair.request.block.split(b"\r\n")
        if line[:11] == b"User-Agent:"
    }
    assert agents == {b"User-Agent: rfi-archive/0.1.0 (+mailto:archivist@example.org)"}
