"""Laws of a second process: what it is asked is done, there or here, whatever becomes of it; it outlives nobody."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from operator import floordiv
from pathlib import Path

import pytest

from archive.cores import beside
from archive.cores.beside import Beside
from archive.errors import CannotWrite, Locked
from archive.files import disk
from archive.files.lock import Lock
from tests.archive.archives import CLOCK
from tests.crawler.crawling import ROOT, environment


@contextmanager
def ready(*modules, keep=()):
    """A second process that is ready, and what its jobs told when they were done."""
    with closing(Beside(modules, keep)) as second:
        while not second.ready:
            second.wait()
        yield second


def pid(second):
    """Return its number, as it tells it."""
    return second.ask(os.getpid, then=list).result()


def test_it_is_another(capfd):
    """Law: what is asked is done by another process, which says nothing."""
    with ready() as second:
        assert pid(second) not in (os.getpid(), None)

    assert capfd.readouterr() == ("", "")


def test_in_order():
    """Law: results are told in the order in which they were asked for, and are those of their own jobs."""
    told = list[int]()
    with ready() as second:
        jobs = [second.ask(pow, number, 2, then=lambda number=number: told.append(number)) for number in range(50)]
        last = jobs[-1].result()
        assert (last, second.asked, told) == (49 * 49, 0, list(range(50)))
        assert [job.result() for job in jobs] == [number * number for number in range(50)]


def test_much_at_once():
    """Law: more than a socket holds crosses it both ways, though nobody listens meanwhile."""
    values = [bytes([number]) * (1 << 20) for number in range(40)]
    with ready() as second:
        jobs = [second.ask(bytes.upper, value, then=list) for value in values]
        assert second.unsent
        assert [job.result() for job in jobs] == [value.upper() for value in values]
        assert not second.unsent


def test_mistakes_are_met_here():
    """Law: what raises there raises here, as if it had been done here, and the next job is done there again."""
    with ready() as second:
        mistake, other = second.ask(floordiv, 1, 0, then=list), second.ask(floordiv, 7, 2, then=list)
        with pytest.raises(ZeroDivisionError):
            mistake.result()
        assert other.result() == 3
        assert second.ready


def test_its_death_costs_nothing():
    """Law: killed in the middle of many jobs, it leaves none undone; what is asked behind is done here."""
    with ready() as second:
        jobs = [second.ask(time.sleep, 0.05, then=list), *(second.ask(pow, n, 2, then=list) for n in range(100))]
        os.kill(second._process.pid, signal.SIGKILL)
        results = [job.result() for job in jobs]
        after = second.ask(os.getpid, then=list).result()

    assert results == [None, *(n * n for n in range(100))]
    assert (after, second.ready, second.ended) == (os.getpid(), False, True)


class Stranger:
    """A value that nobody can read who is of another version."""

    def __reduce__(self):
        return int, ("of another version",)


def test_one_of_another_version():
    """Law: a second process that tells what this one cannot read is let be, and all is done here."""
    with ready() as second:
        jobs = [second.ask(Stranger, then=list), second.ask(pow, 3, 2, then=list)]
        results = [job.result() for job in jobs]

    assert isinstance(results[0], Stranger)
    assert (results[1], second.ready, second.ended) == (9, False, True)


def test_dead_before_it_was_ready():
    """Law: one that never comes to work is known to have ended."""
    with closing(Beside(["no.such.module"])) as second:
        while not second.ended:
            second.wait()
        assert not second.ready


@pytest.mark.parametrize("told", beside.MEANT_FOR_ALL, ids=lambda one: one.name)
def test_told_to_end(told):
    """Law: what ends the first process in order does not take the second one from it."""
    with ready() as second:
        os.kill(second._process.pid, told)
        assert pid(second) != os.getpid()


def test_files_are_put(tmp_path):
    """Law: files stand in their places when the job is done; a place that is refused is told as it is here."""
    files = {tmp_path / f"{number}.md": b"x" * number for number in range(20)}
    (tmp_path / "file").touch()
    with ready(disk.__name__) as second:
        second.ask(disk.put_all, files, then=list).result()
        refused = second.ask(disk.put_all, {tmp_path / "file" / "a.md": b"x"}, then=list)
        with pytest.raises(CannotWrite, match="File exists"):
            refused.result()

    assert {path: path.read_bytes() for path in tmp_path.glob("[0-9]*")} == files
    assert not list(tmp_path.glob(".*"))


FIRST = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from archive.cores.beside import Beside
from archive.files.lock import Lock
lock = Lock(Path(sys.argv[1]), "first", datetime.now(UTC))
second = Beside([], [lock.handle])
while not second.ready:
    second.wait()
second.ask(time.sleep, 60, then=list)
print(second._process.pid, flush=True)
time.sleep(60)
"""


KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from archive.cores.beside import Beside
from archive.files.lock import Lock
lock = Lock(Path(sys.argv[1]), "first", datetime.now(UTC))
Beside(["timeit"], [lock.handle])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_one_that_only_begins_holds_nothing(tmp_path):
    """Law: when the first is killed before the second is ready, the next run may begin at once."""
    for _ in range(5):
        words = [sys.executable, "-c", KILLED, str(tmp_path)]
        done = subprocess.run(words, cwd=ROOT, env=environment(None), check=False)
        assert done.returncode == -signal.SIGKILL
        Lock(tmp_path, "next", CLOCK()).release()


@pytest.mark.slow
def test_it_ends_with_the_first(tmp_path):
    """Law: the second process dies with the first, and until it has, nobody else may write to the archive."""
    words = [sys.executable, "-c", FIRST, tmp_path]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=environment(None)) as first:
        assert first.stdout
        second = int(first.stdout.readline())
        os.kill(second, signal.SIGSTOP)
        with pytest.raises(Locked):
            Lock(tmp_path, "next", CLOCK())
        first.kill()
        first.wait()
        wait_for(lambda: not running(second))

    Lock(tmp_path, "next", CLOCK()).release()


def running(process):
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(holds):
    """Wait until something holds, ten seconds at most."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
