"""Latest: articles as entries of a feed, with all that they say, made safe."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from archive.article import attribute, escaped_title
from archive.export.atom import Entry, Feed
from archive.export.text import Text
from archive.index import Index
from archive.pages import safe
from archive.tables.card import Card
from archive.tables.texts import SLOTS

NAME = "rfi-archive articles"
"""What the feed's id is made of."""
TITLE = "法广中文网存档"
NEWEST = 100
"""Articles of a feed for which no days are named."""
AUTHOR = "RFI"
"""Of an article that names none."""


def feed(updated: datetime, own: str = "", page: str = "") -> Feed:
    """Return the feed of articles; updated: its time if there is none.  own, page: as in Feed."""
    return Feed(NAME, TITLE, updated, own, page)


def cards(index: Index, since: date | None = None, until: date | None = None) -> Iterator[Card]:
    """Yield articles, the newest first: those published from day to day (Paris), both included, else NEWEST."""
    if since or until:
        for day, _ in reversed(index.by_day(since, until)):
            yield from _in_order(index.of_day(day, limit=-1))
    else:
        yield from _in_order(index.newest_cards(limit=NEWEST))


def _in_order(found: list[Card]) -> list[Card]:
    """Return articles, the newest first; those of one minute by their files, as the index has them by their arrival."""
    return sorted(found, key=lambda card: (-(card.number // SLOTS), card.path))


def entry(text: Text, picture: Callable[[str], str | None]) -> Entry:
    """Return what a feed tells of an article: all of it.  picture: as `safe.html` takes it."""
    return Entry(
        name=text.url,
        title=text.title,
        updated=text.captured,
        link=text.url,
        summary=text.lead.partition("\n")[0],
        html=safe.html(_markup(text), picture),
        published=text.published,
        authors=text.authors or (AUTHOR,),
        categories=tuple(dict.fromkeys(filter(None, (text.section, text.show, *text.tags)))),
    )


def _markup(text: Text) -> str:
    """Return an article as the site has it: picture, lead, body."""
    caption = f"<figcaption>{escaped_title(text.caption)}</figcaption>" if text.caption else ""
    picture = f'<figure><img src="{attribute(text.image)}">{caption}</figure>' if text.image else ""
    lead = f"<p><strong>{text.lead_html}</strong></p>" if text.lead_html else ""
    return f"{picture}{lead}<div>{text.body_html}</div>"
