"""`python -m tests.torture.tomorrow ARCHIVE`: what `rfi-archive rollup` does tomorrow, when today's files are past."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.rollup import rollup

if __name__ == "__main__":
    for _ in rollup(Path(sys.argv[1]), datetime.now(UTC) + timedelta(days=1), lambda _: None):
        pass
