"""History: every capture of a URL, and which of them are versions of its article."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from archive.engines.opening import open_index
from archive.history import Event, History, Seen, find, history
from archive.index import NAME as INDEX
from archive.language import moment
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, show
from archive.versions import content


def run(options: argparse.Namespace) -> int:
    """Tell them."""
    with closing(open_index(options.archive / INDEX)) as index:
        found = history(options.archive, index, find(options.archive, index, options.name))
    show(_values(found), lambda _: list(_lines(found)), as_json=options.json)
    return WELL


def _values(found: History) -> dict[str, Any]:
    """Return it for programs."""
    return {
        "url": found.url,
        "versions": len(found.versions()),
        "captures": [seen.values() for seen in found.seen],
        "imported": [one.values() for one in found.imported],
    }


def _lines(found: History) -> Iterator[str]:
    """Yield it for people."""
    yield plain(found.url)
    for one in found.imported:
        yield f"-    {moment.stamp(one.taken)}  imported, without a record: {plain(one.path)}"
    for seen in found.seen:
        number = f"v{seen.version}" if seen.version else "-"
        yield f"{number:<4} {moment.stamp(seen.captured)}  {plain(_says(seen))}"
        refers = f", a revisit of {seen.refers.told}" if seen.refers else ""
        digest = plain(seen.digest) or "no digest"
        yield f"     {digest}  {seen.place.told}{refers}"


def _says(seen: Seen) -> str:
    """Return what a capture tells, in a few words."""
    if not seen.sha256:
        return f"{seen.event}: {seen.what}" if seen.event else seen.what
    if seen.event is Event.FIRST:
        return "first"
    names = ", ".join(name for name in seen.changed.split() if name != content.MARKUP)
    differs = names or ("markup only" if seen.changed else "nothing new")
    return f"{seen.event}: {differs}" if seen.event else differs
