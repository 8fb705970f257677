"""Atom: what became of articles, as a feed that a reader can subscribe to.  Pure.

An entry's id is made of the article's URL and its capture, so it stays whatever is merged,
imported or made again.  Sources: RFC 4287 (Atom), RFC 4122 (UUIDs by name).
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from archive import marked, moment
from archive.changes import News
from archive.export.comparison import NAMES
from archive.history import Event
from archive.plain import plain

FEED = "rfi-archive changes"
"""What the feed's id is made of."""
SAYS = {Event.EDITED: "已修改", Event.GONE: "已撤下", Event.RETURNED: "重新上线"}
"""What became of an article, as its entry's title has it."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0, 2.2 has not."""


def lines(news: Iterable[News], since: datetime) -> Iterator[str]:
    """Yield the feed, the newest entry last; its own time, that of the last entry or `since`, stands behind them."""
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">'
    yield f"<id>{_id(FEED)}</id>"
    yield "<title>法广中文网：文章的修改</title>"
    yield "<author><name>rfi-archive</name></author>"
    updated = since
    for one in news:
        yield _entry(one)
        updated = one.captured
    yield f"<updated>{moment.stamp(updated)}</updated>"
    yield "</feed>"


def _entry(one: News) -> str:
    fields = "、".join(NAMES[change.field] for change in one.changes)
    detail = one.what if one.event is Event.GONE else fields
    said = SAYS[one.event] + (f"（{detail}）" if detail else "")
    html = "".join(f"<h3>{NAMES[c.field]}</h3>{marked.html(c, shorten=True)}" for c in one.changes)
    html += f"<p>{escape(plain(one.problem))}</p>" if one.problem else ""
    return (
        f"<entry>\n<id>{_id(f'{one.url} {moment.stamp(one.captured)} {one.digest} {one.event}')}</id>\n"
        f"<title>{_text(f'{said}：{one.title}')}</title>\n<updated>{moment.stamp(one.captured)}</updated>\n"
        f'<link rel="alternate" href={quoteattr(_text_only(one.url))}/>\n<summary>{_text(said)}</summary>\n'
        f'<content type="html">{escape(_text_only(html or escape(plain(said))))}</content>\n</entry>'
    )


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _text(text: str) -> str:
    """Return text that is text, in XML."""
    return escape(_text_only(plain(text)))


def _text_only(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
