"""Doctor: each disagreement, as it is mended."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from archive.doctor import HOPELESS, doctor
from archive.terminal import progress
from archive.terminal.telling import WELL, WRONG, say, show_next
from archive.warcs import holdings


def run(options: argparse.Namespace) -> int:
    """Mend, or with --dry-run only tell."""
    does = set()
    with progress.bytes_of(holdings.total(options.archive), "doctor") as tell:
        for cure in doctor(options.archive, datetime.now(UTC), tell, dry=options.dry_run):
            does.add(cure.does)
            show_next(asdict(cure), str(cure), as_json=options.json)
    if options.dry_run:
        say("nothing was changed; without --dry-run it is" if does else "nothing to mend")
        return WRONG if does else WELL
    say("some of it cannot be mended" if HOPELESS in does else "mended" if does else "nothing to mend")
    return WRONG if HOPELESS in does else WELL
