"""Front: the newest articles day by day, and one day's."""

import calendar
import re
from datetime import date, timedelta

from archive import article
from archive.errors import BadArticle, NotFound
from archive.files import reach
from archive.pages import safe
from archive.tables.card import Card
from archive.web import items
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.items import PAGE

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_OF_DAY = 500
"""Articles on the page of a day: the site brings out about a hundred."""

MOST_LEAD = 160
"""Characters of how the first article begins."""


def newest(context: Context, asked: Asked) -> Answer:
    """Show the newest articles, or those before one of them."""
    before = asked.number("before")
    cards = context.index.newest_cards(before=before, limit=PAGE + 1)
    lead = _lead(context, cards[0]) if cards and before is None else ""
    return show(context, asked, "front", items=items.page(context, cards), before=before, lead=lead)


def _lead(context: Context, card: Card) -> str:
    """Return how an article begins; "" if its file cannot be read: its page says why."""
    try:
        read = article.read(reach.read(context.root / card.path))
    except (OSError, BadArticle):
        return ""
    said = safe.text(read.lead) or safe.text(read.body)
    return said if len(said) <= MOST_LEAD else f"{said[:MOST_LEAD]}…"


def day(context: Context, asked: Asked) -> Answer:
    """Show the articles of a day, and the month it is of."""
    at = _day(asked.names["day"])
    cards = context.index.of_day(at, limit=MOST_OF_DAY)
    if not cards:
        raise NotFound(f"no article of {at}")
    return show(
        context,
        asked,
        "day",
        day=at,
        items=items.items(context, cards),
        weeks=_weeks(context, at),
        last=context.index.next_day(at, back=True),
        next=context.index.next_day(at, back=False),
    )


def _day(text: str) -> date:
    """Read a day as it stands in a path.  Raises NotFound for what is none, or at the edge of the calendar."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else date.min
    except ValueError:
        found = date.min
    if not date(1000, 1, 1) <= found <= date(9000, 1, 1):
        raise NotFound(f"not a day such as 2026-11-30: {text!r}")
    return found


def _weeks(context: Context, at: date) -> list[list[tuple[date | None, int]]]:
    """Return the weeks of a day's month, Monday first: each day with its number of articles; None: of another month."""
    first = at.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    counts = dict(context.index.by_day(first, last))
    return [
        [(one if one.month == at.month else None, counts.get(one, 0)) for one in week]
        for week in calendar.Calendar().monthdatescalendar(at.year, at.month)
    ]
