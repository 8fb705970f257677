"""Telling: results go to stdout, for people or as JSON for programs; all else goes to stderr."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

WELL, WRONG, USAGE = 0, 1, 2
"""Exit codes of a verb; an error brings its own."""


def say(line: str) -> None:
    """Tell people; not programs, which read stdout."""
    if sys.stderr:  # closed, it is None, and print would take stdout instead
        print(line, file=sys.stderr)


def last(line: str) -> None:
    """Tell people the last line of a process, if any of them is left to hear it."""
    with suppress(OSError):
        say(line)
    hang_up()


def hang_up() -> None:
    """Drop what nobody takes any more, as of a terminal that is closed.

    Python would try again at its exit, fail again, and have 120 for its exit code.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def coloured() -> bool:
    """Tell whether stdout is a terminal that shows colours, and nobody has said that they want none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(value: Any, lines: Callable[[Any], list[str]], *, as_json: bool) -> None:
    """Print a result whole."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(value)))


def show_next(value: Any, line: str, *, as_json: bool) -> None:
    """Print one of many results, as soon as it is there: a line each."""
    print(json.dumps(value, ensure_ascii=False) if as_json else line, flush=True)
