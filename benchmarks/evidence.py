"""Evidence: what it costs to check an archive, to make it again, to mend a torn file, to have records on disk."""

import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive import warc
from archive.exchange import Exchange
from benchmarks import claims
from benchmarks.measure import BIN, OURS, ROOT, Command, Cost, Wrong, cost, in_turn, median, ratio, spread, table, walls
from benchmarks.pages import Page, pages
from benchmarks.rivals import OWN, RIVALS
from benchmarks.web import served
from tests.archive.archives import CLOCK, write_warc

MIB = 1 << 20
FASTEST = "fastwarc check -p"
"""Of the readers of others that find damage."""
OWN_CHECK = "rfi-archive verify"
SMALL = 20
"""Pages of a file that is damaged."""
TAIL = 1000
"""Bytes that a torn file lacks."""
MEND = (
    "import sys, pathlib, datetime; from archive.warcs.mend import mend;"
    " assert mend(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC))"
)


def exchanges(many: int, known: list[Page]) -> Iterator[Exchange]:
    """Yield the answers that hold our pages, as they cross the wire; note the pages."""
    for page, packed in pages(many):
        known.append(page)
        CLOCK.wait(seconds=1)
        path = page.url.removeprefix("https://www.rfi.fr")
        head = (
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {len(packed)}\r\nConnection: keep-alive\r\n\r\n"
        )
        yield Exchange(
            url=page.url,
            date=CLOCK().replace(microsecond=0),
            request=f"GET {path} HTTP/1.1\r\nHost: www.rfi.fr\r\nAccept-Encoding: gzip\r\n\r\n".encode(),
            head=head.encode(),
            body=packed,
            ip="127.0.0.1",
            protocols=("http/1.1", "tls/1.3"),
            truncated=None,
        )


def verify(scratch: Path, sizes: tuple[int, ...] = (2000, 8000), rounds: int = 3, damages: int = 10) -> Iterator[str]:
    """Check archives of crawled pages, bodies as they came over the wire; then make index, articles and lists again.

    `verify FILE` looks at the records by themselves, `verify` also makes every article file again and compares.
    A damaged file is one of 20 pages with one bit turned, whose readers should say that something is wrong.
    After each rebuild every article file is held against what must come of its page.
    """
    rows = []
    for size in sizes:
        root, known = scratch / str(size), list[Page]()
        write_warc(root, exchanges(size, known))
        rows.append(_rebuilt(root, known, rounds))
        if size == sizes[-1]:
            (file,) = warc.sealed(root / "warc")
            yield _checked(root, file, 2 * size + 1, rounds, _found(scratch / "torn", damages)) + "\n"
    heads = "rebuild", "articles/s", "seconds (least-most)", "CPU ms an article", "peak MiB", "all its processes, MiB"
    yield table(heads, rows) + "\n"


def _rebuilt(root: Path, known: list[Page], rounds: int) -> list[object]:
    """Make all of an archive again from its WARC file, some times; return a row of the table."""
    costs = []
    for number in range(rounds):
        aside = root.with_name(f"{root.name}-{number}")
        aside.mkdir()
        for path in [path for path in root.iterdir() if path.name != "warc"]:
            path.rename(aside / path.name)
        costs.append(cost([*OURS, "rebuild", "--archive", root]))
        claims.articles(known, root)
    middle, many = median(costs), len(known)
    shown = f"{many / middle.wall:,.0f}", f"{middle.wall:.2f} ({spread(costs)})", f"{1000 * middle.cpu / many:.2f}"
    return [f"{many:,} articles", *shown, f"{middle.peak / MIB:.0f}", f"{middle.tree / MIB:.0f}"]


