"""The odd answers: a table of names, what each says, and how it is made.

Each has a URL of its own (`url`), and can be laid over any other URL by `Site.set_fault`.
`good` marks those after which a client holds a whole article.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from . import frame
from .answer import HTML, PAGE, Answer, page, redirect, typed
from .article import HOST, PARIS, Article
from .frame import Plan
from .lists import page as list_page
from .page import render

PREFIX = "odd-"
DAY = datetime(2026, 10, 30, 12, 0, tzinfo=PARIS)
CHALLENGE = (
    "<html><head><title>Client Challenge</title><meta name='robots' content='noindex'></head>"
    "<body><noscript>JavaScript is required to continue.</noscript>"
    "<script src='/_challenge/check.js' async></script></body></html>"
)
CONSENT = (
    "<!DOCTYPE html><html lang='zh-Hans'><head><title>RFI</title></head><body><div id='consent'>"
    "<h1>您的隐私</h1><p>请先选择是否接受 Cookie，然后继续阅读。</p>"
    "<button id='didomi-notice-agree-button'>接受</button></div></body></html>"
)
EMPTY = (
    "<!DOCTYPE html><html lang='zh-Hans'><head><title>RFI</title></head><body><main>"
    "<article class='t-content__article-wrapper' data-article-content>"
    "<h1 class='t-content__title a-page-title'></h1><p class='t-content__chapo'></p>"
    "<div class='t-content__body u-clearfix'></div></article></main></body></html>"
)


@dataclass(frozen=True)
class Scene:
    """What an odd answer is made from: the usual one, and the article it may need."""

    usual: Answer
    article: Article
    url: str = ""
    """What was asked for, as it was asked."""


@dataclass(frozen=True)
class Odd:
    """One odd answer."""

    says: str
    """What the client meets, for README.md."""
    content: Callable[[Scene], Answer] | None = None
    """Another answer instead of the usual one."""
    shape: Callable[[Answer], Plan] = frame.usual
    """How the answer is put on the wire."""
    good: bool = False
    """True if a whole article arrives in the end."""


def url(name: str) -> str:
    """The URL at which an odd answer always stands."""
    return f"{HOST}/cn/%E5%9B%BD%E9%99%85/{DAY:%Y%m%d}-{PREFIX}{name}"


def article(name: str, number: int, base: Article) -> Article:
    """The article that would stand there if nothing were odd."""
    return replace(
        base,
        section="国际",
        slug=PREFIX + name,
        title=f"怪答样本之{name}：{base.title}",
        day=DAY.date(),
        published=DAY.replace(minute=number),
        modified=None,
        after="share",
        show="",
        traits=frozenset(),
        keywords=("样本",),
        short=f"z{number:03d}",
    )


def fixed(text: str) -> Callable[[Scene], Answer]:
    """Always the same page."""
    return lambda _: page(text)


def status(code: int, *more: tuple[str, str]) -> Callable[[Scene], Answer]:
    """An error with a short body."""
    text = f"<html><head><title>{code}</title></head><body>{code}</body></html>".encode()
    return lambda _: typed(HTML, text, *more, status=code)


def to(location: str) -> Callable[[Scene], Answer]:
    """A redirection."""
    return lambda _: redirect(location, 302)


def coding(name: str) -> Callable[[Scene], Answer]:
    """The usual answer in a content coding, whatever the client takes."""
    return lambda scene: replace(scene.usual, coding=name)


def foreign(scene: Scene) -> Answer:
    """A page of the French edition at this URL."""
    there = replace(scene.article, title="Le marché aux fleurs rouvre sous la pluie")
    text = render(there).replace(f"{HOST}/cn/", f"{HOST}/fr/")
    return page(text.replace('lang="zh-Hans"', 'lang="fr"').replace("zh_CN", "fr_FR"))


def listing(scene: Scene) -> Answer:
    """A list page at this URL."""
    return page(list_page("cn", ["国际"], 1, [scene.article]) or "")


def pdf(_: Scene) -> Answer:
    """No HTML at all."""
    return typed("application/pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n")


def gbk(scene: Scene) -> Answer:
    """GBK bytes, labelled UTF-8."""
    text = render(scene.article)
    return Answer(200, text.encode("gb18030"), PAGE)


def big(scene: Scene) -> Answer:
    """The usual page with 5 MB of script before its body."""
    filler = b"<script>/*" + b"0123456789abcdef" * 327_680 + b"*/</script></head>"
    return replace(scene.usual, body=scene.usual.body.replace(b"</head>", filler, 1))


def packed(block: bytes, times: int) -> bytes:
    """A gzip member that opens to a block so many times: packed once, flushed, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(times):
        check = zlib.crc32(block, check)
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    tail = struct.pack("<II", check, len(block) * times & 0xFFFFFFFF)
    return head + first * times + packer.flush() + tail


