"""Reading: what the reader takes for a page of a large archive, and for fifty people at once."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from benchmarks.measure import table
from tests.archive import archives, big
from tests.archive.archives import CN
from tests.crawler.crawling import ROOT, environment

URLS = 444_500
"""Of which 200,000 are articles."""
ROUNDS, READERS, EACH = 200, 50, 20
PAGES = {
    "front page": "/",
    "older ones": f"/?before={10**17}",
    "sections": "/sections",
    "a section of all": f"/section/{quote('国际')}",
    "a day of 500": "/day/2022-03-01",
}


def reading(scratch: Path) -> Iterator[str]:
    """Read an archive of 200,000 articles through `rfi-archive serve`, over loopback, on connections that are kept."""
    root = big.grow(archives.crawl(scratch / "archive", [archives.page(article) for article in CN[:5]]), URLS)
    with _served(root) as (process, port):
        times = _alone(port)
        yield table(("page", "median ms", "95th percentile ms"), [_row(name, took) for name, took in times.items()])
        took, seconds = _at_once(port)
        rate = READERS * EACH / seconds
        yield (
            f"\n{READERS} readers at once, each with {EACH} pages of the first four kinds: {rate:,.0f} answers "
            f"a second, median {statistics.median(took) * 1000:.0f} ms; "
            f"the process held {_peak(process):,} kB at most.\n\n"
        )


@contextmanager
def _served(root: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    words = [sys.executable, "-m", "archive.cli", "serve", "--archive", str(root), "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, env=environment(None), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, urlsplit(process.stdout.readline().split(" ")[0]).port or 0
        finally:
            process.terminate()


def _alone(port: int) -> dict[str, list[float]]:
    """Return the seconds that each answer took, by page, asked in turn by one reader."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for number in range(ROUNDS + 8):
            for name, path in PAGES.items():
                took = _ask(connection, path)
                if number >= 8:  # noqa: PLR2004 - until every thread has its index open and its pages read
                    times[name].append(took)
    return times


def _at_once(port: int) -> tuple[list[float], float]:
    """Return the seconds that each answer took, asked by all readers at once, and those that all took."""

    def reader(first: int) -> list[float]:
        paths = [*PAGES.values()][:4]
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            return [_ask(connection, paths[(first + at) % len(paths)]) for at in range(EACH)]

    begun = time.perf_counter()
    with ThreadPoolExecutor(READERS) as pool:
        took = [one for some in pool.map(reader, range(READERS)) for one in some]
    return took, time.perf_counter() - begun


def _ask(connection: HTTPConnection, path: str) -> float:
    begun = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, path  # noqa: PLR2004
    return time.perf_counter() - begun


def _row(name: str, took: list[float]) -> list[object]:
    last = statistics.quantiles(took, n=20)[-1]
    return [name, f"{statistics.median(took) * 1000:.1f}", f"{last * 1000:.1f}"]


def _peak(process: "subprocess.Popen[str]") -> int:
    """Return the most memory that a process held, in kB."""
    told = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return int(told.split("VmHWM:")[1].split()[0])
