"""Laws of runs that meet: one works, the others go, and the dead hold nobody up."""

import re
import resource
import signal
import subprocess
import time

import pytest

from archive.files.lock import NAME as LOCK
from tests.crawler import evidence
from tests.crawler.crawling import started, verify
from tests.crawler.story import listed
from tests.site import Site, serve

pytestmark = pytest.mark.slow

LOCKED = 10
SOON = 3
"""Seconds of work that a run which may not begin takes at most; it waits for nothing."""
ALL = 200
"""More items than any feed here has."""


def worked():
    """Return seconds of CPU time of all processes that were started here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def ended(run):
    """Wait for a run; return its exit code and its last line."""
    _, err = run.communicate(timeout=60)
    assert b"Traceback" not in err
    return run.returncode, err.decode().splitlines()[-1]


def test_of_two_started_at_once_one_works(tmp_path):
    """Law: the one that comes too late ends with 10 in under 3 seconds, and says who is at work, since when."""
    archive, site = tmp_path / "a", Site(feed_items=ALL)
    with serve(site) as running:
        slow = {"DOWNLOAD_DELAY": 0.1}
        before = worked()
        runs = [started(archive, running, settings=slow, err=subprocess.PIPE) for _ in range(2)]
        while all(run.poll() is None for run in runs):
            time.sleep(0.01)
        assert worked() - before < SOON
        late, first = sorted(runs, key=lambda run: run.poll() is None)
        code, last = ended(late)
        assert ended(first)[0] == 0

    assert code == LOCKED
    assert re.fullmatch(
        rf"rfi-archive: {archive} is being written to by rfi_cn \(process {first.pid}\)"
        r" since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: try again when it has ended",
        last,
    )
    evidence.holds_exactly(archive, site, listed(site))
    verify(archive)


def test_a_killed_run_holds_nobody_up(tmp_path):
    """Law: after kill -9 the next run starts at once, mends, and does the rest."""
    archive, site = tmp_path / "a", Site(feed_items=ALL)
    with serve(site) as running:
        killed = started(archive, running, settings={"DOWNLOAD_DELAY": 0.1}, err=subprocess.PIPE)
        while len(evidence.pages(running.log)) < 3:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert (archive / LOCK).exists()

        assert ended(started(archive, running, err=subprocess.PIPE))[0] == 0

    evidence.holds_exactly(archive, site, listed(site))
    verify(archive)
