"""Importing: what it takes to import the article files of an older archiver, beside copying them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, cost, median, spread, table
from tests.archive.dialects import lay, old, olds
from tests.crawler.meter import WATCH, crawled
from tests.site import serve

SIZES = (2_000, 20_000)
"""Files."""
ROUNDS = 5
ONE_CORE = ("taskset", "-c", "0")


def importing(scratch: Path) -> Iterator[str]:
    """Import files of every dialect on one core, in turn with `cp -r`; then crawl a site beside what was imported."""
    rows = []
    for size in SIZES:
        folder, root = lay(scratch / f"old-{size}", olds(size)), scratch / f"archive-{size}"
        again: list[str | Path] = [*ONE_CORE, sys.executable, "-m", "archive.cli", "import", folder, "--archive", root]
        costs: dict[str, list[Cost]] = {"cp -r": [], "import": [], "import, once more": []}
        for _ in range(ROUNDS):
            copy = scratch / "copy"
            costs["cp -r"].append(cost([*ONE_CORE, "cp", "-r", folder, copy]))
            shutil.rmtree(copy)
            shutil.rmtree(root, ignore_errors=True)
            costs["import"].append(cost(again))
            costs["import, once more"].append(cost(again))
        shutil.rmtree(root)
        first = median(costs["cp -r"]).wall
        peak = _peak([sys.executable, "-m", "archive.cli", "import", folder, "--archive", root])
        rows += [_row(name, size, some, first, peak) for name, some in costs.items()]
    heads = "", "files", "files/s", "times cp -r", "seconds (least-most)", "CPU s", "peak memory, bytes"
    yield table(heads, rows) + "\n"
    yield _crawls(scratch)


def _row(name: str, size: int, costs: list[Cost], first: float, peak: int) -> list[object]:
    middle = median(costs)
    shown = f"{middle.wall:.2f} ({spread(costs)})", f"{middle.cpu:.2f}", f"{peak:,}" if name == "import" else "-"
    return [name, f"{size:,}", f"{size / middle.wall:,.0f}", f"{middle.wall / first:.1f}", *shown]


def _peak(command: list[str | Path]) -> int:
    """Return the bytes of memory that a command takes at its most."""
    watch = [sys.executable, "-c", WATCH, *map(str, command)]
    done = subprocess.run(watch, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[1])


def _crawls(scratch: Path) -> str:
    """Say what a crawl asks for when the largest of these archives stands beside it, and all of its articles too."""
    with serve() as site:
        root = scratch / f"archive-{SIZES[-1]}"
        stories = enumerate(site.site.articles)
        lay(scratch / "own", [old(number, story.title, story.url) for number, story in stories])
        cost([sys.executable, "-m", "archive.cli", "import", scratch / "own", "--archive", root])
        used = crawled(root, site)
    return f"A crawl that finds all of the site imported: {used.requests} requests, {used.pages} for articles.\n\n"
