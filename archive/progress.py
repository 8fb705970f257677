"""Progress of long work: a bar on a terminal, a plain line now and then in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size

from tqdm import tqdm

EVERY = 30
"""Seconds between two lines in a log."""


@contextmanager
def bytes_of(total: int, what: str, every: float = EVERY) -> Iterator[Callable[[int], object]]:
    """Give a function that is told how many bytes more are done; writes to stderr only.

    every: seconds between two lines where stderr is no terminal.
    """
    if sys.stderr and sys.stderr.isatty():
        columns = get_terminal_size().columns  # those of a page where a terminal does not tell
        with tqdm(
            total=total, desc=what, unit="B", unit_scale=True, unit_divisor=1024, leave=False, ncols=columns
        ) as bar:
            yield bar.update
        return
    done, last = 0, time.monotonic()

    def tell(more: int) -> None:
        nonlocal done, last
        done += more
        if sys.stderr and time.monotonic() - last >= every:
            last = time.monotonic()
            print(f"{what}: {done:,} of {total:,} bytes", file=sys.stderr, flush=True)

    yield tell
