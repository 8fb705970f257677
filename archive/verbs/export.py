"""Export: the archive in a format of other tools."""

import argparse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive import disk, progress, warc
from archive.errors import BadUsage
from archive.export import cdxj, wacz
from archive.index import NAME as INDEX
from archive.index import Index
from archive.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Make one file."""
    path: Path = _FORMATS[options.format](options)
    show({"path": str(path), "bytes": path.stat().st_size}, lambda found: [found["path"]], as_json=options.json)
    return WELL


def _cdxj(options: argparse.Namespace) -> Path:
    if options.since or options.until:
        raise BadUsage("a CDXJ file holds all days: leave out --since and --until")
    out: Path = options.out or Path("rfi.cdxj")
    cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    disk.replace(out, cdxj.merged(options.archive))
    return out


def _wacz(options: argparse.Namespace) -> Path:
    if options.since and options.until and options.since > options.until:
        raise BadUsage(f"--since {options.since} is later than --until {options.until}")
    twice = 2 * warc.total(options.archive)  # what is written is read back
    with closing(Index(options.archive / INDEX)) as index, progress.bytes_of(twice, "export") as tell:
        return wacz.write(options.archive, index, options.out or Path("rfi.wacz"), options.since, options.until, tell)


_FORMATS = {"cdxj": _cdxj, "wacz": _wacz}
"""Each is given the parsed words and returns the file it made."""
