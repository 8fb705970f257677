"""An answer before it is framed: status, headers, body.  Pure."""

import gzip
import zlib
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

Headers = tuple[tuple[str, str], ...]

HTML = "text/html; charset=UTF-8"
ALWAYS: Headers = (("Server", "nginx"), ("Date", "Sat, 31 Oct 2026 23:00:00 GMT"))
"""The date never moves: nothing here depends on the clock."""
PAGE: Headers = (
    ("Content-Type", HTML),
    ("Cache-Control", "public, max-age=60"),
    ("Vary", "Accept-Encoding"),
    ("x-fmm-version", "2.3.19"),
    ("Set-Cookie", "fmm_a=1; Path=/"),
    ("Set-Cookie", "fmm_b=2; Path=/; Secure"),
)


@dataclass(frozen=True)
class Answer:
    """Status, headers in order, and the body before any content coding."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    coding: str = "auto"
    """`auto` (gzip if the client takes it), or `identity`, `gzip`, `deflate`, `raw-deflate`,
    `done` (the body is coded already)."""

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def plus(self, *more: tuple[str, str]) -> "Answer":
        """The answer with more headers."""
        return replace(self, headers=(*self.headers, *more))

    @property
    def reason(self) -> str:
        """The usual words for the status."""
        return HTTPStatus(self.status).phrase


def page(text: str, status: int = 200) -> Answer:
    """An HTML page."""
    return Answer(status, text.encode(), PAGE)


def typed(kind: str, body: bytes, *more: tuple[str, str], status: int = 200) -> Answer:
    """Anything that has a content type."""
    return Answer(status, body, (("Content-Type", kind), *more))


def redirect(location: str, status: int = 301) -> Answer:
    """A redirection; the location is percent-encoded where it is not yet."""
    safe = quote(location, safe="/:?#[]@!$&'()*+,;=%~")
    return typed(HTML, b"<html><body>Moved</body></html>", ("Location", safe), status=status)


def not_found() -> Answer:
    """What the site says where nothing is."""
    text = "<!DOCTYPE html><html lang='zh-Hans'><head><title>404</title></head><body>"
    return page(text + "<h1 class='a-page-title'>您访问的页面不存在</h1></body></html>", 404)


def deflated(body: bytes, window: int) -> bytes:
    """zlib data (window 15) or bare deflate data (window -15)."""
    packer = zlib.compressobj(5, zlib.DEFLATED, window)
    return packer.compress(body) + packer.flush()


def coded(answer: Answer, takes_gzip: bool) -> Answer:
    """Apply the content coding; pictures, empty bodies and short texts stay as they are."""
    coding = answer.coding
    if coding == "auto":
        plain = answer.header("Content-Type").startswith(("image/", "application/pdf"))
        coding = "gzip" if takes_gzip and not plain and len(answer.body) > 200 else "identity"
    if coding in ("identity", "done"):
        return answer
    body = {
        "gzip": lambda: gzip.compress(answer.body, 5, mtime=0),
        "deflate": lambda: deflated(answer.body, 15),
        "raw-deflate": lambda: deflated(answer.body, -15),
    }[coding]()
    named = coding.removeprefix("raw-")
    return replace(answer, body=body).plus(("Content-Encoding", named))
