"""Headers: what every answer of the reader bears, and what a second request for the same is spared.  Pure."""

from hashlib import sha256
from http import HTTPStatus

from archive.web.answer import Answer

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script, no outside host, no frame around us.  Source: Content Security Policy Level 3."""
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}


def etag(body: bytes) -> str:
    """Return the strong validator of a body: what differs in a byte has another."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def dressed(answer: Answer, known: str | None) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body as they are sent.

    known: If-None-Match as it was sent.  Whoever has the same bytes is told so.  Source: RFC 9110, 13.1.2, 15.4.5.
    """
    tag = etag(answer.body)
    headers = {**ALWAYS, "Cache-Control": answer.cache, "ETag": tag, **answer.more}
    if answer.status == HTTPStatus.OK and known is not None and _names(known, tag):
        return HTTPStatus.NOT_MODIFIED, headers, b""
    sizes = {"Content-Type": answer.type, "Content-Length": str(len(answer.body))}
    return answer.status, headers | sizes, answer.body


def _names(known: str, tag: str) -> bool:
    """Tell whether If-None-Match names this validator; weakly, as it compares."""
    return known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known.split(","))
