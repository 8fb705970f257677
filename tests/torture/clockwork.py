"""Clockwork: a clock that a test sets for each run, and that goes on from there.  `-s CLOCK=tests.torture.clockwork.now`."""

import os
import time
from datetime import datetime, timedelta

SETTING = f"{__name__}.now"
"""For the crawler's setting CLOCK."""
_SET = "CLOCKWORK"


def now() -> datetime:
    """Return the time at which the run was said to begin, UTC, and the seconds that have gone by since."""
    begun, stood = os.environ[_SET].split()
    return datetime.fromisoformat(begun) + timedelta(seconds=time.monotonic() - float(stood))


def set_to(begun: datetime) -> dict[str, str]:
    """Environment of a run that begins now, and for which it is `begun`; all processes of a machine share what counts on."""
    return {_SET: f"{begun.isoformat()} {time.monotonic()}"}
