"""Lists: the newest articles of each edition, written again."""

import argparse
from datetime import UTC, datetime

from archive.export import lists
from archive.terminal.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Write them."""
    paths = [str(path) for path in lists.bring_up(options.archive, datetime.now(UTC))]
    show(paths, lambda _: paths, as_json=options.json)
    return WELL
