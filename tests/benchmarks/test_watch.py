"""What a command costs is told of all that it starts, and of nothing else."""

import sys

import pytest

from benchmarks.measure import Wrong, cost

MIB = 1 << 20
BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
HOLDS = "import time; held = bytearray(b'x') * (64 << 20); time.sleep(0.5)"


def started(code, many):
    """The code of a process that starts so many others at once, and waits for them."""
    return (
        "import subprocess, sys\n"
        f"others = [subprocess.Popen([sys.executable, '-ISc', {code!r}]) for _ in range({many})]\n"
        "for other in others: other.wait()"
    )


@pytest.mark.slow
def test_all_processors():
    """Law: time of children counts as that of the command."""
    used = cost([sys.executable, "-ISc", started(BUSY, 2)])

    assert 0.6 <= used.cpu < 2


@pytest.mark.slow
def test_forkserver():
    """Law: time counts, too, of processes that the command does not wait for, as Python's forkserver and what it forks."""
    code = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-ISc', {started(BUSY, 1)!r}])\n"  # its parent ends at once
    )
    used = cost([sys.executable, "-ISc", code])

    assert 0.3 <= used.cpu < 2


@pytest.mark.slow
def test_memory():
    """Law: the peak is that of the largest process, however large whoever measures is; the tree's is of all together."""
    ballast = bytearray(b"x") * (256 << 20)
    used = cost([sys.executable, "-ISc", started(HOLDS, 2)])

    assert 64 * MIB < used.peak < 100 * MIB
    assert 128 * MIB < used.tree < 200 * MIB
    assert len(ballast) > used.tree


def test_written(tmp_path):
    """Law: bytes that went to a file count, if it was taken away again, too."""
    path = tmp_path / "file"
    code = f"import os; f = open({str(path)!r}, 'wb'); f.write(bytes(1 << 20)); f.close(); os.unlink({str(path)!r})"

    assert cost([sys.executable, "-ISc", code]).written >= MIB


def test_failure():
    """Law: a command that fails has no cost, and what it said is told."""
    with pytest.raises(Wrong, match="so it goes"):
        cost([sys.executable, "-ISc", "raise SystemExit('so it goes')"])
