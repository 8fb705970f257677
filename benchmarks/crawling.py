"""Crawling: what it costs to fetch and keep every page of a site, beside its peers; and what memory that takes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks import claims
from benchmarks.measure import ROOT, Cost, cost, median, ratio, table
from benchmarks.rivals import OWN, REFERENCE, RIVALS, Rival
from benchmarks.web import Web, served

MIB = 1 << 20
HEADS = (
    "",
    "pages/s",
    "ratio (least-most)",
    "CPU ms a page",
    "CPU ratio (least-most)",
    "peak MiB",
    "all its processes, MiB",
    "kB a page: kept",
    "written",
    "what it writes",
)


def crawl(scratch: Path, pages: int = 2000, rounds: int = 5, *, peers: bool = True) -> Iterator[str]:
    """Fetch all pages of a site through TLS, 16 at once (wget: one), politeness off; ratios are to plain Scrapy.

    Each round runs all of them, the ratios are of the same round, and CPU ratios are of plain Scrapy's milliseconds
    to theirs.  What each wrote is checked after each run: every page's bytes in the WARC files by warcio, digests, and
    the texts of ours byte for byte.
    """
    rivals = {name: rival for name, rival in RIVALS.items() if peers or not rival.needs}
    for name, rival in rivals.items():
        if rival.needs and not rival.needs.exists():
            raise SystemExit(f"benchmarks: {name}: no {rival.needs}: make bench-env peers-env")
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    kept: dict[str, int] = {}
    with served(scratch / "site", pages) as web:
        for _ in range(rounds):
            for name, rival in rivals.items():
                used, kept[name] = _run(web, rival, scratch / "out")
                costs[name].append(used)
    first = costs[REFERENCE]
    yield table(HEADS, [_row(name, costs[name], first, kept[name], pages) for name in rivals]) + "\n"


def _run(web: Web, rival: Rival, out: Path) -> tuple[Cost, int]:
    """Let one fetch all pages into a folder, check what it wrote, and take that away; return cost and bytes kept."""
    out.mkdir()
    for name, text in rival.files.items():
        (out / name).write_text(text, "utf-8")
    environment = {**web.environment, **rival.environment}
    used = cost(rival.command(web, out), env=environment, cwd=ROOT if rival.here else out)
    rival.check(web, out)
    kept = claims.weighed(out)
    shutil.rmtree(out)
    return used, kept


def _row(name: str, costs: list[Cost], first: list[Cost], kept: int, pages: int) -> list[object]:
    middle = median(costs)
    return [
        name,
        f"{pages / middle.wall:,.0f}",
        ratio([c.wall for c in costs], [c.wall for c in first]),
        f"{1000 * middle.cpu / pages:.2f}",
        ratio([c.cpu for c in costs], [c.cpu for c in first]),
        f"{middle.peak / MIB:.0f}",
        f"{middle.tree / MIB:.0f}",
        f"{kept / pages / 1000:.1f}",
        f"{middle.written / pages / 1000:.1f}",
        RIVALS[name].writes,
    ]


def memory(scratch: Path, few: int = 2000, many: int = 50_000) -> Iterator[str]:
    """Crawl two sites, one of them many times as large; memory should not tell which."""
    used = {}
    for pages in (few, many):
        with served(scratch / "site", pages) as web:
            out = scratch / "out"
            used[pages] = cost(RIVALS[OWN].command(web, out), env=web.environment)
            claims.articles(web.pages, out)
        for made in (out, scratch / "site"):
            shutil.rmtree(made)
    heads = "", *(f"{pages:,} pages" for pages in used), "ratio"
    figures = {"peak memory, MiB": "peak", "CPU ms a page": "cpu", "seconds": "wall"}
    rows = []
    for name, figure in figures.items():
        by = {"peak": MIB, "cpu": 0.001, "wall": 1}[figure]
        shown = [getattr(c, figure) / by / (pages if figure == "cpu" else 1) for pages, c in used.items()]
        rows.append([name, *(f"{value:,.1f}" for value in shown), f"{shown[1] / shown[0]:.2f}"])
    yield table(heads, rows) + "\n"
