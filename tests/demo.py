"""`make demo`: crawl the small RFI of tests/site into data/demo, and show what came of it.

Politeness is off because that site is ours, on this machine; nothing leaves loopback.
"""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archive.urls import article_path
from tests.site import Running, serve

ROOT = Path(__file__).resolve().parents[1]
DEMO = "data/demo"
"""Relative to ROOT; all that this program ever deletes."""
OURS = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "CONTACT=https://example.org/demo")
WIDTH, FOLD = 118, 90
"""Characters; what is longer is cut, and the body of an article, which is one line, is folded."""
PATIENCE = 100
"""Seconds for one command; each takes about one."""

NEXT = """\
Read it in a browser, at http://127.0.0.1:8000/ :

    .venv/bin/rfi-archive serve --archive data/demo

Say who you are, and take three articles of the live site, one request in five seconds:

    export CONTACT=https://example.org/about-you     # or a mail address: the site's owner can write to you
    .venv/bin/scrapy crawl rfi_cn -a limit=3         # into data/; this demo stays apart in data/demo
    .venv/bin/rfi-archive status
    .venv/bin/rfi-archive verify

Then leave out `-a limit=3`, and let cron do it. README.md has the line, and what else there is."""


class Failed(Exception):
    """A step did not do what it shows."""


def main() -> int:
    """Show everything; return the exit code."""
    try:
        if (ROOT / DEMO).exists():
            shutil.rmtree(ROOT / DEMO)
        with serve() as running:
            crawl_twice(running)
            edit(running)
        check()
        look()
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    heading("Next")
    print(NEXT)
    return 0


def crawl_twice(running: Running) -> None:
    """Crawl both editions, then again."""
    heading("A crawl: feed and news sitemap, then the articles they name, then pictures, stylesheets and fonts")
    print("The site is tests/site, served on this machine in the place of www.rfi.fr.")
    for spider in ("rfi_cn", "rfi_tw"):
        crawl(spider, running)
    heading("The same again: nothing is fetched twice")
    fetched = [url for spider in ("rfi_cn", "rfi_tw") for url in crawl(spider, running)]
    if again := [url for url in fetched if not url.endswith((".txt", "/rss", ".xml"))]:
        raise Failed(f"the second crawl fetched {len(again)} pages or what belongs to them again, {again[0]} first")


def edit(running: Running) -> None:
    """Let the site rewrite the lead of an article, and crawl once more."""
    heading("The site rewrites a lead without a word: the sitemap's lastmod tells, and both versions are kept")
    name = articles()[-1].name
    url = next(article.url for article in running.site.articles if article_path(article.url).endswith(name))
    running.site.edit(url, "lead", datetime.now(UTC))
    crawl("rfi_cn", running)
    show(archive("diff", str(articles()[-1])).splitlines(), 10)


def crawl(spider: str, running: Running) -> list[str]:
    """Run one spider; tell what it says, and what the site saw; return the URLs it asked for."""
    before, start = len(running.log), time.monotonic()
    settings = [word for setting in (f"ARCHIVE_DIR={DEMO}", *OURS) for word in ("-s", setting)]
    shown = f"scrapy crawl {spider} {' '.join(settings)}"
    said = run(shown, ["scrapy", "crawl", spider, *settings], running.env())
    statuses = Counter(entry.status for entry in running.log[before:])
    print(said.splitlines()[-1])
    answers = ", ".join(f"{number} of status {status}" for status, number in sorted(statuses.items()))
    print(f"the site saw {statuses.total()} requests in {time.monotonic() - start:.1f} s: {answers}")
    return [entry.url for entry in running.log[before:]]


def check() -> None:
    """Ask the archive what it holds, whether it is sound, and where one article comes from."""
    heading("What is archived, and is it sound?")
    print(archive("status"))
    print(archive("verify"))
    heading("Where does it say so? One character is enough, simplified or traditional")
    show(archive("search", "聾人樂團").splitlines(), 10)
    heading("Where does this article come from?")
    print(archive("prove", str(articles()[-1])))


def look() -> None:
    """Show what lies on disk."""
    heading("The tree it left")
    show(tree(ROOT / DEMO), 40)
    heading(f"One article (its body is one line, folded here): {articles()[-1]}")
    *frame, body = (ROOT / articles()[-1]).read_text("utf-8").splitlines()
    show([*frame, *(body[at : at + FOLD] for at in range(0, len(body), FOLD))], 10)
    heading("The records of a WARC file, as warcio reads them")
    path = min((ROOT / DEMO / "warc").glob("rfi_cn-*.warc.gz")).relative_to(ROOT)
    fields = "offset,warc-type,warc-target-uri"
    shown = f"warcio index -f {fields} {path}"
    show(run(shown, ["warcio.cli", "index", "-f", fields, str(path)], {}).splitlines(), 8)
    path = Path(DEMO, "lists", "rfi_cn.md")
    heading(f"The list of the edition, newest capture first: {path}")
    show((ROOT / path).read_text("utf-8").splitlines(), 8)


def archive(verb: str, *words: str) -> str:
    """Run a verb of rfi-archive on the demo's archive; return what it says."""
    words = (verb, "--archive", DEMO, *words)
    return run(f"rfi-archive {' '.join(words)}", ["archive.cli", *words], {})


def run(shown: str, module: list[str], env: Mapping[str, str]) -> str:
    """Print a command and run it, as a module of this interpreter; return what it says.  Raises Failed."""
    print(f"$ {shown}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", *module],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **env},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    said = (done.stdout + done.stderr).strip()
    if done.returncode:
        raise Failed(f"`{shown}` ended with exit code {done.returncode}: {said.splitlines()[-1] if said else ''}")
    return said


def articles() -> list[Path]:
    """Return the article files, oldest day first, relative to ROOT."""
    found = sorted((ROOT / DEMO / "articles").rglob("*.md"))
    if not found:
        raise Failed(f"no article file in {DEMO}")
    return [path.relative_to(ROOT) for path in found]


def tree(root: Path) -> Iterable[str]:
    """Yield a folder's files by folder, the first three of each."""
    for folder, _, names in sorted(os.walk(root)):
        if names:
            yield f"{Path(folder).relative_to(ROOT)}/"
        for name in sorted(names)[:3]:
            yield f"    {name:<60}{(Path(folder) / name).stat().st_size:>10,} bytes"
        if names[3:]:
            yield f"    ... and {len(names) - 3} more"


def show(lines: Iterable[str], most: int) -> None:
    """Print the first lines, long ones cut, and how many are left out."""
    rest = iter(lines)
    for line in islice(rest, most):
        print(line if len(line) <= WIDTH else line[: WIDTH - 4] + " ...")
    if left := sum(1 for _ in rest):
        print(f"... and {left} lines more")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'-' * len(text)}")


if __name__ == "__main__":
    sys.exit(main())
