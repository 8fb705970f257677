"""Laws of the lock: one writer at a time, by name; the dead hold nothing."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import CannotWrite, Locked
from archive.files.lock import NAME, Lock, held, holder

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.files.lock import Lock

lock = Lock(Path(sys.argv[1]), "rfi_tw", datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC))
print("held", flush=True)
sys.stdin.read()
"""


def handles():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock until it is killed."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_second_taker_is_refused_and_told_who(tmp_path, other):
    """Law: while one process writes no other does, and it is told who does, since when."""
    who = rf"{tmp_path} is being written to by rfi_tw \(process {other.pid}\) since 2026-11-22 09:00:00 UTC: try again"
    for _ in range(2):
        with pytest.raises(Locked, match=who):
            Lock(tmp_path, "rfi_cn", NOW)
    assert Locked.exit_code == 10


def test_lock_of_a_killed_process_is_free_at_once(tmp_path, other):
    """Law: a process killed with SIGKILL holds nothing, and its name goes with the next holder's."""
    other.kill()
    other.wait()
    lock = Lock(tmp_path, "me", NOW)

    assert (tmp_path / NAME).read_text() == f"me (process {os.getpid()}) since 2026-11-22 10:00:00 UTC\n"
    lock.release()


def test_second_lock_in_one_process_is_refused(tmp_path):
    """Law: the lock holds within one process, too, and release lets the next one in."""
    lock = Lock(tmp_path, "one", NOW)
    with pytest.raises(Locked, match="by one"):
        Lock(tmp_path, "two", NOW)
    lock.release()
    Lock(tmp_path, "two", NOW).release()


def test_refusals_leak_no_handle(tmp_path):
    """Law: a refused taker leaves nothing open."""
    lock, before = Lock(tmp_path, "one", NOW), handles()
    for _ in range(5):
        with pytest.raises(Locked):
            Lock(tmp_path, "two", NOW)

    assert handles() == before
    lock.release()


def test_lock_that_cannot_be_written_is_said_so(tmp_path):
    """Law: no folder, no lock: CannotWrite."""
    with pytest.raises(CannotWrite, match="cannot write"):
        Lock(tmp_path / "missing", "me", NOW)


def test_who_holds_it_is_told_and_kept_from_nothing(tmp_path):
    """Law: who asks learns who writes now, since when, and nobody where nobody does; it makes no file."""
    assert (holder(tmp_path), held(tmp_path), list(tmp_path.iterdir())) == (None, False, [])
    lock = Lock(tmp_path, "rfi_cn", NOW)
    assert holder(tmp_path) == (tmp_path / NAME).read_text().strip()
    assert str(holder(tmp_path)).startswith("rfi_cn (process ")
    lock.release()
    assert (holder(tmp_path), held(tmp_path)) == (None, False)
