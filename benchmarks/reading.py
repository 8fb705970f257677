"""Reading: what the reader takes to answer, and its memory, with one reader and with many at once."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from archive.index import NAME as INDEX
from archive.index import Index
from benchmarks.library import Author
from benchmarks.measure import percentiles, table

ROUNDS, WARM = 200, 8
"""Times that one reader asks for each page, and times before, until every thread has its index open."""
AT_ONCE, EACH = 50, 20
"""Readers, and how many pages each asks for."""


def reading(root: Path, rounds: int = ROUNDS, each: int = EACH) -> Iterator[str]:
    """Ask the reader of an archive for pages: one reader, then many at once; yield tables."""
    pages = _pages(root)
    with _served(root) as (url, process):
        with httpx.Client(base_url=url, timeout=60) as client:
            pages = {name: path for name, path in pages.items() if client.get(path).status_code == httpx.codes.OK}
            alone: dict[str, list[float]] = {name: [] for name in pages}
            for _ in range(rounds + WARM):
                for name, path in pages.items():
                    alone[name].append(_took(client, path))
        quiet, start = _memory(process, "VmRSS"), time.perf_counter()
        together = asyncio.run(_readers(url, [*pages.values()], each))
        rate = len(together) / (time.perf_counter() - start)
        rows = [(name, percentiles(times[WARM:])) for name, times in alone.items()]
        rows += [(f"any of them, {AT_ONCE} readers at once", percentiles(together))]
        yield table(("a page", "milliseconds: p50, p95"), rows) + "\n"
        yield (
            f"Memory after one reader {quiet:,} bytes, at most {_memory(process, 'VmHWM'):,} "
            f"while {AT_ONCE} asked for {len(together)} pages, {rate:,.0f} a second.\n\n"
        )


def _pages(root: Path) -> dict[str, str]:
    """Return a path of each kind of page."""
    word = quote(next(word for word in Author().words[500:] if len(word) > 1))
    with closing(Index(root / INDEX)) as index:
        (card,) = index.newest_cards(limit=1)
        return {
            "the front page": "/",
            "an article": f"/article/{card.stem}",
            "older ones": f"/?before={card.number - 10**6}",
            "a day": f"/day/{card.day}",
            "sections": "/sections",
            "a section": f"/section/{quote(card.section)}",
            "a search": f"/search?q={word}",
        }


@contextmanager
def _served(root: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the reader as a user does; yield its address."""
    command = [sys.executable, "-m", "archive.cli", "serve", "--port", "0", "--json", "--archive", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        said = ""
        while not said.rstrip().endswith("}"):
            said += process.stdout.readline() or sys.exit("benchmarks: the reader did not start")
        try:
            yield json.loads(said)["url"], process
        finally:
            process.terminate()


def _took(client: httpx.Client, path: str) -> float:
    """Return the milliseconds that a page takes to come, whole."""
    start = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - start) * 1000


async def _readers(url: str, paths: Sequence[str], each: int) -> list[float]:
    """Let many ask at once, each for one page after the other; return the milliseconds of every answer."""

    async def one(number: int) -> list[float]:
        times = []
        async with httpx.AsyncClient(base_url=url, timeout=120) as client:
            for at in range(each):
                start = time.perf_counter()
                (await client.get(paths[(number + at) % len(paths)])).raise_for_status()
                times.append((time.perf_counter() - start) * 1000)
        return times

    return [took for times in await asyncio.gather(*map(one, range(AT_ONCE))) for took in times]


def _memory(process: subprocess.Popen[str], name: str) -> int:
    """Return a figure of a process's memory in bytes.  Source: proc(5), status."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    found = re.search(rf"^{name}:\s+([0-9]+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024
