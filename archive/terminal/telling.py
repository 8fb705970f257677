"""Telling: results go to stdout, for people or as JSON for programs; all else goes to stderr."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

WELL, WRONG, USAGE = 0, 1, 2
"""Exit codes of a verb; an error brings its own."""


def say(line: str) -> None:
    """Tell people; not programs, which read stdout."""
    if sys.stderr:  # closed, it is None, and print would take stdout instead
        print(line, file=sys.stderr)


def coloured() -> bool:
    """Tell whether stdout is a terminal that shows colours, and nobody has said that they want none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(value: Any, lines: Callable[[Any], list[str]], *, as_json: bool) -> None:
    """Print a result whole."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(value)))


def show_next(value: Any, line: str, *, as_json: bool) -> None:
    """Print one of many results, as soon as it is there: a line each."""
    print(json.dumps(value, ensure_ascii=False) if as_json else line, flush=True)
