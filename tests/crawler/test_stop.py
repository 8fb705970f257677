"""Laws of a crawl that is told to stop: it ends in order and soon, whatever the site does; told twice, at once."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.crawler import evidence, silent, state
from tests.crawler.crawling import ROOT, command, environment, set_off, started, verify
from tests.crawler.story import told
from tests.crawler.test_ends import ALL, MOMENTS
from tests.site import Site, serve

pytestmark = pytest.mark.slow

STOPPED = 15
SOON, AT_ONCE = 10, 2.5
"""Seconds.  The second is less than what is under way has, once the run is told to stop."""
LAST = r"rfi-archive: told to stop \((SIG\w+)\), the rest is left for the next run: .+"


def until(what, *, seconds=30):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.005)


def stopped(victim, number=signal.SIGTERM, within=SOON):
    """Send a signal; return the exit code and what was said, if it ended in time."""
    begun = time.monotonic()
    victim.send_signal(number)
    _, err = victim.communicate(timeout=60)
    assert time.monotonic() - begun < within, err.decode()
    assert b"Traceback" not in err, err.decode()
    return victim.returncode, err.decode()


def told_so(victim, number=signal.SIGTERM):
    """Stop a crawl that says what it should."""
    code, err = stopped(victim, number)
    assert code == STOPPED, err
    last = re.fullmatch(LAST, err.splitlines()[-1])
    assert last, err
    assert last[1] == number.name


def next_run_does_the_rest(archive, running):
    """The next run archives all there is, and asks for nothing that was archived."""
    running.site.clear_faults()
    before = (
        {url for url, (known, _) in state.of(archive).items() if known == "archived"} if archive.exists() else set()
    )
    again = told(archive, running)
    again.crawled.was_clean()
    assert not before & set(again.pages)
    evidence.holds_exactly(archive, running.site, again.before)
    verify(archive)


@pytest.fixture
def hangups():
    """Let children end of SIGHUP, although it is ignored here where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


# --- told once ---


@pytest.mark.parametrize("moment", MOMENTS)
def test_stopped_at_any_moment(tmp_path, moment):
    """Law: SIGTERM ends a run with 15, a line that says so, a sealed archive, and the next run does the rest."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        victim = set_off(archive, running)
        until(lambda: MOMENTS[moment](running, archive))
        told_so(victim)
        verify(archive)
        next_run_does_the_rest(archive, running)


@pytest.mark.parametrize("after", [0.05, 0.25, 0.4, 0.5])
def test_stopped_before_it_has_begun(tmp_path, after):
    """Law: before our own code runs the signal does what it always does; nothing is begun, nothing has to be mended."""
    archive = tmp_path / "a"
    with serve(Site(feed_items=ALL)) as running:
        victim = started(archive, running, err=subprocess.PIPE)
        time.sleep(after)
        code, _ = stopped(victim)
        assert code in (-signal.SIGTERM, STOPPED)
        next_run_does_the_rest(archive, running)


UNDER_WAY = {
    "robots.txt": ("/robots.txt", "hang"),
    "half of robots.txt": ("/robots.txt", "hang-body"),
    "the feed": ("/cn/rss", "hang"),
    "half of the feed": ("/cn/rss", "hang-body"),
    "a page": ("/20261026-", "hang"),
    "half of a page": ("/20261026-", "hang-body"),
    "a page that drips": ("/20261026-", "drip"),
    "a picture": ("s.rfi.fr/media", "hang-body"),
}


@pytest.mark.parametrize("name", UNDER_WAY)
def test_what_is_under_way_is_broken_off(tmp_path, name):
    """Law: whatever hangs is broken off; what came of it is recorded as cut, and its URL is as it was."""
    archive, (pattern, fault) = tmp_path / "a", UNDER_WAY[name]
    with serve(Site(drip_seconds=2, feed_items=ALL)) as running:
        running.site.set_fault(pattern, fault)
        victim = set_off(archive, running)
        until(lambda: any(entry.fault == fault for entry in running.log))
        time.sleep(0.3)  # for the first half to arrive
        told_so(victim)
        hung = {entry.url for entry in running.log if entry.fault == fault}
        next_run_does_the_rest(archive, running)
    cut = [pair for pair in evidence.pairs(archive) if pair.truncated]
    assert all(pair.truncated == "unspecified" for pair in cut)
    assert {pair.url for pair in cut} == (hung if fault != "hang" else set())
    assert not evidence.failed(archive)


@pytest.mark.parametrize("answer", [b"", silent.OPENED, b"HTTP/1.1 200"], ids=["CONNECT", "TLS", "half a head"])
def test_a_silent_proxy_is_broken_off(tmp_path, answer):
    """Law: a connection that never comes about holds nothing up; it is no failure of the site either."""
    archive = tmp_path / "a"
    with silent.proxy(answer) as env:
        victim = set_off(archive, None, env=env)
        until((archive / "index.sqlite").exists)
        time.sleep(0.5)
        told_so(victim)
    verify(archive)
    assert not list(archive.glob("warc/*"))


def test_a_name_that_is_looked_up_without_end_is_broken_off(tmp_path):
    """Law: a look-up that cannot be called back holds nothing up."""
    archive = tmp_path / "a"
    settings = {"TWISTED_DNS_RESOLVER": f"{silent.__name__}.Resolver"}
    victim = set_off(archive, None, settings=settings)
    until((archive / "index.sqlite").exists)
    time.sleep(0.5)
    told_so(victim)
    verify(archive)


def test_what_waits_for_its_turn_is_dropped(tmp_path):
    """Law: politeness is no reason to stay: what waits for its turn is not waited for."""
    archive = tmp_path / "a"
    with serve(Site(feed_items=ALL)) as running:
        victim = set_off(archive, running, settings={"DOWNLOAD_DELAY": 20})
        until(lambda: running.log)
        time.sleep(0.3)
        begun, asked = time.monotonic(), len(running.log)
        told_so(victim)
        assert time.monotonic() - begun < 5  # and not the 10 to 30 until the next turn
        assert len(running.log) == asked
        next_run_does_the_rest(archive, running)


@pytest.mark.usefixtures("hangups")
def test_a_hangup_is_a_signal_like_the_others(tmp_path):
    """Law: SIGHUP ends a run as SIGTERM does, unless it is ignored, as under nohup."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        victim = set_off(archive, running)
        until(lambda: MOMENTS["the first article was asked for"](running, archive))
        told_so(victim, signal.SIGHUP)
        words = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command(archive, "rfi_cn", {}, {})]
        deaf = subprocess.Popen(words, cwd=ROOT, env=environment(running), stderr=subprocess.PIPE)
        until(lambda: MOMENTS["twenty articles were asked for"](running, archive))
        code, err = stopped(deaf, signal.SIGHUP)
        assert code == 0, err
        next_run_does_the_rest(archive, running)


