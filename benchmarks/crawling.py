"""Crawling: what it costs to fetch and keep every page of a site, beside its peers; and what memory that takes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import claims
from benchmarks.measure import ROOT, Cost, cost, median, ratio, table, walls
from benchmarks.rivals import OWN, REFERENCE, RIVALS, Rival
from benchmarks.web import Web, served

MIB = 1 << 20
HEADS = (
    "",
    "pages/s",
    f"times {REFERENCE} (least-most)",
    f"{OWN} is so many times as fast (least-most)",
    "CPU ms a page",
    f"CPU: times {REFERENCE} (least-most)",
    "peak MiB",
    "all its processes, MiB",
    "kB a page kept",
    "kB a page written",
    "what it writes",
)


def crawl(scratch: Path, pages: int = 2000, rounds: int = 4, *, peers: bool = True) -> Iterator[str]:
    """Fetch all pages of a site, 16 at once (wget: one), politeness off, all through the same TLS and the same relay.

    Each round runs all of them; ratios are of the same round, and more than 1 is better, of seconds and of CPU.
    What each wrote is checked after each run: every page's bytes in the WARC files by warcio, digests where it has
    them, and the article files of ours byte for byte.  Start-up counts.
    """
    rivals = {name: rival for name, rival in RIVALS.items() if peers or not rival.needs}
    for name, rival in rivals.items():
        if rival.needs and not rival.needs.exists():
            raise SystemExit(f"benchmarks: {name}: no {rival.needs}: make bench-env peers-env")
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    kept: dict[str, int] = {}
    with served(scratch / "site", pages) as web:
        for number in range(rounds):
            for name, rival in rivals.items():
                used, kept[name] = _run(web, rival, scratch / f"{name}, {number}")
                costs[name].append(used)
    yield table(HEADS, [_row(name, costs, kept[name], pages) for name in rivals]) + "\n"


def _run(web: Web, rival: Rival, out: Path) -> tuple[Cost, int]:
    """Let one fetch all pages into a folder, and check what it wrote; return cost and bytes kept."""
    out.mkdir()
    for name, text in rival.files.items():
        (out / name).write_text(text, "utf-8")
    environment = {**web.environment, **rival.environment}
    used = cost(rival.command(web, out), env=environment, cwd=ROOT if rival.here else out)
    rival.check(web, out)
    return used, claims.weighed(out)


def _row(name: str, all_costs: Mapping[str, list[Cost]], kept: int, pages: int) -> list[object]:
    costs, first, own = (all_costs[one] for one in (name, REFERENCE, OWN))
    middle = median(costs)
    return [
        name,
        f"{pages / middle.wall:,.0f}",
        ratio(walls(costs), walls(first)),
        ratio(walls(own), walls(costs)),
        f"{1000 * middle.cpu / pages:.2f}",
        ratio([c.cpu for c in costs], [c.cpu for c in first]),
        f"{middle.peak / MIB:.0f}",
        f"{middle.tree / MIB:.0f}",
        f"{kept / pages / 1000:.1f}",
        f"{middle.written / pages / 1000:.1f}",
        RIVALS[name].writes,
    ]


def memory(scratch: Path, few: int = 2000, many: int = 50_000) -> Iterator[str]:
    """Crawl two sites, one of them many times as large: does memory tell which?

    Of the large one's pages a thousand are written whole; the others have the same words, but other bytes and URLs.
    """
    used = {}
    for pages in (few, many):
        with served(scratch / f"site of {pages}", pages) as web:
            out = scratch / f"archive of {pages}"
            used[pages] = cost(RIVALS[OWN].command(web, out), env=web.environment)
            claims.articles(web.pages, out)
    figures = {
        "peak memory, MiB": [c.peak / MIB for c in used.values()],
        "CPU ms a page": [1000 * c.cpu / pages for pages, c in used.items()],
        "pages/s": [pages / c.wall for pages, c in used.items()],
    }
    heads = "", *(f"{pages:,} pages" for pages in used), "ratio"
    rows = [(name, f"{few_:,.1f}", f"{many_:,.1f}", f"{many_ / few_:.2f}") for name, (few_, many_) in figures.items()]
    yield table(heads, rows) + "\n"
