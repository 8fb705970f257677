"""Events: the pages of what was edited and of what is gone, the latest first."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from archive.changes import News, latest
from archive.history import Event
from archive.tables.lately import Before
from archive.versions import marked
from archive.web import items
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show

PAGE = 20
"""Changes on one page: of each two records are read."""
PAGE_GONE = 30
MOST_FIELD = 4_000
"""Characters of markup of one field; where more differs, only the comparison in full shows it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change as the page shows it."""

    news: News
    link: str | None
    """The article."""
    diff: str | None
    """The comparison in full; None if there is none."""
    fields: tuple[tuple[str, Markup], ...]
    """What differs: the field's name, and its changed stretches; nothing where that is too much."""


def changes(context: Context, asked: Asked) -> Answer:
    """Show what the site said anew, took away or gave back."""
    before = asked.place("before")
    news, behind = latest(context.root, context.index, before, PAGE)
    next_page = context.links.changes(written(behind)) if behind else None
    return show(context, asked, "changes", told=[_told(context, one) for one in news], before=before, next=next_page)


def gone(context: Context, asked: Asked) -> Answer:
    """Show the articles that the site has no more."""
    before = asked.place("before")
    cards, behind = context.index.gone_cards(before, PAGE_GONE)
    next_page = context.links.gone(written(behind)) if behind else None
    return show(context, asked, "gone", items=items.items(context, cards), before=before, next=next_page)


def written(place: Before) -> str:
    """Return a place in a list as it stands in an address."""
    return "{}-{}".format(*place)


def _told(context: Context, news: News) -> Told:
    name = PurePosixPath(news.path).stem
    compared = news.version is not None and news.version > 1 and news.event is not Event.GONE and not news.problem
    made = ((change.field, marked.html(change, shorten=True)) for change in news.changes)
    return Told(
        news=news,
        link=context.links.article(name),
        diff=context.links.diff(name, news.version - 1, news.version) if compared and news.version else None,
        fields=tuple((field, Markup(html if len(html) <= MOST_FIELD else "")) for field, html in made),  # noqa: S704
    )
