"""Diff: what two versions of an article say differently."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from archive.engines.opening import open_index
from archive.errors import BadUsage
from archive.export import comparison as html
from archive.files import disk
from archive.history import Comparison, History, Seen, comparison, find, history, version
from archive.index import NAME as INDEX
from archive.language import moment
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, coloured, say, show
from archive.versions import marked


def run(options: argparse.Namespace) -> int:
    """Tell it in marks, in colours, as a page, or for programs."""
    if options.html and options.json:
        raise BadUsage("one of --html and --json")
    if options.out and not options.html:
        raise BadUsage("--out is for --html")
    with closing(open_index(options.archive / INDEX)) as index:
        found = history(options.archive, index, find(options.archive, index, options.name))
    made = comparison(options.archive, found, *_versions(found, options.a, options.b))
    if options.out:
        disk.replace(options.out, html.text(made).encode())
        show(None, lambda _: [str(options.out)], as_json=False)
    elif options.html:
        show(None, lambda _: [html.text(made)], as_json=False)
    else:
        show(_values(made), lambda _: list(_lines(made)), as_json=options.json)
    if not made.changes:
        say("nothing differs" if made.old != made.new else "one version: nothing to compare")
    return WELL


def _versions(found: History, a: str | None, b: str | None) -> tuple[Seen, Seen]:
    """Return the versions that are asked for: the last two, one and the last, or those two."""
    last = version(found, str(len(found.versions())))
    if a is None:
        return version(found, str(max(1, len(found.versions()) - 1))), last
    return version(found, a), version(found, b) if b is not None else last


def _values(made: Comparison) -> dict[str, Any]:
    """Return it for programs."""
    return {
        "url": made.url,
        "title": made.title,
        "old": made.old.values(),
        "new": made.new.values(),
        "changes": [change.values() for change in made.changes],
    }


def _lines(made: Comparison) -> Iterator[str]:
    """Yield it for people."""
    yield plain(made.url)
    yield "  ->  ".join(f"v{seen.version} {moment.stamp(seen.captured)}" for seen in (made.old, made.new))
    yield from marked.lines(made.changes, marked.COLOURED if coloured() else marked.PLAIN)
