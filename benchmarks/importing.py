"""Importing: what it takes to import the article files of an older archiver, beside copying them."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import OURS, Cost, cost, median, spread, table
from tests.archive.dialects import lay, old, olds
from tests.crawler.meter import crawled
from tests.site import serve

SIZES = (2_000, 20_000)
"""Files."""
ONE_CORE = ("taskset", "-c", "0")


def importing(scratch: Path, sizes: tuple[int, ...] = SIZES, rounds: int = 3) -> Iterator[str]:
    """Import files of every dialect on one core, in turn with `cp -r`; then crawl a site beside what was imported."""
    rows = []
    for size in sizes:
        folder = lay(scratch / f"old-{size}", olds(size))
        costs: dict[str, list[Cost]] = {"cp -r": [], "import": [], "import, once more": []}
        for number in range(rounds):
            costs["cp -r"].append(cost([*ONE_CORE, "cp", "-r", folder, scratch / f"copy-{size}-{number}"]))
            again = [*ONE_CORE, *OURS, "import", folder, "--archive", scratch / f"archive-{size}-{number}"]
            costs["import"].append(cost(again))
            costs["import, once more"].append(cost(again))
        first = median(costs["cp -r"]).wall
        rows += [_row(name, size, some, first) for name, some in costs.items()]
    heads = "", "files", "files/s", "times cp -r", "seconds (least-most)", "CPU s", "peak memory, bytes"
    yield table(heads, rows) + "\n"
    yield _crawls(scratch, sizes[-1])


def _row(name: str, size: int, costs: list[Cost], first: float) -> list[object]:
    middle = median(costs)
    shown = f"{middle.wall:.2f} ({spread(costs)})", f"{middle.cpu:.2f}", f"{middle.peak:,.0f}"
    return [name, f"{size:,}", f"{size / middle.wall:,.0f}", f"{middle.wall / first:.1f}", *shown]


def _crawls(scratch: Path, size: int) -> str:
    """Say what a crawl asks for when the largest of these archives stands beside it, and all of its articles too."""
    with serve() as site:
        root = scratch / f"archive-{size}"
        stories = enumerate(site.site.articles)
        lay(scratch / "own", [old(number, story.title, story.url) for number, story in stories])
        cost([*OURS, "import", scratch / "own", "--archive", root])
        used = crawled(root, site)
    return f"A crawl that finds all of the site imported: {used.requests} requests, {used.pages} for articles.\n\n"
