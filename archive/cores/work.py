"""Work: functions of values, done on all cores; or here and now, where starting processes costs more than it saves."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
R = TypeVar("R")


class Job(Protocol[T_co]):
    """Something that is being done."""

    def result(self) -> T_co:
        """Wait for it; return what it made, or raise what it raised."""

    def cancel(self) -> object:
        """Let it be, if it was not begun."""


Submit = Callable[..., Job[Any]]
"""Takes a function and its arguments, and has it done."""


class _Later:
    """A job that is done when its result is asked for."""

    def __init__(self, does: Callable[..., Any], *values: Any) -> None:
        self.result = partial(does, *values)

    def cancel(self) -> None:
        """It was not begun."""


def here(does: Callable[..., Any], *values: Any) -> Job[Any]:
    """Have a job done in this process, when its result is asked for."""
    return _Later(does, *values)


def cores() -> int:
    """Return how many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers(number: int, module: str, *, early: bool = False) -> Iterator[Submit]:
    """Give what has jobs done by so many processes; with one, none is started.

    module: what the functions need, imported once.  early: no database is open yet and no lock held,
    so that the processes may be forks of this one, if it has no threads: they begin at once.  Leaving
    ends the processes: jobs that were begun are waited for, the others never start.
    """
    if number < 2:  # noqa: PLR2004 - one worker is this process
        yield here
        return
    forks = early and _is_single()
    # Else neither a fork of this process, which may have threads and databases open, nor a fresh start for each.
    context = multiprocessing.get_context("fork" if forks else "forkserver")
    context.set_forkserver_preload([module])
    pool = ProcessPoolExecutor(number, context, _follow)
    if forks:
        pool.submit(os.getpid)  # all are forked with the first job, before the pool has threads
    try:
        yield pool.submit
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _is_single() -> bool:
    """Tell whether this process is known to have one thread.  Source: proc(5), task."""
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


def ordered(submit: Submit, does: Callable[[T], R], values: Iterable[T], ahead: int) -> Iterator[R]:
    """Yield what is made of each value, in the order of the values.

    ahead: so many are made, or wait to be asked for, at once: that much is in memory.
    """
    jobs = deque[Job[R]]()
    for value in values:
        jobs.append(submit(does, value))
        if len(jobs) >= ahead:
            yield jobs.popleft().result()
    while jobs:
        yield jobs.popleft().result()


def _follow() -> None:
    """Live as long as the parent: not shorter, by the Ctrl-C that is meant for it, nor longer, if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
