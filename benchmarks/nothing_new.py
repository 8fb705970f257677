"""Nothing new: what a cron run costs that finds nothing, in a small archive and in a large one."""

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import table
from tests.archive import big
from tests.crawler.meter import Used, crawled
from tests.site import serve

SIZES = (100, 1_000_000)
"""URLs."""
ROUNDS = 9
FIGURES = {
    "CPU s (least-most)": "cpu",
    "peak memory, bytes": "peak",
    "requests": "requests",
    "bytes on the wire": "wire",
}
"""What is shown: fields of Used."""


def nothing_new(scratch: Path) -> Iterator[str]:
    """Crawl a site that answers "304 Not Modified"; a twentieth of the URLs in the index is given up."""
    costs: dict[str, list[Used]] = {f"{size:,} URLs": [] for size in SIZES}
    with serve() as site:
        first = scratch / "first"
        crawled(first, site)
        roots = [
            big.grow(Path(shutil.copytree(first, scratch / name)), size)
            for name, size in zip(costs, SIZES, strict=True)
        ]
        for number in range(ROUNDS + 1):
            for root, used in zip(roots, costs.values(), strict=True):
                cost = crawled(root, site)
                if number:  # the first one makes up for what `grow` left out
                    used.append(cost)
    assert not any(cost.pages for used in costs.values() for cost in used)
    yield (
        table(("", *costs, "ratio"), [_row(name, figure, [*costs.values()]) for name, figure in FIGURES.items()]) + "\n"
    )


def _row(name: str, figure: str, costs: list[list[Used]]) -> list[object]:
    """Return a line of the table: the median of a figure in each archive, and what it grows by."""
    figures = [[getattr(cost, figure) for cost in used] for used in costs]
    few, many = map(statistics.median, figures)
    digits = ",.2f" if figure == "cpu" else ",.0f"
    shown = [
        f"{middle:{digits}} ({min(some):{digits}}-{max(some):{digits}})"
        for middle, some in zip((few, many), figures, strict=True)
    ]
    return [name, *shown, f"{many / few:.2f}"]
