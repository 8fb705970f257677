"""`python -m tests.torture.doubted ARCHIVE`: what `rfi-archive rebuild --pending` does when every run had drifted."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from archive import cli
from archive.index import NAME
from archive.tables.rows import DRIFT

if __name__ == "__main__":
    with closing(sqlite3.connect(Path(sys.argv[1]) / NAME)) as db, db:
        db.execute("update runs set outcome = ?", (DRIFT,))
    sys.exit(cli.main(["rebuild", "--pending", "--archive", sys.argv[1]]))
