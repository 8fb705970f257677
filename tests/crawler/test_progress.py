"""Laws of a run's progress: a bar for who looks on, which takes itself away; the last line is the run's."""

import os
import pty
import re
import sys
from contextlib import suppress

import pytest

from crawler.progress import words
from tests.crawler.crawling import ROOT, command, environment
from tests.site import Site, serve


def on_a_terminal(archive, running, *more):
    """Crawl on a terminal; return the exit code, and what was shown, a piece for each line or stroke."""
    line, environ = [*command(archive, "rfi_cn", {"DOWNLOAD_DELAY": 0.05}, {}), *more], environment(running)
    pid, ours = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, line, environ)
    seen = b""
    with suppress(OSError):  # the other end has gone
        while more_of_it := os.read(ours, 4096):
            seen += more_of_it
    os.close(ours)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, [piece for piece in re.split(r"[\r\n]+", seen.decode()) if piece.strip()]


@pytest.mark.slow
def test_a_bar_on_a_terminal(tmp_path):
    """Law: what is shown is a bar, what needs a person, and one last line."""
    with serve(Site()) as running:
        running.site.set_fault("20261031-", "500")
        code, shown = on_a_terminal(tmp_path / "a", running)

    *bars, last = [piece for piece in shown if " WARNING HTTP 500 (try 3)" not in piece]
    assert code == 0
    assert len(bars) == len(shown) - 2
    assert all(re.fullmatch(r" *\d+%\|.*\| (found \d+, archived \d+, .*)?", bar) for bar in bars), bars
    assert re.search(r"found 30, archived \d+, skipped 0, \d+/min, \d+:\d\d left", "".join(bars))
    assert re.fullmatch("rfi-archive: 30 found, 29 archived, .*", last)


@pytest.mark.slow
def test_a_level_that_was_asked_for(tmp_path):
    """Law: whoever asks for the log on a terminal gets it, line by line, above the bar."""
    with serve(Site()) as running:
        code, shown = on_a_terminal(tmp_path / "a", running, "-L", "INFO")

    assert code == 0
    assert len([piece for piece in shown if re.match(r"\d{4}-\S+ \S+ INFO archived ", piece)]) == 30
    assert any("%|" in piece for piece in shown)


def test_what_stands_beside_the_bar():
    """Law: what is left takes the requests still to send, times the delay between two, or longer where answers do."""
    told = words({"found": 30, "archived": 12, "skipped": 3}, answered=40, seconds=200, waiting=24, delay=5)
    slow = words({}, answered=1, seconds=60, waiting=2, delay=5)

    assert told == "found 30, archived 12, skipped 3, 12/min, 2:00 left"
    assert slow == "found 0, archived 0, skipped 0, 1/min, 2:00 left"
    assert words({}, answered=0, seconds=0, waiting=0, delay=0).endswith("0:00 left")
