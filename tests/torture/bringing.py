"""`python -m tests.torture.bringing ARCHIVE`: what `rfi-archive import` does with more of an older archive each time."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import cli
from tests.archive.dialects import lay, old

MORE = 40
"""Files that no import before has met."""

if __name__ == "__main__":
    root = Path(sys.argv[1])
    met = len([*(root / "imported").rglob("*.md")])
    with TemporaryDirectory() as folder:
        lay(Path(folder), [old(number) for number in range(met + MORE)])
        refetch = ["--refetch"] if met // MORE % 2 else []
        sys.exit(cli.main(["import", folder, "--archive", str(root), *refetch]))
