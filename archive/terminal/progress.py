"""Progress of long work: a bar on a terminal, a plain line now and then in a log."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from shutil import get_terminal_size
from typing import Any

EVERY = 30
"""Seconds between two lines in a log."""
GROWING = "{percentage:3.0f}%|{bar}| {desc}"
"""Make of a bar whose end moves as more is found."""


def on_terminal() -> bool:
    """Tell whether somebody looks on: stderr is a terminal."""
    return bool(sys.stderr and sys.stderr.isatty())


def say_beside(line: str) -> None:
    """Say a line on stderr, above the bar if there is one."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stderr)


@contextmanager
def growing() -> Iterator[Callable[[int, int, str], None]]:
    """Give a function that is told what is done, of how much, and what to say beside; for a terminal only."""
    from tqdm import tqdm

    columns, lines = get_terminal_size()  # those of a page where a terminal does not tell
    tqdm.monitor_interval = 0  # no thread of its own: whoever tells does so often
    with tqdm(total=0, bar_format=GROWING, leave=False, ncols=columns, nrows=lines) as bar:

        def tell(done: int, total: int, text: str) -> None:
            bar.n, bar.total = done, total
            bar.set_description_str(text)

        yield tell


def bytes_of(total: int, what: str, every: float = EVERY) -> AbstractContextManager[Callable[[int], object]]:
    """Give a function that is told how many bytes more are done; writes to stderr only.

    every: seconds between two lines where stderr is no terminal.
    """
    return _number_of(total, what, "bytes", {"unit": "B", "unit_scale": True, "unit_divisor": 1024}, every)


def items_of(total: int, what: str, unit: str, every: float = EVERY) -> AbstractContextManager[Callable[[int], object]]:
    """Give a function that is told how many more of `total` things are done; unit: what they are called."""
    return _number_of(total, what, unit, {"unit": f" {unit}"}, every)


@contextmanager
def _number_of(
    total: int, what: str, unit: str, looks: Mapping[str, Any], every: float
) -> Iterator[Callable[[int], object]]:
    """Give that function; looks: what a bar is told of its unit."""
    if on_terminal():
        from tqdm import tqdm

        columns, lines = get_terminal_size()  # as above
        make = partial(tqdm, leave=False, ncols=columns, nrows=lines)
        with make(total=total, desc=what, **looks) as bar:
            yield bar.update
        return
    done, last = 0, time.monotonic()

    def tell(more: int) -> None:
        nonlocal done, last
        done += more
        if sys.stderr and time.monotonic() - last >= every:
            last = time.monotonic()
            print(f"{what}: {done:,} of {total:,} {unit}", file=sys.stderr, flush=True)

    yield tell
