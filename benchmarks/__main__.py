"""`python -m benchmarks [NAME...]`: run the benchmarks; all of them together write RESULTS.md."""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import evidence, importing, known, nothing_new, searching

RESULTS = Path(__file__).with_name("RESULTS.md")
BENCHMARKS: dict[str, tuple[str, Callable[[Path], Iterator[str]]]] = {
    "verify": ("Checking an archive", evidence.verify),
    "repair": ("Mending a torn file", evidence.repair),
    "fsync": ("Having each record on disk", evidence.fsync),
    "nothing-new": ("A run that finds nothing new", nothing_new.nothing_new),
    "known": ("The index at ten million URLs", known.known),
    "search": ("Searching and reading a large archive", searching.searching),
    "import": ("Importing an older archive", importing.importing),
}
PACKAGES = "scrapy twisted warcio fastwarc selectolax".split()


def main(names: list[str]) -> str:
    """Run the benchmarks of these names, or all; return what they found, in Markdown."""
    text = ["# Results\n\n", f"Made by `make bench` on {machine()}. Commands run in turn; medians.\n\n"]
    for name in names or BENCHMARKS:
        title, run = BENCHMARKS[name]
        text.append(f"## {title}\n\n{run.__doc__}\n\n")
        with TemporaryDirectory() as scratch:
            for part in run(Path(scratch)):
                text.append(part)
                sys.stderr.write(part)
    return "".join(text).rstrip() + "\n"


def machine() -> str:
    """Return what it was measured on."""
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {used}"


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - BENCHMARKS.keys()
    if unknown:
        raise SystemExit(f"benchmarks: no {', '.join(sorted(unknown))}: there are {', '.join(BENCHMARKS)}")
    found = main(sys.argv[1:])
    if not sys.argv[1:]:
        RESULTS.write_text(found, "utf-8")
