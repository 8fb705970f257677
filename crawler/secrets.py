"""Secrets: what nobody may be told: passwords of proxies, and addresses that bear a key."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.errors import BadUsage

SETTINGS = ("NOTIFY", "HEARTBEAT_URL", "INDEX_URL")
"""Settings whose values, each of them one or more texts with blanks between, are secrets."""
SHORTEST = 4
"""Characters of a password that is looked for wherever it stands; a shorter one hides within its URL only."""
HIDDEN = "***"
_PROXY = re.compile("https?_proxy|all_proxy", re.IGNORECASE)
_LOGIN = r"(?<=//)[^/\s@]+(?=@)"
Hide = Callable[[str], str]
"""Returns a text without secrets."""


def hider(environ: Mapping[str, str], settings: Mapping[str, Any]) -> Hide:
    """Return what hides the secrets of this environment and these settings, and the login in any URL."""
    found = {secret for secret in (*_of_proxies(environ), *_of_settings(environ, settings)) if len(secret) >= SHORTEST}
    longest_first = sorted(found, key=len, reverse=True)
    pattern = re.compile("|".join((*map(re.escape, longest_first), _LOGIN)))
    return lambda text: pattern.sub(HIDDEN, text)


def _of_settings(environ: Mapping[str, str], settings: Mapping[str, Any]) -> Iterator[str]:
    for name in SETTINGS:
        for value in (environ.get(name), settings.get(name)):
            yield from (value or "").split() if isinstance(value, str | None) else map(str, value)


def _of_proxies(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield each password, as it stands and decoded, and each login as a header would have it."""
    for _, value in proxies(environ):
        login = value.partition("//")[2].rpartition("@")[0] or value.rpartition("@")[0]
        user, _, password = login.partition(":")
        for text in (f"{user}:{password}", f"{unquote(user)}:{unquote(password)}"):
            yield from (text, text.partition(":")[2], base64.b64encode(text.encode()).decode())
            yield base64.b64encode(text.encode("latin-1", "replace")).decode()


def proxies(environ: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Return name and value of each proxy that an environment names."""
    return ((name, value) for name, value in environ.items() if _PROXY.fullmatch(name) and value)


def check_proxies(environ: Mapping[str, str]) -> None:
    """Raise BadUsage for a proxy that cannot be read: Scrapy would go without it, or tell parts of the password."""
    for name, value in proxies(environ):
        try:
            parts = urlsplit(value if "//" in value else f"//{value}")
            well = parts.hostname and parts.port != 0 and not (parts.path.strip("/") or parts.query or parts.fragment)
        except ValueError:
            well = None
        if not well:
            raise BadUsage(
                f"{name} cannot be read as http://USER:PASSWORD@HOST:PORT:"
                " write what is special in user and password as %XX, such as %2F for a slash"
            )
