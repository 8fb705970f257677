"""Asked: one request as the values that a handler may know.  Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.errors import BadUsage

MOST_TEXT = 200
"""Characters of a text that somebody types."""
MOST_PATH = 6_000
"""Characters of path and query as they are sent: a name of 200 Chinese characters, encoded twice, has 3,000."""
_NUMBER = re.compile("[0-9]{1,18}")
_PLACE = re.compile("([0-9]{1,18})-([0-9]{1,18})")
"""No more digits than SQLite has room for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    path: str
    """Path and query as they were sent: percent-encoded, with a leading slash."""
    base: str
    """Scheme and host as they were sent, without a slash at the end: for what must name whole URLs."""
    names: Mapping[str, str]
    """What stands in the path where its route has a name, decoded."""
    query: Mapping[str, str]
    """Fields of the query, decoded; of a field that is given more than once the last."""
    language: str
    """Of the answer: one of speech.LANGUAGES."""
    at: datetime
    """When it came, UTC."""

    def text(self, name: str, most: int = MOST_TEXT) -> str:
        """Return a field of the query without blanks around it, "" if it is not there.  Raises BadUsage: too long."""
        text = self.query.get(name, "").strip()
        if len(text) > most:
            raise BadUsage(f"{name}: {len(text)} characters, more than {most}")
        return text

    def number(self, name: str) -> int | None:
        """Return a field of the query that is a whole number, None if it is not there.  Raises BadUsage."""
        text = self.text(name)
        if text and not _NUMBER.fullmatch(text):
            raise BadUsage(f"{name} is no whole number: {text!r}")
        return int(text) if text else None

    def place(self, name: str) -> tuple[int, int] | None:
        """Return a field of the query that is a place in a list, "12-34"; None if it is not there.  Raises BadUsage."""
        text = self.text(name)
        found = _PLACE.fullmatch(text)
        if text and not found:
            raise BadUsage(f"{name} is no place in this list: {text!r}")
        return (int(found[1]), int(found[2])) if found else None
