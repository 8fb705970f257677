"""Language: in which of the reader's languages one request is answered.  Pure."""

import re

from archive.web.speech import LANGUAGES

COOKIE = "language"
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?))?\s*")
MOST = 20
"""Languages that a browser asks for; more are not read."""


def chosen(cookie: str | None, accepts: str | None) -> str:
    """Return what somebody has chosen, else what the browser prefers, else the first.  Source: RFC 9110, 12.5.4."""
    if cookie in LANGUAGES:
        return cookie
    found = [
        (float(match[2] or 1), -at, match[1].lower())
        for at, one in enumerate((accepts or "").split(",")[:MOST])
        if (match := _RANGE.fullmatch(one))
    ]
    wanted = [code for weight, _, code in sorted(found, reverse=True) if weight > 0 and code in LANGUAGES]
    return wanted[0] if wanted else LANGUAGES[0]
