"""Laws of the cage: it sees every change below a folder before it is made, and has it made, refused, cut short or never."""

import errno
import sys

import pytest

from tests.torture import cage
from tests.torture.cage import KILL, LET, Verdict
from tests.torture.moments import Moment
from tests.torture.rounds import SIGKILL, can_hold

pytestmark = pytest.mark.skipif(not can_hold(), reason="this kernel lets nobody hold another's calls")

CHANGES = """
import os, sys
os.chdir(sys.argv[1])
os.mkdir("a")
with open("a/b", "wb", buffering=0) as file:
    file.write(b"hello")
    file.write(b"world")
    os.fsync(file.fileno())
    file.truncate(7)
    os.pwrite(file.fileno(), b"W", 5)
os.rename("a/b", "a/c")
open("a/c").close()
os.unlink("a/c")
sys.stdout.write("elsewhere")
"""
SEEN = "mkdir a;open a/b;write a/b;write a/b;sync a/b;truncate a/b;write a/b;rename a/b a/c;unlink a/c".split(";")


def noting(seen):
    def judge(call):
        seen.append(str(call))
        return LET

    return judge


def held(folder, judge):
    return cage.run([sys.executable, "-c", CHANGES, str(folder)], folder, judge, cwd=folder, env={})


def test_every_change_is_seen_and_nothing_else(tmp_path):
    """Law: what changes files below the folder is announced, in order; reading, and what is elsewhere, is not."""
    seen: list[str] = []
    done = held(tmp_path, noting(seen))
    assert (done.code, done.err, done.last) == (0, "", None)
    assert seen == SEEN


@pytest.mark.parametrize("nth", range(1, 10))
def test_a_kill_comes_before_the_call(tmp_path, nth):
    """Law: whoever dies at a call has done all before it, and nothing of it."""
    done = held(tmp_path, Moment("", nth).judge())
    assert (done.code, str(done.last)) == (SIGKILL, SEEN[nth - 1])
    there = {path.name: path.read_bytes() for path in tmp_path.glob("a/*")}
    states = [{}, {}, {"b": b""}, {"b": b"hello"}, *[{"b": b"helloworld"}] * 2, {"b": b"hellowo"}, {"b": b"helloWo"}]
    assert there == [*states, {"c": b"helloWo"}][nth - 1]


@pytest.mark.parametrize(("nth", "torn", "left"), [(1, 3, b"hel"), (2, 1, b"hellow"), (2, 5, b"helloworld")])
def test_a_write_is_torn(tmp_path, nth, torn, left):
    """Law: a torn write leaves its first bytes where they belong, and the process is dead."""
    writes = iter(range(1, 10))
    done = held(tmp_path, lambda call: Verdict(True, torn) if call.name == "write" and next(writes) == nth else LET)
    assert (done.code, (tmp_path / "a/b").read_bytes()) == (SIGKILL, left)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_call_is_refused(tmp_path, number):
    """Law: a refused call is not done, and the program is told the error."""
    done = held(tmp_path, lambda call: Verdict(refuse=number) if call.name == "sync" else LET)
    assert (done.code, (tmp_path / "a/b").read_bytes()) == (1, b"helloworld")
    assert f"[Errno {number}]" in done.err


def test_the_room_of_a_disk(tmp_path):
    """Law: whoever asks how much room there is, by a folder's name or an open file, is told what the cage says."""
    asks = "for of in sys.argv[1], os.open(sys.argv[1], 0): print(shutil.disk_usage(of).free, file=sys.stderr)"
    words = [sys.executable, "-c", f"import os, shutil, sys\n{asks}", str(tmp_path)]
    told = cage.run(words, tmp_path, lambda _: Verdict(room=12_345), cwd=tmp_path, env={})
    assert (told.code, told.err) == (0, "12345\n12345\n")
    assert cage.run(words, tmp_path / "b", lambda _: Verdict(room=0), cwd=tmp_path, env={}).err != told.err


def test_threads_and_children_are_held(tmp_path):
    """Law: no thread and no child of the command gets out."""
    ways = "threading.Thread(target=os.mkdir, args=('b',)).start()\nos.system('mkdir c')"
    seen: list[str] = []
    words = [sys.executable, "-c", f"import os, threading\n{ways}"]
    done = cage.run(words, tmp_path, noting(seen), cwd=tmp_path, env={"PATH": "/bin:/usr/bin"})
    assert (done.code, sorted(seen)) == (0, ["mkdir b", "mkdir c"])
    assert held(tmp_path, lambda _: KILL).code == SIGKILL


def test_a_moment_is_counted_behind_another(tmp_path):
    """Law: the nth call like one behind the mth like another."""
    done = held(tmp_path, Moment("^write", 1, "^sync", 1).judge())
    assert (done.code, str(done.last), (tmp_path / "a/b").read_bytes()) == (SIGKILL, "write a/b", b"hellowo")
