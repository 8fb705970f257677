"""Later: a clock that is so many hours ahead.

-s CLOCK=tests.crawler.later.now   HOURS_LATER=25
"""

import os
from datetime import UTC, datetime, timedelta

SETTINGS: dict[str, object] = {"CLOCK": f"{__name__}.now"}


def now() -> datetime:
    """What the time will be."""
    return datetime.now(UTC) + timedelta(hours=float(os.environ["HOURS_LATER"]))
