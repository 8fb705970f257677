"""Export: the archive in a format of other tools."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from archive import disk
from archive.export import cdxj
from archive.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Make one file."""
    path: Path = _FORMATS[options.format](options)
    show({"path": str(path), "bytes": path.stat().st_size}, lambda found: [found["path"]], as_json=options.json)
    return WELL


def _cdxj(options: argparse.Namespace) -> Path:
    out: Path = options.out or Path("rfi.cdxj")
    cdxj.bring_up(options.archive, datetime.now(UTC), afresh=True)
    disk.replace(out, cdxj.merged(options.archive))
    return out


_FORMATS = {"cdxj": _cdxj}
"""Each is given the parsed words and returns the file it made."""
