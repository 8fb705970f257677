"""Extracting: what it costs to get an article out of a page that is in memory already."""

import json
import os
import pickle
import statistics
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ASIDE, ROOT, Wrong, ratio, table
from benchmarks.pages import Page, pages
from benchmarks.rivals import PEERS

OURS, REFERENCES = "rfi-archive", ("trafilatura", "BeautifulSoup (lxml)")


@dataclass(frozen=True, slots=True)
class Reader:
    """One way to read a page."""

    name: str
    """Of its function in `peers/extract.py`."""
    share: float
    """How many of all pages it reads: of those that take long, fewer."""
    gives: str
    """What it makes of a page, for people."""
    title: bool = True
    """Whether that holds the title."""
    text: bool = True
    """Whether it holds the article's text."""
    python: Path = ASIDE
    """The interpreter that has it."""


READERS = {
    OURS: Reader("ours", 1, "the text of the article file", python=Path(sys.executable)),
    "fundus": Reader("fundus", 0.5, "title, date, authors, text: a parser for this site"),
    "trafilatura": Reader("trafilatura", 0.15, "text", title=False),
    "BeautifulSoup (lxml)": Reader("soup", 0.15, "title, date, lead, body", python=Path(sys.executable)),
    "newspaper4k": Reader("newspaper", 0.04, "title, date, text"),
    "news-please": Reader("newsplease", 0.04, "title, date; of Chinese no text: it counts words by blanks", text=False),
}


def extract(scratch: Path, many: int = 1000, rounds: int = 3, *, peers: bool = True) -> Iterator[str]:
    """Read the same pages in memory, on one core; imports and the first ten pages are not counted.

    Every text is checked: it holds the title and where the longest paragraph begins, or the reader does not claim to.
    """
    known, given = _given(scratch, many)
    readers = {name: reader for name, reader in READERS.items() if peers or reader.python != ASIDE}
    took: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for name, reader in readers.items():
            took[name].append(_read(name, reader, given, known[: max(1, int(reader.share * many))]))
    heads = "", "pages/s", *(f"times {name} (least-most)" for name in REFERENCES if name in took), "what it gives"
    rows = []
    for name, reader in readers.items():
        times = [ratio(took[name], took[other]) for other in REFERENCES if other in took]
        rows.append([name, f"{1 / statistics.median(took[name]):,.0f}", *times, reader.gives])
    yield table(heads, rows) + "\n"


def _given(scratch: Path, many: int) -> tuple[list[Page], Path]:
    """Write the pages where the readers find them."""
    known, bodies = [], []
    for page, packed in pages(many):
        known.append(page)
        bodies.append((page.url, zlib.decompress(packed, 31)))
    (given := scratch / "pages.pickle").write_bytes(pickle.dumps(bodies))
    return known, given


def _read(name: str, reader: Reader, given: Path, known: list[Page]) -> float:
    """Let one read these pages; return the seconds of processor that one takes."""
    words: list[str | Path] = [reader.python, PEERS / "extract.py", reader.name, given, str(len(known))]
    tree = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, env=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"{name} ended with {done.returncode}:\n{done.stderr}")
    told = json.loads(done.stdout)
    for page, text in zip(known, told["texts"], strict=True):
        for part in (page.article.title,) * reader.title + (page.mark,) * reader.text:
            if part not in (text or ""):
                raise Wrong(f"{name} did not find {part} in {page.url}")
    return float(told["cpu"]) / len(known)
