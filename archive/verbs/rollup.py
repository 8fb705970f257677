"""Rollup: each file that was made of many."""

import argparse
from datetime import UTC, datetime

from archive.commit.merge import Merged
from archive.rollup import rollup, to_copy
from archive.terminal import progress
from archive.terminal.telling import WELL, WRONG, show_next


def run(options: argparse.Namespace) -> int:
    """Merge what can be merged."""
    now, code = datetime.now(UTC), WELL
    with progress.bytes_of(to_copy(options.archive, now), "rollup") as tell:
        for done in rollup(options.archive, now, tell):
            if isinstance(done, Merged):
                name, size, number = f"warc/{done.file.name}", done.file.size, len(done.sources)
                line = f"{name}: {number} files, {size:,} bytes"
                show_next({"file": name, "bytes": size, "sources": number}, line, as_json=options.json)
            else:
                code = WRONG
                show_next({"problem": str(done)}, f"left as it is: {done}", as_json=options.json)
    return code
