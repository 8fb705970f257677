"""Edits: what became of articles, as entries of a feed.  Pure."""

from datetime import datetime
from html import escape

from archive.changes import News
from archive.export.atom import Entry, Feed
from archive.export.comparison import NAMES
from archive.history import Event
from archive.language import moment
from archive.terminal.plain import plain
from archive.versions import marked

NAME = "rfi-archive changes"
"""What the feed's id is made of."""
TITLE = "法广中文网：文章的修改"
SAYS = {Event.EDITED: "已修改", Event.GONE: "已撤下", Event.RETURNED: "重新上线"}
"""What became of an article, as its entry's title has it."""


def feed(since: datetime, own: str = "", page: str = "") -> Feed:
    """Return the feed of edits; since: its time if there is none.  own, page: as in Feed."""
    return Feed(NAME, TITLE, since, own, page)


def entry(one: News) -> Entry:
    """Return what a feed tells of one edit."""
    fields = "、".join(NAMES[change.field] for change in one.changes)
    detail = one.what if one.event is Event.GONE else fields
    said = SAYS[one.event] + (f"（{detail}）" if detail else "")
    return Entry(
        name=f"{one.url} {moment.stamp(one.captured)} {one.digest} {one.event}",
        title=f"{said}：{one.title}",
        updated=one.captured,
        link=one.url,
        summary=said,
        html=_html(one) or escape(plain(said), quote=False),
    )


def _html(one: News) -> str:
    changes = "".join(f"<h3>{NAMES[c.field]}</h3>{marked.html(c, shorten=True)}" for c in one.changes)
    return changes + (f"<p>{escape(plain(one.problem), quote=False)}</p>" if one.problem else "")
