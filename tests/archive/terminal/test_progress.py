"""Laws of progress: a bar for people, lines for logs, and nothing of either among the results."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from archive import warc
from archive.terminal import progress
from tests.archive.archives import CN, crawl, page

DEMO = """
from archive.terminal.progress import bytes_of
with bytes_of(3_000_000, "verify", 0) as tell:
    for _ in range(3):
        tell(1_000_000)
print("result")
"""


def test_plain_lines_in_a_log():
    """Law: where nobody looks, a line now and then says how far it is, on stderr."""
    done = subprocess.run([sys.executable, "-c", DEMO], capture_output=True, text=True, check=True)
    assert done.stdout == "result\n"
    assert done.stderr.splitlines() == [f"verify: {n},000,000 of 3,000,000 bytes" for n in (1, 2, 3)]


def test_no_line_before_its_time(capsys):
    """Law: short work fills no log."""
    with progress.bytes_of(10, "verify") as tell:
        tell(10)
    assert capsys.readouterr() == ("", "")


def on_a_terminal(*command):
    """Run a command whose stderr is a terminal; return its stdout and what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while more := os.read(ours, 4096):
            seen += more
    except OSError:  # the other end has gone
        pass
    out, _ = process.communicate()
    os.close(ours)
    return out.decode(), seen.decode()


def test_a_bar_on_a_terminal():
    """Law: a terminal gets a bar that takes itself away in the end."""
    out, seen = on_a_terminal(sys.executable, "-c", DEMO)
    assert out == "result\n"
    assert "verify:" in seen
    assert "%|" in seen
    assert "\n" not in seen


@pytest.mark.parametrize("verb", ["verify", "rebuild"])
def test_long_verbs_show_a_bar(tmp_path, verb):
    """Law: the long verbs tell their progress, and it goes to 100 %."""
    root = crawl(tmp_path, [page(CN[0])])
    _, seen = on_a_terminal(sys.executable, "-m", "archive.cli", verb, "--archive", str(root))
    assert f"{verb}:" in seen
    assert "  0%|" in seen
    assert len(warc.sealed(root / "warc")) == 1


def test_without_any_stderr():
    """Law: progress is no reason to fail."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.stderr = None\n{DEMO}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "result\n")
