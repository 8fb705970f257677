"""`python -IS watch.py OUT COMMAND...`: run a command, and write what it cost to the file OUT, as JSON.

A process of its own, because a command begins with the peak memory of the one that starts it: this one is small.
Sources: getrusage(2), prctl(2), proc(5).
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import sys
import time

STEP = 50
"""Milliseconds between two looks at the memory of a tree of processes."""
BLOCK = 512
"""Bytes that getrusage counts as one."""
PATIENCE = 10
"""Seconds that what a command leaves behind may take to end."""
PR_SET_CHILD_SUBREAPER = 36
"""Whoever loses its parent becomes a child of this process.  Source: linux/prctl.h."""


def main(out: str, *command: str) -> int:
    """Run the command; return its exit code."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("what a command leaves behind cannot be watched")
    start, together = time.perf_counter(), 0
    child = os.posix_spawnp(command[0], command, os.environ)
    ended = select.poll()
    ended.register(os.pidfd_open(child), select.POLLIN)
    while not ended.poll(STEP):
        if len(tree := family(child)) > 1:
            together = max(together, sum(map(own, tree)))
    _, status, used = os.wait4(child, 0)
    wall, all_used = time.perf_counter() - start, [used, *orphans()]
    peak = max(one.ru_maxrss for one in all_used) * 1024
    figures = {
        "wall": wall,
        "cpu": sum(one.ru_utime + one.ru_stime for one in all_used),
        "peak": peak,
        "tree": max(peak, together),
        "written": sum(one.ru_oublock for one in all_used) * BLOCK,
    }
    with open(out, "w", encoding="ascii") as file:  # noqa: PTH123  # pathlib would make this process larger
        json.dump(figures, file)
    return os.waitstatus_to_exitcode(status)


def orphans() -> list[resource.struct_rusage]:
    """Return what those used whom the command did not wait for, as Python's forkserver is; they end soon after it."""
    found: list[resource.struct_rusage] = []
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid:
            found.append(used)
        else:
            time.sleep(STEP / 1000)
    raise TimeoutError("the command left processes behind that do not end")


def family(pid: int) -> list[int]:
    """Return a process and all that it started, which run now."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{one}/task"):  # noqa: PTH208  # as above
                found += map(int, read(f"/proc/{one}/task/{thread}/children").split())
    return found


def own(pid: int) -> int:
    """Return the bytes of memory that a process has, of shared ones its part; 0 if it has ended."""
    with contextlib.suppress(OSError):
        for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def read(path: str) -> str:
    """Return what a file of the kernel says."""
    with open(path, encoding="ascii", errors="replace") as file:  # noqa: PTH123  # as above
        return file.read()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
