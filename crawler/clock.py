"""Clock: what time it is.  Setting CLOCK names another, so that tests can live through a month in minutes."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)