# --- told twice ---


def hanging(running, _):
    """Tell whether a request is under way that hangs."""
    return any(entry.fault == "hang" for entry in running.log)


@pytest.mark.parametrize("moment", ["the first record is there", "twenty articles were asked for", "a page hangs"])
def test_told_twice_it_ends_at_once(tmp_path, moment):
    """Law: the second signal ends the process where it stands, and nothing that was committed is lost."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        if moment not in MOMENTS:
            running.site.set_fault("/20261026-", "hang")
        victim = set_off(archive, running)
        until(lambda: MOMENTS.get(moment, hanging)(running, archive))
        victim.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        code, err = stopped(victim, signal.SIGINT, within=AT_ONCE)
        assert code == STOPPED
        assert (
            "ended at once" in err.splitlines()[-1] or moment in MOMENTS
        )  # where nothing hangs the first one sufficed
        next_run_does_the_rest(archive, running)


# --- at a terminal ---


def on_a_terminal(archive, running):
    """Start a crawl that owns a terminal: the terminal's other end, and the process."""
    words, environ = command(archive, "rfi_cn", {}, {}), environment(running)
    pid, ours = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, words, environ)
    return pid, ours


def read(ours):
    """Read what a terminal shows until its crawl has gone."""
    seen = b""
    with suppress(OSError):
        while more := os.read(ours, 4096):
            seen += more
    os.close(ours)
    return seen.decode()


def test_ctrl_c(tmp_path):
    """Law: Ctrl-C is SIGINT: the run ends in order, and says so on its last line."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        pid, ours = on_a_terminal(archive, running)
        until(lambda: MOMENTS["the first article was asked for"](running, archive))
        os.write(ours, b"\x03")
        seen = read(ours)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == STOPPED
        assert re.fullmatch(LAST, re.split(r"[\r\n]+", seen.strip())[-1]), seen
        verify(archive)
        next_run_does_the_rest(archive, running)


@pytest.mark.usefixtures("hangups")
def test_a_terminal_that_is_closed(tmp_path):
    """Law: a terminal that goes ends the run in order, although nobody can be told any more."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        pid, ours = on_a_terminal(archive, running)
        until(lambda: MOMENTS["the first article was asked for"](running, archive))
        os.close(ours)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == STOPPED
        verify(archive)
        next_run_does_the_rest(archive, running)
