"""Rebuild: index, article files and all that is made of them, from warc/ alone; or only some articles of it."""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from archive import chosen
from archive.errors import BadUsage
from archive.export import cdxj, lists
from archive.index import Index
from archive.rebuild import rebuild
from archive.reread import KINDS, PROBLEM, SAME, reread
from archive.terminal import progress
from archive.terminal.telling import WELL, WRONG, say, show, show_next
from archive.warcs import holdings


def run(options: argparse.Namespace) -> int:
    """Make all of it again, or read some articles again, or with --dry-run only tell."""
    if options.pending and options.urls:
        raise BadUsage("--pending and --urls exclude each other: give one of them")
    if options.since and options.until and options.since > options.until:
        raise BadUsage(f"--since {options.since} is later than --until {options.until}")
    some = options.pending or options.urls or options.since or options.until or options.dry_run
    code = _some(options) if some else _all(options)
    if not options.dry_run:
        lists.bring_up(options.archive, datetime.now(UTC))
        cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    return code


def _some(options: argparse.Namespace) -> int:
    listed = _listed(options.urls) if options.urls else None
    counts: Counter[str] = Counter()
    number = 0

    def choose(index: Index) -> Iterator[str]:
        return _chosen(index, options, listed)

    for one in reread(options.archive, choose, datetime.now(UTC), dry=options.dry_run):
        number += 1
        counts.update(one.became)
        if options.json or one.became != (SAME,):
            show_next(asdict(one), str(one), as_json=options.json)
    say(_summary(number, counts))
    if options.dry_run and number > counts[SAME]:
        say("nothing was changed; without --dry-run it is")
    return WRONG if PROBLEM in counts else WELL


def _chosen(index: Index, options: argparse.Namespace, listed: Iterable[str] | None) -> Iterator[str]:
    """Yield the articles that the words of the command line mean."""
    if options.pending:
        listed = chosen.pending(index)
    if listed is None:
        return chosen.of_days(index, options.since, options.until)
    return chosen.within(listed, options.since, options.until)


def _listed(path: Path) -> list[str]:
    """Return the articles' URLs of a file, and say what is wrong with its other lines."""
    try:
        good, bad = chosen.listed(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise BadUsage(f"--urls {path}: cannot be read ({error}): name a UTF-8 file of one URL a line") from None
    if not good:
        raise BadUsage(f"--urls {path}: no article's URL in it{': ' + bad[0] if bad else ''}")
    for line in bad:
        say(f"{path}: {line}")
    return good


def _summary(number: int, counts: Counter[str]) -> str:
    """Return how many articles were read, and what became of how many."""
    told = ", ".join(f"{kind} {counts[kind]:,}" for kind in KINDS if counts[kind])
    return f"read again: {number:,}{' (' + told + ')' if told else ''}"


def _all(options: argparse.Namespace) -> int:
    with progress.bytes_of(holdings.total(options.archive), "rebuild") as tell:
        done = rebuild(options.archive, datetime.now(UTC), tell)
    imported = [f"{done.imported:,} imported article files taken in"] if done.imported else []
    told = [f"{done.captures:,} captures of {done.files:,} WARC files taken in", *imported, *done.problems]
    show(asdict(done), lambda _: told, as_json=options.json)
    return WRONG if done.problems else WELL
