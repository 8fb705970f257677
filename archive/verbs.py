"""Verbs: what each `rfi-archive VERB` does: asks the library, prints, returns the exit code.

Results go to stdout, all else to stderr.  A verb is a row of VERBS.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import progress, warc
from archive.errors import CannotWrite
from archive.export import lists
from archive.index import NAME as INDEX
from archive.index import Index
from archive.lock import Lock, held
from archive.prove import prove
from archive.rebuild import rebuild
from archive.verify import Finding, verify

WELL, WRONG, USAGE = 0, 1, 2
"""Exit codes of a verb; an error brings its own."""


def say(line: str) -> None:
    """Tell people; not programs, which read stdout."""
    if sys.stderr:  # closed, it is None, and print would take stdout instead
        print(line, file=sys.stderr)


def _status(options: argparse.Namespace) -> int:
    with closing(Index(options.archive / INDEX)) as index:
        counts = index.counts()
    _print(options, counts, _status_lines)
    return WELL


def _status_lines(counts: dict[str, Any]) -> list[str]:
    """Return the figures of an archive for people."""
    captures, files = counts["captures"], counts["warc"]
    lines = [
        f"articles   {sum(counts['articles'].values()):,}   "
        + "  ".join(f"{k} {v:,}" for k, v in counts["articles"].items())
    ]
    lines += [f"captures   {captures['count']:,}   first {captures['first']}  last {captures['last']}"]
    lines += [f"WARC       {files['files']:,} files, {files['bytes']:,} bytes"]
    lines += [f"urls       {row['kind']:<8} {row['state']:<9} {row['count']:,}" for row in counts["urls"]]
    for run in counts["runs"]:
        told = "  ".join(f"{name} {number:,}" for name, number in run["counts"].items())
        lines += [f"run        {run['spider']} {run['started']} to {run['ended']}: {run['outcome']}   {told}"]
    return lines


def _verify(options: argparse.Namespace) -> int:
    wrong = 0
    with progress.bytes_of(_warc_bytes(options.archive), "verify") as tell:
        for finding in _findings(options.archive, tell):
            wrong += 1
            print(json.dumps(asdict(finding), ensure_ascii=False) if options.json else finding, flush=True)
    say(f"wrong: {wrong}" if wrong else "nothing wrong")
    return WRONG if wrong else WELL


def _findings(root: Path, tell: warc.Progress) -> Iterator[Finding]:
    """Yield what is wrong with an archive; its lists are not judged while a crawl is about to write them."""
    running = held(root)
    yield from verify(root, tell, running=running)
    if not running:
        with suppress(CannotWrite), closing(Index(root / INDEX)) as index:  # an index that cannot be read was told
            yield from lists.stale(root, index)


def _rebuild(options: argparse.Namespace) -> int:
    with progress.bytes_of(_warc_bytes(options.archive), "rebuild") as tell:
        done = rebuild(options.archive, datetime.now(UTC), tell)
    _write_lists(options.archive)
    _print(
        options,
        asdict(done),
        lambda _: [f"{done.captures:,} captures of {done.files:,} WARC files taken in", *done.problems],
    )
    return WRONG if done.problems else WELL


def _prove(options: argparse.Namespace) -> int:
    proof = prove(options.archive, options.file)
    found = {**asdict(proof), "captured": proof.captured.strftime("%Y-%m-%dT%H:%M:%SZ"), "equal": not proof.problems}
    lines = [
        f"{name:<9}{found[name]}"
        for name in ("path", "url", "captured", "warc", "offset", "record", "refers", "digest", "sha256")
        if found[name] is not None
    ]
    verdict = ["equal    the file made again from this record is the same, byte for byte"]
    _print(options, found, lambda _: lines + ([f"WRONG    {problem}" for problem in proof.problems] or verdict))
    return WRONG if proof.problems else WELL


def _lists(options: argparse.Namespace) -> int:
    paths = _write_lists(options.archive)
    _print(options, paths, lambda _: paths)
    return WELL


def _write_lists(root: Path) -> list[str]:
    with closing(Index(root / INDEX)) as index:
        lock = Lock(root, "rfi-archive lists", datetime.now(UTC))
        try:
            return [str(path) for path in lists.write(root, index)]
        finally:
            lock.release()


def _print(options: argparse.Namespace, value: Any, lines: Callable[[Any], list[str]]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2) if options.json else "\n".join(lines(value)))


def _warc_bytes(root: Path) -> int:
    return sum(path.stat().st_size for path in warc.sealed(root / "warc"))


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the command line."""

    does: Callable[[argparse.Namespace], int]
    """Takes the parsed words, returns the exit code."""
    says: str
    """What it does, in a few words; begins with a small letter."""
    example: str
    """A command line that one could type."""
    takes: tuple[tuple[str, dict[str, Any]], ...] = ()
    """Words of its own, beside those that all verbs take: name, and what argparse should know of it."""


VERBS = {
    "status": Verb(_status, "what the archive holds", "rfi-archive status --json"),
    "verify": Verb(
        _verify, "find everything that is wrong; exit code 1 if anything is", "rfi-archive verify --archive data"
    ),
    "rebuild": Verb(_rebuild, "make index, article files and lists again from warc/", "rfi-archive rebuild"),
    "prove": Verb(
        _prove,
        "show that an article file is what its WARC record makes",
        "rfi-archive prove data/articles/2023/10/20231026-0123456789ab.md",
        takes=(("file", {"type": Path, "metavar": "FILE", "help": "an article file"}),),
    ),
    "lists": Verb(_lists, "write lists/<spider>.md, the newest 300 articles of each edition", "rfi-archive lists"),
}
