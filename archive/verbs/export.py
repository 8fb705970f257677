"""Export: the archive in a format of other tools."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from archive.cores import work
from archive.engines.opening import open_index
from archive.errors import BadUsage, NotFound
from archive.export import atom, cdxj, jsonl, latest, lists, parquet, wacz
from archive.export.text import Text, Wrong, texts
from archive.files import disk
from archive.index import NAME as INDEX
from archive.index import Index
from archive.tables.card import Card
from archive.terminal import progress
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, WRONG, say, show
from archive.warcs import holdings


def run(options: argparse.Namespace) -> int:
    """Make one file or folder; exit code 1 if something in it could not be read, or not from its file."""
    form = _FORMATS[options.format]
    _refuse(options, form)
    options.out = options.out or Path(f"rfi.{options.format}")
    problems = [0]

    def wrong(line: str) -> None:
        problems[0] += 1
        _say(f"WRONG: {plain(line)}")

    form.make(options, wrong)
    path: Path = options.out
    show({"path": str(path), "bytes": _size(path)}, lambda found: [found["path"]], as_json=options.json)
    return WRONG if problems[0] else WELL


def _say(line: str) -> None:
    (progress.say_beside if progress.on_terminal() else say)(line)


def _refuse(options: argparse.Namespace, form: "_Format") -> None:
    """Raise BadUsage for days that make no sense, or that a format does not take."""
    for name in ("since", "until"):
        if getattr(options, name) and name not in form.takes:
            raise BadUsage(f"{options.format} takes no --{name}")
    if options.since and options.until and options.since > options.until:
        raise BadUsage(f"--since {options.since} is later than --until {options.until}")


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    files = (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else (path,)
    return sum(one.stat().st_size for one in files)


def _cdxj(options: argparse.Namespace, _: Wrong) -> None:
    cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    disk.replace(options.out, cdxj.merged(options.archive))


def _wacz(options: argparse.Namespace, _: Wrong) -> None:
    twice = 2 * holdings.total(options.archive)  # what is written is read back
    with _index(options) as index, progress.bytes_of(twice, "export") as tell:
        wacz.write(options.archive, index, options.out, options.since, options.until, tell)


def _jsonl(options: argparse.Namespace, wrong: Wrong) -> None:
    with _texts(options, wrong) as found:
        jsonl.write(found, options.out)


def _parquet(options: argparse.Namespace, wrong: Wrong) -> None:
    with _texts(options, wrong) as found:
        parquet.write(found, options.out)


def _atom(options: argparse.Namespace, wrong: Wrong) -> None:
    with _index(options) as index:
        cards = _some(options, latest.cards(index, options.since, options.until))
        found = texts(options.archive, index, cards, wrong)
        entries = (latest.entry(text, lambda source: source) for text in found)
        disk.replace(options.out, (f"{line}\n".encode() for line in atom.lines(latest.feed(_NEVER), entries)))


def _lists(options: argparse.Namespace, _: Wrong) -> None:
    with _index(options) as index:
        for _edition, path, content in lists.made(options.archive, index):
            disk.replace(options.out / path.name, content)


def _git(options: argparse.Namespace, wrong: Wrong) -> None:
    from archive.export import git
    from archive.export.days import Days
    from archive.export.versions import Versions

    with _index(options) as index, closing(Days(index, options.until)) as days:
        with progress.items_of(days.count, "export", "steps") as tell:
            replaced = git.write(options.out, days, Versions(options.archive, index, wrong), tell)
        if replaced:
            _say(f"{replaced} of the commits were of days of which the archive says more now: push with --force")


def _site(options: argparse.Namespace, _: Wrong) -> None:
    from archive.export.site import tree

    with _index(options) as index:
        number = sum(articles for _, articles in index.by_day())
    with progress.items_of(number, "export", "articles") as tell:
        tree.write(options.archive, options.out, tell)


_MUCH = 2000
"""Articles that several processes read sooner than one, for all that starting them takes."""
_NEVER = datetime.fromtimestamp(0, UTC)


@contextmanager
def _texts(options: argparse.Namespace, wrong: Wrong) -> Iterator[Iterator[Text]]:
    """Give the articles of the days that were asked for, and show how far they are told."""
    with _index(options) as index:
        number = sum(articles for _, articles in index.by_day(options.since, options.until))
        cards = _some(options, index.every_card(options.since, options.until))
        with progress.items_of(number, "export", "articles") as tell:
            workers = work.cores() if number >= _MUCH else 1
            yield _told(texts(options.archive, index, cards, wrong, workers), tell)


def _told(found: Iterator[Text], tell: Callable[[int], object]) -> Iterator[Text]:
    for text in found:
        yield text
        tell(1)


def _some(options: argparse.Namespace, cards: Iterator[Card]) -> Iterator[Card]:
    """Return the same articles.  Raises NotFound if there are none."""
    if (first := next(cards, None)) is None:
        days = f"{options.since or 'the beginning'} to {options.until or 'now'}"
        raise NotFound(f"no article of {days} is archived: nothing to export")
    return chain([first], cards)


def _index(options: argparse.Namespace) -> "closing[Index]":
    return closing(open_index(options.archive / INDEX))


@dataclass(frozen=True, slots=True)
class _Format:
    make: Callable[[argparse.Namespace, Wrong], None]
    """Makes `out` by the parsed words, and tells what is wrong."""
    takes: tuple[str, ...]
    """Which of --since and --until it takes."""


_FORMATS = {
    "cdxj": _Format(_cdxj, ()),
    "wacz": _Format(_wacz, ("since", "until")),
    "jsonl": _Format(_jsonl, ("since", "until")),
    "parquet": _Format(_parquet, ("since", "until")),
    "atom": _Format(_atom, ("since", "until")),
    "lists": _Format(_lists, ()),
    "git": _Format(_git, ("until",)),
    "site": _Format(_site, ()),
}
