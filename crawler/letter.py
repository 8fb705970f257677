"""Letter: a request as the text by which one worker hands it to another, and back: a "serializer".

JSON, and only what is named here: a pickle would let whoever reaches Redis run code, and a header
may bear a proxy's password.  Each worker sets headers and proxy itself.
"""

import json
from typing import Any

from archive.decide import Asked

FIELDS = ("url", "callback", "errback", "priority", "dont_filter")
"""What crosses of a request; its callbacks by their names in the spider."""
META = frozenset(
    "asked surface dont_redirect handle_httpstatus_list"
    " retry_times redirect_times redirect_ttl redirect_urls redirect_reasons".split()
)
"""What crosses of its `meta`; the rest is one worker's own."""


def dumps(told: dict[str, Any]) -> str:
    """Return as text what `Request.to_dict` tells, and its fingerprint."""
    meta = {name: value for name, value in told["meta"].items() if name in META}
    kept = {name: told[name] for name in (*FIELDS, "fingerprint")}
    return json.dumps({**kept, "meta": meta}, ensure_ascii=False, sort_keys=True)


def loads(text: str) -> dict[str, Any]:
    """Return what `request_from_dict` takes, and the fingerprint.  Raises ValueError: it is no request of ours."""
    try:
        told = json.loads(text)
        meta = {**told["meta"], "asked": Asked(told["meta"]["asked"])}
        return {name: told[name] for name in (*FIELDS, "fingerprint")} | {"meta": meta}
    except (KeyError, TypeError) as error:
        raise ValueError(f"no request of ours: {error!r:.200}") from None
