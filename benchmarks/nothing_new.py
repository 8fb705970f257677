"""Nothing new: what a cron run costs that finds nothing, in archives small and large, beside an empty spider."""

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, cost, ratio, table
from tests.archive import big
from tests.crawler.crawling import command, environment
from tests.crawler.meter import crawled, metered
from tests.site import Running, serve

EMPTY = "scrapy crawl, empty spider"
MIB = 1 << 20
SPIDER = """import scrapy


class Empty(scrapy.Spider):
    name = "empty"
"""
PROJECT = {
    "scrapy.cfg": "[settings]\ndefault = empty.settings\n",
    "empty/__init__.py": "",
    "empty/settings.py": 'BOT_NAME = "empty"\nSPIDER_MODULES = ["empty.spiders"]\nLOG_LEVEL = "INFO"\n',
    "empty/spiders/__init__.py": "",
    "empty/spiders/empty.py": SPIDER,
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run."""

    used: Cost
    requests: int = 0
    """Requests that the site saw."""
    wire: int = 0
    """Bytes that crossed the wire, both ways."""


FIGURES: dict[str, Callable[[Run], float]] = {
    "CPU s": lambda run: run.used.cpu,
    "seconds": lambda run: run.used.wall,
    "peak memory, MiB": lambda run: run.used.peak / MIB,
    "requests": lambda run: run.requests,
    "bytes on the wire": lambda run: run.wire,
}


def nothing_new(scratch: Path, sizes: tuple[int, ...] = (100, 1_000_000), rounds: int = 9) -> Iterator[str]:
    """Crawl a site that answers "304 Not Modified"; a twentieth of the URLs in the index is given up.

    Beside it Scrapy's own command with a spider that asks for nothing; ratios are to that, of the same round.
    """
    runs: dict[str, list[Run]] = {EMPTY: []}
    project = _project(scratch / "empty")
    with serve() as site:
        first = scratch / "first"
        crawled(first, site)
        roots = {f"{size:,} URLs": big.grow(Path(shutil.copytree(first, scratch / str(size))), size) for size in sizes}
        for number in range(rounds + 1):
            bare = cost([sys.executable, "-m", "scrapy", "crawl", "empty"], env=environment(None), cwd=project)
            done = {EMPTY: Run(bare), **{name: _ours(root, site) for name, root in roots.items()}}
            if number:  # the first one makes up for what `grow` left out
                for name, run in done.items():
                    runs.setdefault(name, []).append(run)
    yield table(("", *runs, *(f"ratio, {name}" for name in roots)), [_row(name, runs) for name in FIGURES]) + "\n"


def _project(folder: Path) -> Path:
    """Make what `scrapy crawl` needs, and no more."""
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "ascii")
    return folder


def _ours(root: Path, site: Running) -> Run:
    """Crawl as cron does; nothing may be new."""
    with metered(site) as meter:
        before, proxy = len(site.log), f"http://127.0.0.1:{meter.port}"
        env = environment(site) | {"http_proxy": proxy, "https_proxy": proxy}
        used = cost(command(root, "rfi_cn", {}, {}), env=env)
        asked = [entry.url for entry in site.log[before:]]
    assert not {article.url for article in site.site.articles}.intersection(asked)
    return Run(used, len(asked), meter.passed)


def _row(name: str, runs: dict[str, list[Run]]) -> list[object]:
    """Return a line of the table: median, least and most of a figure in each kind of run, and the ratios."""
    figures = {kind: [FIGURES[name](run) for run in some] for kind, some in runs.items()}
    shown = [_shown(some, name) for some in figures.values()]
    bare = figures.pop(EMPTY)
    return [name, *shown, *(ratio(bare, some) if all(bare) else "-" for some in figures.values())]


def _shown(some: Sequence[float], name: str) -> str:
    form = ",.2f" if name in {"CPU s", "seconds"} else ",.1f" if "MiB" in name else ",.0f"
    return f"{statistics.median(some):{form}} ({min(some):{form}}-{max(some):{form}})"
