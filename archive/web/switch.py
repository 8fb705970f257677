"""Switch: another language, from now on and in this browser."""

import re

from archive.errors import NotFound
from archive.web import answer
from archive.web.answer import Answer
from archive.web.asked import MOST_PATH, Asked
from archive.web.context import Context
from archive.web.language import COOKIE
from archive.web.speech import LANGUAGES

_YEAR = 365 * 24 * 3600
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours: ASCII, no backslash, and no second slash, which would begin another host."""


def switch(_: Context, asked: Asked) -> Answer:
    """Keep the choice and lead back."""
    code = asked.names["code"]
    if code not in LANGUAGES:
        raise NotFound(f"no such language: {code!r}")
    back = asked.text("back", MOST_PATH)
    kept = f"{COOKIE}={code}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax"
    return answer.see(back if _LOCAL.fullmatch(back) else "/", {"Set-Cookie": kept})
