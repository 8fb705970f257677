"""Hypothesis: no deadline, since machines stall; in CI the same draws in every run.  Ctrl-C is heard.  Who goes first."""

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ours", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "ours")

# A shell ignores Ctrl-C for what it starts in the background, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Real articles and the stand-in of the live site lie beside the checkout, where there are any.
collect_ignore = (
    [] if (Path(__file__).parents[2] / "shared").is_dir() else ["archive/test_corpus.py", "crawler/test_replica.py"]
)

LONGEST = "torture", "cluster", "browser", "crawler"
"""Rooms whose files take long, each one process's at a time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files without a slow test go first; then rooms whose files take longest, so that none of them ends a run alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (item.path in slow, rank.get(item.path.parent.name, len(rank))))


def pytest_collection_finish() -> None:
    """What was imported stays: nobody looks through all of it for garbage again and again, and no fork copies it."""
    gc.freeze()
