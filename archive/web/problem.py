"""Problem: what the API answers when it cannot.  Pure.  Source: RFC 9457."""

import json
from http import HTTPStatus

from archive.web.answer import Answer
from archive.web.speech import say

TYPE = "application/problem+json"
_TONGUE = "en"
"""Programs are told in one language."""


def of(status: HTTPStatus, detail: str) -> Answer:
    """Return the answer that tells of a status; detail: one line more, "" for the usual one."""
    says = detail or say(_TONGUE, f"error.{int(status)}.says")
    told = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": says}
    return Answer(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), TYPE, status)
