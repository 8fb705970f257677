"""`python -IS watch.py OUT COMMAND...`: run a command, and write what it cost to the file OUT, as JSON.

A process of its own, because a command begins with the peak memory of the one that starts it: this one is small.
Sources: getrusage(2), proc(5).
"""

import contextlib
import json
import os
import select
import sys
import time

STEP = 50
"""Milliseconds between two looks at the memory of a tree of processes."""
BLOCK = 512
"""Bytes that getrusage counts as one."""


def main(out: str, *command: str) -> int:
    """Run the command; return its exit code."""
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    together = 0
    ended = select.poll()
    ended.register(os.pidfd_open(child), select.POLLIN)
    while not ended.poll(STEP):
        if len(tree := family(child)) > 1:
            together = max(together, sum(map(own, tree)))
    _, status, used = os.wait4(child, 0)
    wall, peak = time.perf_counter() - start, used.ru_maxrss * 1024
    code = os.waitstatus_to_exitcode(status)
    figures = {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": peak,
        "tree": max(peak, together),
        "written": used.ru_oublock * BLOCK,
    }
    with open(out, "w", encoding="ascii") as file:  # noqa: PTH123  # pathlib would make this process larger
        json.dump(figures, file)
    return code


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
