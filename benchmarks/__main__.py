"""`python -m benchmarks [--smoke] [NAME...]`: run the benchmarks; all of them together write RESULTS.md.

With --smoke each runs with numbers so small that it takes seconds, and without the peers that not every clone has:
nothing is written, and only a wrong result fails.
"""

import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import crawling, evidence, extracting, importing, known, nothing_new, scale, searching
from benchmarks.measure import ASIDE, ROOT
from benchmarks.rivals import WARCPROX
from benchmarks.web import NGINX

RESULTS = Path(__file__).with_name("RESULTS.md")
SMOKE = "--smoke"
OWN = "archive", "crawler", "benchmarks"
"""Folders of what is measured here."""
FEW = 20
"""Pages of the smallest run."""
BENCHMARKS: dict[str, tuple[str, Callable[..., Iterator[str]], dict[str, Any]]] = {
    "crawl": ("Crawling a site", crawling.crawl, {"pages": FEW, "rounds": 1, "peers": False}),
    "memory": ("Crawling a large site", crawling.memory, {"few": FEW, "many": 2 * FEW}),
    "extract": ("Getting an article out of a page", extracting.extract, {"many": FEW, "rounds": 1, "peers": False}),
    "verify": (
        "Checking an archive, and making it again",
        evidence.verify,
        {"sizes": (FEW, 2 * FEW), "rounds": 1, "damages": 2},
    ),
    "repair": ("Mending a torn file", evidence.repair, {"size": 1 << 20, "rounds": 1}),
    "fsync": ("Having each record on disk", evidence.fsync, {"many": FEW, "rounds": 1}),
    "nothing-new": ("A run that finds nothing new", nothing_new.nothing_new, {"sizes": (100, 200), "rounds": 1}),
    "known": ("The index at ten million URLs", known.known, {"sizes": (1000, 2000), "rounds": 1}),
    "search": ("Searching and reading a large archive", searching.searching, {"many": 500, "asks": 2, "reads": (2, 1)}),
    "scale": ("Archives of other sizes", scale.scale, {"crowds": [(1, 240)]}),
    "import": ("Importing an older archive", importing.importing, {"sizes": (FEW,), "rounds": 1}),
}
"""Title, what is run, and the numbers of the smallest run."""
PACKAGES: dict[str | Path, str] = {
    sys.executable: "scrapy twisted warcio fastwarc selectolax beautifulsoup4 lxml",
    ASIDE: "aiohttp uvloop fastwarc lxml scrapy-webarchive scrapy-warcio trafilatura newspaper4k news-please fundus",
    WARCPROX.with_name("python"): "warcprox",
}
"""Whose versions are told, by the interpreter that has them."""
TELL = (
    "import sys; from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in sys.argv[1:]), sep=', ')"
)
TOOLS = (("wget", "--version"), ("curl", "--version"), ("gzip", "--version"), (NGINX, "-v"))


def main(names: list[str], *, smoke: bool = False) -> str:
    """Run the benchmarks of these names, or all; return what they found, in Markdown.

    Our code is compiled before, as a package that is installed is.  What they make stands until the last one is done:
    on ext4 without a journal each new file costs a look at every inode that was freed in the minutes before.
    """
    subprocess.run([sys.executable, "-m", "compileall", "-q", *OWN], cwd=ROOT, check=True)
    text = ["# Results\n\n", f"Made by `make bench` on {machine()}. Commands run in turn; medians.\n\n"]
    with TemporaryDirectory() as scratch:
        for name in names or BENCHMARKS:
            title, run, few = BENCHMARKS[name]
            text.append(f"## {title}\n\n{_documented(run)}\n\n")
            (folder := Path(scratch) / name).mkdir()
            for part in run(folder, **few if smoke else {}):
                text.append(part)
                sys.stderr.write(part)
    return "".join(text).rstrip() + "\n"


def machine() -> str:
    """Return what it was measured on, and with what."""
    ours = ", ".join(f"{name} {version(name)}" for name in PACKAGES[sys.executable].split())
    beside = [_versions(python, names) for python, names in PACKAGES.items() if python != sys.executable]
    tools = ", ".join(map(_version, TOOLS))
    system = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{system}, {ours}; beside them {', '.join(filter(None, beside))}; {tools}"


def _versions(python: str | Path, names: str) -> str:
    """Return the versions that another interpreter has; "" where it is not there."""
    if not Path(python).exists():
        return ""
    return subprocess.run(
        [python, "-c", TELL, *names.split()], capture_output=True, text=True, check=True
    ).stdout.strip()


def _version(command: tuple[str, ...]) -> str:
    """Return name and version of a tool, as it tells."""
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search("[0-9]+(?:[.][0-9]+)+", said.stdout + said.stderr)
    return f"{Path(command[0]).name} {found[0] if found else '?'}"


def _documented(run: Callable[..., Iterator[str]]) -> str:
    """Return what a benchmark says of itself."""
    return re.sub("\n {4}", "\n", run.__doc__ or "").strip()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("benchmarks: told to stop"))  # and with it all that it started
    asked = [word for word in sys.argv[1:] if word != SMOKE]
    if unknown := set(asked) - BENCHMARKS.keys():
        raise SystemExit(f"benchmarks: no {', '.join(sorted(unknown))}: there are {', '.join(BENCHMARKS)}")
    found = main(asked, smoke=SMOKE in sys.argv)
    if len(sys.argv) == 1:
        RESULTS.write_text(found, "utf-8")
