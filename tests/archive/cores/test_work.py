"""Laws of work: jobs are done wherever they are done, and no process outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive import urls
from archive.cores.work import cores, ordered, workers
from archive.errors import BadUrl

URL = "https://www.rfi.fr/cn/a/20231026-1"
ROOT = Path(__file__).parents[3]
PARENT = """
import os, time
from archive.cores.work import workers
if __name__ == "__main__":
    with workers(2, "archive.urls", early={early}) as submit:
        print(submit(os.getpid).result(), flush=True)
        submit(time.sleep, float({seconds})).result()
"""
"""Tells the number of a process that works for it, then waits for a job."""


@pytest.mark.parametrize("number", [1, 2])
def test_jobs_are_done(number):
    """Law: a job gives what its function returns, or raises what it raises, in this process or in another."""
    with workers(number, "archive.urls") as submit:
        done, raised, where = submit(urls.canonical, URL), submit(urls.canonical, "x"), submit(os.getpid)

        assert done.result() == URL
        with pytest.raises(BadUrl):
            raised.result()
        assert (where.result() == os.getpid()) == (number == 1)
    assert cores() >= 1


FORKED = """
import os, threading
from archive.cores.work import workers
for threads in (0, 1):
    end = threading.Event()
    others = [threading.Thread(target=end.wait) for _ in range(threads)]
    [one.start() for one in others]
    for early in (True, False):
        with workers(2, "archive.urls", early=early) as submit:
            print(submit(os.getppid).result() == os.getpid())
    end.set()
"""


@pytest.mark.slow
def test_only_a_process_without_threads_is_forked():
    """Law: processes are forks of this one only before databases are open, and if it has one thread."""
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "False", "False", "False"]


@pytest.mark.parametrize(("number", "ahead"), [(1, 1), (1, 4), (3, 2), (3, 9)])
def test_results_come_in_the_order_of_the_values(number, ahead):
    """Law: whoever is done first, results come as the values came, and few values are asked for ahead of them."""
    asked = list[float]()

    def values():
        for value in (0.2, 0, 0.1, 0, 0):
            asked.append(value)
            yield value

    with workers(number, "archive.urls") as submit:
        found = [(result, len(asked)) for result in ordered(submit, slowly, values(), ahead)]

    assert [result for result, _ in found] == [0.2, 0, 0.1, 0, 0]
    assert found[0][1] == min(ahead, 5)


def slowly(seconds):
    time.sleep(seconds)
    return seconds


def test_a_job_that_nobody_asks_for():
    """Law: here, what is cancelled or not asked for is never begun."""
    with workers(1, "archive.urls") as submit:
        submit(os._exit, 1).cancel()


def started(path, seconds, early):
    """A parent at work, and the number of a process that works for it."""
    path.write_text(PARENT.format(seconds=seconds, early=early))
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    assert parent.stdout
    return parent, int(parent.stdout.readline())


def gone(number):
    """Wait for a process to end."""
    for _ in range(600):
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells whether a process runs by /proc")
@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGKILL, 600), (signal.SIGINT, 2)])
def test_no_process_outlives_its_parent(tmp_path, number, seconds, early):
    """Law: whether the parent is killed or told to stop, those that work for it end."""
    parent, child = started(tmp_path / "parent.py", seconds, early)
    with parent:
        parent.send_signal(number)
        assert parent.wait(60) != 0
    assert gone(child)
