"""Hostile answers: laid over any URL by `Site.set_fault`, they have none of their own.

A table of names, as in odd.py; what breaks the framing stands in broken.py.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from . import broken
from .answer import HTML, PAGE, Answer, page, redirect, typed
from .article import HOST
from .odd import Odd, Scene, bomb, packed, status, to
from .page import render
from .pictures import jpeg

XML = "application/xml; charset=utf-8"
ENTITIES = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 9))
LAUGHS = f"<!DOCTYPE rss [<!ENTITY e0 'x'>{ENTITIES}]>"
QUADRATIC = f"<!DOCTYPE rss [<!ENTITY e8 '{'x' * 200_000}'>]>"
OUTSIDE = "<!DOCTYPE rss [<!ENTITY e8 SYSTEM 'file:///etc/hostname'>]>"
LINKS = (
    "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261029-nul%00",
    "https://www.rfi.fr/cn/../../etc/20261029-passwd",
    "https://www.rfi.fr/cn/%2e%2e/%2e%2e/20261029-up",
    "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261029-" + "x" * 10_000,
    "https://someone:secret@www.rfi.fr/cn/%E5%9B%BD%E9%99%85/20261029-user",
    "https://www.rfi.fr:8443/cn/%E5%9B%BD%E9%99%85/20261029-port",
    "https://www.rfi.fr.example.org/cn/%E5%9B%BD%E9%99%85/20261029-elsewhere",
    "https://www.rfı.fr/cn/%E5%9B%BD%E9%99%85/20261029-look-alike",
    "https://法广.例子/cn/20261029-host",
    "javascript:alert(1)//cn/x/20261029-script",
    "file:///cn/x/20261029-file",
    "",
    "http://[::1/cn/x/20261029-bracket",
)
LEADS = {
    "to-loopback": "http://127.0.0.1:9/",
    "to-metadata": "http://169.254.169.254/latest/meta-data/",
    "to-six": "http://[::1]:9/",
    "to-localhost": "http://localhost:9/",
    "to-hex": "http://0x7f.1/",
    "to-decimal": "http://2130706433/",
    "to-ftp": "ftp://www.rfi.fr/cn/",
    "to-file": "file:///etc/passwd",
    "to-data": "data:text/html,x",
    "to-script": "javascript:alert(1)",
    "to-gopher": "gopher://www.rfi.fr/1",
    "to-other-site": "https://www.example.org/cn/x/20261029-there",
}


def changed(change: Callable[[str], bytes], kind: str = HTML) -> Callable[[Scene], Answer]:
    """The usual page as other bytes."""
    return lambda scene: Answer(200, change(render(scene.article)), (("Content-Type", kind), *PAGE[1:]))


def coded_as_gzip(change: Callable[[bytes], bytes]) -> Callable[[Scene], Answer]:
    """The usual answer, said to be gzip, after a change of its coded bytes."""

    def made(scene: Scene) -> Answer:
        body = change(gzip.compress(scene.usual.body, 5, mtime=0))
        return replace(scene.usual, body=body, coding="done").plus(("Content-Encoding", "gzip"))

    return made


def bomb_in_bomb(_: Scene) -> Answer:
    """A bomb coded twice: 300 MB in 2 kB."""
    return Answer(200, gzip.compress(bomb(), 9, mtime=0), (*PAGE, ("Content-Encoding", "gzip, gzip")), "done")


@cache
def wide() -> bytes:
    """64 MB that gzip makes 3 MB of: no bomb by its ratio."""
    noise = b"".join(b"%x" % (n * n * 7919 % 10_007_777) for n in range(800))
    return packed(noise + b"<br>-filler-" * 5_000, 1 + (64 << 20) // 65_000)


def large(_: Scene) -> Answer:
    """64 MB as a page."""
    return Answer(200, wide(), (*PAGE, ("Content-Encoding", "gzip")), "done")


def with_entity(doctype: str, times: int = 1) -> Callable[[Scene], Answer]:
    """The usual listing behind a document type, with its last entity in every title."""

    def made(scene: Scene) -> Answer:
        text = scene.usual.body.decode().replace("?>", "?>" + doctype, 1)
        return replace(scene.usual, body=text.replace("title>", "title>" + "&e8;" * times).encode(), coding="identity")

    return made


def replaced(old: bytes, new: bytes) -> Callable[[Scene], Answer]:
    """The usual answer with some bytes instead of others."""
    return lambda scene: replace(scene.usual, body=scene.usual.body.replace(old, new))


def strange_links(scene: Scene) -> Answer:
    """A feed that names what no request may ask for, ahead of its articles."""
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in LINKS)
    return replace(scene.usual, body=scene.usual.body.replace(b"<item>", items.encode() + b"<item>", 1))


@cache
def attributes() -> bytes:
    """A feed of 30 MB: one start tag with four million attributes."""
    return b"<rss><channel " + b" ".join(b"a%d=''" % n for n in range(2_700_000)) + b"></channel></rss>"


def many_attributes(_: Scene) -> Answer:
    """That feed, as it is."""
    return replace(typed(XML, attributes()), coding="identity")


def hop(scene: Scene) -> Answer:
    """302 to a page that was never named, without end."""
    found = re.search(r"-hop-(\d+)$", scene.url)
    return redirect(f"{HOST}/cn/%E5%9B%BD%E9%99%85/20261030-hop-{int(found[1]) + 1 if found else 1}", 302)


def bare(code: int) -> Callable[[Scene], Answer]:
    """A status and nothing else."""
    return lambda _: Answer(code, b"", PAGE)


HOSTILE: dict[str, Odd] = {
    # framing
    "length-small": Odd("more than Content-Length says", None, broken.length_small),
    "length-negative": Odd("Content-Length: -1", None, broken.length_negative),
    "length-twice": Odd("two lengths that contradict each other", None, broken.length_twice),
    "tiny-chunks": Odd("chunks of one byte behind long extensions, without end", None, broken.tiny_chunks),
    "endless-head": Odd("header lines without end", None, broken.endless_head),
    "many-headers": Odd("4,000 header lines, then the usual answer", None, broken.many_headers, True),
    "long-header": Odd("a header line of 100 kB", None, broken.long_header),
    "interim-flood": Odd("100 Continue without end", None, broken.interim_flood),
    "http-0.9": Odd("a body without any head", None, broken.no_head),
    "flood": Odd("chunks without end", None, broken.flood),
    "flood-length": Odd("300 MB, and a Content-Length that says so", None, broken.flood_length),
    "drip-forever": Odd("a byte, a pause, a byte, without end", None, broken.drip_forever),
    # status
    "999": Odd("status 999", None, broken.status("999 Request Denied", 999)),
    "000": Odd("status 000", None, broken.status("000 Nothing", 0)),
    "204": Odd("204, as if there were nothing to say", bare(204), broken.bodiless),
    "205": Odd("205, as if there were a form", bare(205)),
    "206": Odd("206, a part that nobody asked for", status(206)),
    "304": Odd("304, though no version was named", bare(304)),
    "429-hours": Odd("429, Retry-After: 10800", status(429, ("Retry-After", "10800"))),
    # content coding
    "gzip-cut": Odd("gzip that ends early", coded_as_gzip(lambda packed: packed[: len(packed) // 2])),
    "gzip-broken": Odd("gzip with broken bytes in its midst", coded_as_gzip(broken.bent)),
    "gzip-not": Odd("said to be gzip, but plain", lambda s: s.usual.plus(("Content-Encoding", "gzip")), broken.plain),
    "bomb-nested": Odd("a gzip bomb in gzip", bomb_in_bomb),
    "bomb-size": Odd("3 MB of gzip that open to 64 MB", large),
    # content
    "big5": Odd("Big5 bytes labelled UTF-8", changed(lambda text: text.encode("big5hkscs", "xmlcharrefreplace"))),
    "not-gbk": Odd("UTF-8 bytes labelled GBK", changed(str.encode, "text/html; charset=GBK")),
    "utf-16": Odd("UTF-16 with its mark, labelled UTF-8", changed(lambda text: text.encode("utf-16"))),
    "nul": Odd("NUL between all letters of its tags' ends", replaced(b">", b"\0>")),
    "deep": Odd("100,000 nested elements", lambda s: page(render(s.article).replace("<p>", "<div>" * 100_000, 1))),
    "attribute": Odd(
        "an attribute of 2 MB", lambda s: page(render(s.article).replace("<p>", f"<p a='{'x' * 2**21}'>", 1))
    ),
    "jpeg": Odd("a picture", lambda s: typed("image/jpeg", jpeg(s.url))),
    "void": Odd("200, not a byte", lambda _: page("")),
    # listings
    "laughs": Odd("entities in entities in every title", with_entity(LAUGHS)),
    "quadratic": Odd("one long entity, often", with_entity(QUADRATIC, 100)),
    "outside": Odd("an entity that is a file of this machine", with_entity(OUTSIDE)),
    "attributes": Odd("a feed of 30 MB, all attributes", many_attributes),
    "nul-feed": Odd("NUL in every title", replaced(b"<title>", b"<title>\0")),
    "links": Odd("links that nobody may follow, then the usual ones", strange_links),
    # robots.txt
    "robots-long": Odd(
        "5 MB of rules for us", lambda _: typed("text/plain", b"User-agent: *\n" + broken.rules(5 << 20))
    ),
    "robots-nul": Odd("a robots.txt of NUL bytes", lambda _: typed("text/plain", b"\0" * 5000)),
    # redirections
    "to-self": Odd("302 to itself", lambda s: redirect(s.url, 302)),
    "hop": Odd("302 to a page that was never named, again and again", hop),
    **{name: Odd(f"302 to {where}", to(where)) for name, where in LEADS.items()},
}
