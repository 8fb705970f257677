"""Answer: what the reader says to one request, before it gets the headers that all answers have.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

HTML = "text/html; charset=utf-8"
JSON = "application/json"
ATOM = "application/atom+xml; charset=utf-8"
FRESH = "no-cache"
"""May be kept, and is asked for again each time, which costs a 304.  Source: RFC 9111, 5.2.2.4."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    body: bytes
    """Whole; empty if there is none."""
    type: str
    """Content-Type."""
    status: int = HTTPStatus.OK
    """Status code."""
    cache: str = FRESH
    """Cache-Control."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Headers that this answer alone has."""


def html(text: str, status: int = HTTPStatus.OK) -> Answer:
    """Return a page."""
    return Answer(text.encode("utf-8", "replace"), HTML, status)


def data(value: Any, status: int = HTTPStatus.OK) -> Answer:
    """Return a value for programs."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(text.encode("utf-8", "replace"), JSON, status)


def see(link: str, more: Mapping[str, str]) -> Answer:
    """Return the answer that leads to another page of ours; link: ASCII, a path."""
    return Answer(b"", HTML, HTTPStatus.SEE_OTHER, more={"Location": link, **more})
