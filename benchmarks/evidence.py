"""Evidence: what it costs to check an archive, to mend a torn file, and to have each record on disk."""

import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from archive import warc
from archive.exchange import Exchange
from archive.export import cdxj, lists
from archive.index import NAME as INDEX
from archive.index import Index
from archive.rebuild import rebuild
from benchmarks.measure import BIN, Cost, cost, in_turn, median, spread, table
from tests.archive.archives import CLOCK, answer, page, write_warc
from tests.site import Site, serve

MANY = 100_000
"""Articles in the largest file that is checked: about what a file holds before a run goes on in the next."""
PICTURE = 40_000
"""Bytes."""
TORN = 200 << 20
"""Bytes of the file that is mended."""
CRAWLED = 2000
"""Articles of a crawl."""
ROUNDS = 3
Rivals = dict[str, list[str | Path]]
"""Commands by the name that stands in the table."""
NOISE = random.Random(7)


def articles(number: int) -> Iterator[Exchange]:
    """Yield the page of each article."""
    for article in Site(clones=number).articles[:number]:
        yield page(article)


def with_pictures(number: int) -> Iterator[Exchange]:
    """Yield each page with the picture that a crawl fetches."""
    for at, exchange in enumerate(articles(number)):
        yield exchange
        url = f"https://s.rfi.fr/media/display/{at:08x}-0000-0000-0000-000000000000/w:1280/p:16x9/a.jpg"
        yield answer(url, NOISE.randbytes(PICTURE), 200, "image/jpeg")


def archive(root: Path, exchanges: Iterable[Exchange]) -> Path:
    """Make an archive of one file."""
    write_warc(root, exchanges)
    assert not rebuild(root, CLOCK(), lambda _: None).problems
    with closing(Index(root / INDEX)) as index:
        lists.write(root, index)
        cdxj.write(root, index)
    return root


def verify(scratch: Path) -> Iterator[str]:
    """Check WARC files by themselves, and then whole archives: there every article file is made again, too."""
    for name, exchanges in {"articles": articles(MANY), "articles with pictures": with_pictures(MANY // 5)}.items():
        (file,) = warc.sealed(write_warc(scratch / "file", exchanges) / "warc")
        ours: Rivals = {"rfi-archive verify FILE": [BIN / "rfi-archive", "verify", file]}
        yield f"### One file of {name}\n\n{_compared(file, ours)}\n"
        shutil.rmtree(scratch / "file")
    root = archive(scratch / "archive", with_pictures(MANY // 10))
    (file,) = warc.sealed(root / "warc")
    ours = {"rfi-archive verify": [BIN / "rfi-archive", "verify", "--archive", root]}
    yield f"### An archive of articles with pictures\n\n{_compared(file, ours)}\n"


def _compared(file: Path, ours: Rivals) -> str:
    """Return a table of what checking a file costs its readers and us."""
    rivals: Rivals = {
        "warcio check": [BIN / "warcio", "check", file],
        "fastwarc check -p": [BIN / "fastwarc", "check", "-p", "-q", file],
        "gzip -t": ["gzip", "-t", file],
    }
    records = sum(1 for _ in warc.walk(file))
    costs = in_turn(rivals | ours, ROUNDS)
    first = median(costs["warcio check"]).wall
    heads = f"{records:,} records, {file.stat().st_size:,} bytes", "records/s", "times warcio", "seconds (least-most)"
    return table(heads, [_row(name, records, some, first) for name, some in costs.items()])


def _row(name: str, records: int, costs: list[Cost], first: float) -> list[object]:
    middle = median(costs)
    speed, times = f"{records / middle.wall:,.0f}", f"{first / middle.wall:.2f}"
    return [name, speed, times, f"{middle.wall:.2f} ({spread(costs)})"]


def repair(scratch: Path) -> Iterator[str]:
    """Mend a large file whose last record is torn."""
    made = write_warc(scratch / "torn", _enough())
    (path,) = warc.sealed(made / "warc")
    size = path.stat().st_size - 1000
    code = (
        "import sys, pathlib, datetime; from archive.mend import mend;"
        " assert mend(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC))"
    )
    costs = []
    for _ in range(ROUNDS):
        left = path.with_name(path.name + warc.OPEN)
        shutil.copy(path, left)
        with left.open("r+b") as file:
            file.truncate(size)
        costs.append(cost([sys.executable, "-c", code, left]))
        left.unlink()
    middle = median(costs)
    per = middle.cpu / (size / (100 << 20))
    heads = "bytes", "seconds (least-most)", "CPU s", "CPU s for 100 MB"
    row = f"{size:,}", f"{middle.wall:.2f} ({spread(costs)})", f"{middle.cpu:.2f}", f"{per:.2f}"
    yield table(heads, [row]) + "\n"
    shutil.rmtree(made)


def _enough() -> Iterator[Exchange]:
    """Yield pages and pictures until they fill the file that is to be torn."""
    left = TORN
    while left > 0:
        for exchange in with_pictures(10_000):
            yield exchange
            left -= len(exchange.body) + 1000
            if left < 0:
                return


def fsync(scratch: Path) -> Iterator[str]:
    """Crawl with all that makes records last, and with fsync made to do nothing (eatmydata)."""
    if not shutil.which("eatmydata"):
        raise SystemExit("benchmarks: eatmydata is not installed: apt-get install eatmydata")
    site = Site(clones=CRAWLED)
    asked = scratch / "urls"
    asked.write_text("\n".join(article.url for article in site.articles[:CRAWLED] if article.edition == "cn"))
    with serve(site) as running:
        proxies = [f"{name}={value}" for name, value in running.env().items()]
        costs: dict[str, list[Cost]] = {"with fsync": [], "without": []}
        for number in range(ROUNDS):
            for name, before in (("with fsync", []), ("without", ["eatmydata"])):
                root = scratch / f"{name}-{number}".replace(" ", "-")
                costs[name].append(cost(["env", *proxies, *before, *_crawl(root, asked)]))
                shutil.rmtree(root)
    with_, without = (median(some) for some in costs.values())
    rows = [[name, f"{median(c).wall:.2f} ({spread(c)})", f"{median(c).cpu:.2f}"] for name, c in costs.items()]
    yield table(("a crawl", "seconds (least-most)", "CPU s"), rows) + "\n"
    yield f"Ratio: {with_.wall / without.wall:.2f} of the time, {with_.cpu / without.cpu:.2f} of the CPU.\n\n"


def _crawl(root: Path, asked: Path) -> list[str | Path]:
    settings = f"ARCHIVE_DIR={root} DOWNLOAD_DELAY=0 AUTOTHROTTLE_ENABLED=0 LOG_LEVEL=WARNING CONTACT=a@example.org"
    words = [word for setting in settings.split() for word in ("-s", setting)]
    return [BIN / "scrapy", "crawl", "rfi_cn", "-a", f"urls={asked}", *words]