@cache
def bomb() -> bytes:
    """A gzip member of 300 kB that opens to 300 MB."""
    return packed(b"<p>" * 333_334, 300)


def exploding(_: Scene) -> Answer:
    """The bomb as a page."""
    return Answer(200, bomb(), (*PAGE, ("Content-Encoding", "gzip")), "done")


def entities(_: Scene) -> Answer:
    """XML whose entities grow without end."""
    rows = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 9))
    text = f"<?xml version='1.0'?><!DOCTYPE u [<!ENTITY e0 'x'>{rows}]><urlset>&e8;</urlset>"
    return typed("application/xml", text.encode())


ODD: dict[str, Odd] = {
    "challenge": Odd("200, a bot challenge", fixed(CHALLENGE)),
    "consent": Odd("200, a consent wall", fixed(CONSENT)),
    "empty": Odd("200, the template without content", fixed(EMPTY)),
    "list": Odd("200, a list page", listing),
    "foreign": Odd("200, an article of the French edition", foreign),
    "pdf": Odd("200, application/pdf", pdf),
    "gbk": Odd("200, GBK bytes labelled UTF-8", gbk),
    "xml-bomb": Odd("200, XML with exploding entities", entities),
    "busy": Odd("503, Retry-After: 5400", status(503, ("Retry-After", "5400"))),
    "403": Odd("403", status(403)),
    "404": Odd("404", status(404)),
    "410": Odd("410", status(410)),
    "429": Odd("429, Retry-After: 2", status(429, ("Retry-After", "2"))),
    "500": Odd("500", status(500)),
    "503": Odd("503, Retry-After as a date", status(503, ("Retry-After", "Sat, 31 Oct 2026 23:00:01 GMT"))),
    "chain": Odd("302 to chain-2", to(url("chain-2"))),
    "chain-2": Odd("302 to chain-3", to(url("chain-3"))),
    "chain-3": Odd("200, the end of the chain", good=True),
    "loop": Odd("302 to loop-2", to(url("loop-2"))),
    "loop-2": Odd("302 to loop", to(url("loop"))),
    "home": Odd("302 to /cn/", to(f"{HOST}/cn/")),
    "offsite": Odd("302 to http://127.0.0.1:1/", to("http://127.0.0.1:1/")),
    "gzip": Odd("gzip, asked for or not", coding("gzip"), good=True),
    "deflate": Odd("deflate with zlib's frame", coding("deflate"), good=True),
    "raw-deflate": Odd("deflate without it", coding("raw-deflate"), good=True),
    "identity": Odd("no content coding", coding("identity"), good=True),
    "chunked": Odd("odd chunk sizes, extensions, trailers", None, frame.odd_chunks, True),
    "hints": Odd("two 103 before the answer", None, frame.early_hints, True),
    "headers": Odd("folded, doubled, latin-1, odd headers", None, frame.odd_headers, True),
    "no-reason": Odd("no reason phrase", None, frame.no_reason, True),
    "bad-line": Odd("a header line without a colon", None, frame.bad_line, True),
    "close": Odd("body ends with the connection", None, frame.until_close, True),
    "cut-length": Odd("half of Content-Length", None, frame.cut_length),
    "cut-chunk": Odd("ends inside a chunk", None, frame.cut_chunk),
    "cut-head": Odd("ends inside the head", None, frame.cut_head),
    "reset": Odd("reset before a byte", None, frame.reset),
    "reset-body": Odd("reset in the body", None, frame.reset_body),
    "drip": Odd("24 pieces with pauses", None, frame.drip, True),
    "hang": Odd("silence", None, frame.hang),
    "hang-body": Odd("silence after half the body", None, frame.hang_body),
    "garbage": Odd("no HTTP", None, frame.garbage),
    "stale": Odd("connection dies of its next request", None, frame.stale, True),
    "bomb": Odd("300 kB of gzip that open to 300 MB", exploding),
    "big": Odd("a page of 5 MB", big, good=True),
}