def _checked(root: Path, file: Path, records: int, rounds: int, found: Mapping[str, str]) -> str:
    """Return a table of what checking a file, and the archive that it is all of, costs its readers and us."""
    costs = in_turn(_readers(root, file), rounds)

    def row(name: str, some: list[Cost]) -> list[object]:
        middle, times = median(some), ratio(walls(some), walls(costs[FASTEST]))
        shown = f"{records / middle.wall:,.0f}", times, f"{middle.wall:.2f} ({spread(some)})", f"{middle.cpu:.2f}"
        return [name, *shown, f"{middle.peak / MIB:.0f}", f"{middle.tree / MIB:.0f}", found[name]]

    what = f"{records:,} records, {file.stat().st_size:,} bytes"
    heads = "records/s", f"times {FASTEST}", "seconds (least-most)", "CPU s", "peak MiB", "all its processes, MiB"
    return table((what, *heads, "damaged files found"), [row(name, some) for name, some in costs.items()])


def _readers(root: Path, file: Path) -> dict[str, Command]:
    """Return the commands that check a WARC file; the last one, all of its archive."""
    return {
        "warcio check": [BIN / "warcio", "check", file],
        FASTEST: [BIN / "fastwarc", "check", "-p", "-q", file],
        "gzip -t": ["gzip", "-t", file],
        "rfi-archive verify FILE": [*OURS, "verify", file],
        OWN_CHECK: [*OURS, "verify", "--archive", root],
    }


def _found(root: Path, damages: int) -> dict[str, str]:
    """Turn one bit of a small archive's WARC file, some times; return how many such files each reader finds."""
    write_warc(root, exchanges(SMALL, []))
    cost([*OURS, "rebuild", "--archive", root])
    (file,) = warc.sealed(root / "warc")
    whole, chance, found = file.read_bytes(), random.Random(5), Counter[str]()
    for _ in range(damages):
        torn = bytearray(whole)
        torn[chance.randrange(len(torn))] ^= 1 << chance.randrange(8)
        file.write_bytes(torn)
        for name, command in _readers(root, file).items():
            words = [str(word) for word in command]
            found[name] += bool(subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode)
    if found[OWN_CHECK] != damages:
        raise Wrong(f"verify found {found[OWN_CHECK]} of {damages} damaged files")
    return {name: f"{found[name]} of {damages}" for name in _readers(root, file)}


def repair(scratch: Path, size: int = 200 << 20, rounds: int = 3) -> Iterator[str]:
    """Mend a large file whose last record is torn."""
    root = write_warc(scratch / "torn", exchanges(size // 28_000, []))
    (path,) = warc.sealed(root / "warc")
    torn = path.stat().st_size - TAIL
    costs = []
    for _ in range(rounds):
        left = path.with_name(path.name + warc.OPEN)
        shutil.copy(path, left)
        with left.open("r+b") as file:
            file.truncate(torn)
        costs.append(cost([sys.executable, "-c", MEND, left]))
        left.unlink()
    middle = median(costs)
    heads = "bytes", "seconds (least-most)", "CPU s", "CPU s for 100 MB"
    per = middle.cpu / (torn / (100 << 20))
    row = f"{torn:,}", f"{middle.wall:.2f} ({spread(costs)})", f"{middle.cpu:.2f}", f"{per:.2f}"
    yield table(heads, [row]) + "\n"


def fsync(scratch: Path, many: int = 1000, rounds: int = 3) -> Iterator[str]:
    """Crawl with all that makes records last, and with fsync made to do nothing (eatmydata)."""
    if not shutil.which("eatmydata"):
        raise SystemExit("benchmarks: eatmydata is not installed: apt-get install eatmydata")
    costs: dict[str, list[Cost]] = {"with fsync": [], "without": []}
    with served(scratch / "site", many) as web:
        for number in range(rounds):
            for name, before in (("with fsync", []), ("without", ["eatmydata"])):
                root = scratch / f"{name}, {number}"
                costs[name].append(cost([*before, *RIVALS[OWN].command(web, root)], env=web.environment))
                claims.articles(web.pages, root)
    with_, without = (median(some) for some in costs.values())
    rows = [[name, f"{median(c).wall:.2f} ({spread(c)})", f"{median(c).cpu:.2f}"] for name, c in costs.items()]
    yield table((f"a crawl of {many:,} pages", "seconds (least-most)", "CPU s"), rows) + "\n"
    yield f"Ratio: {with_.wall / without.wall:.2f} of the time, {with_.cpu / without.cpu:.2f} of the CPU.\n\n"
