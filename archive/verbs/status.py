"""Status: what the archive holds."""

import argparse
from contextlib import closing
from typing import Any

from archive.index import NAME as INDEX
from archive.index import Index
from archive.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Tell its figures."""
    with closing(Index(options.archive / INDEX)) as index:
        counts = index.counts()
    show(counts, _lines, as_json=options.json)
    return WELL


def _lines(counts: dict[str, Any]) -> list[str]:
    """Return the figures of an archive for people."""
    captures, files = counts["captures"], counts["warc"]
    lines = [
        f"articles   {sum(counts['articles'].values()):,}   "
        + "  ".join(f"{k} {v:,}" for k, v in counts["articles"].items())
    ]
    lines += [f"captures   {captures['count']:,}   first {captures['first']}  last {captures['last']}"]
    lines += [f"WARC       {files['files']:,} files, {files['bytes']:,} bytes"]
    lines += [f"urls       {row['kind']:<8} {row['state']:<9} {row['count']:,}" for row in counts["urls"]]
    for crawl in counts["runs"]:
        told = "  ".join(f"{name} {number:,}" for name, number in crawl["counts"].items())
        lines += [f"run        {crawl['spider']} {crawl['started']} to {crawl['ended']}: {crawl['outcome']}   {told}"]
    return lines
