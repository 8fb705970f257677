"""Labels: sections, shows, authors and tags: all names of a kind, and the articles of one."""

from collections.abc import Callable

from archive.errors import NotFound
from archive.web import items
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.items import PAGE

MOST = 2_000
"""Names on one page, those with the most articles."""


def names(kind: str) -> Callable[[Context, Asked], Answer]:
    """Return what shows all names of a kind."""

    def handler(context: Context, asked: Asked) -> Answer:
        found = context.index.labels(kind, limit=MOST + 1)
        return show(context, asked, "names", kind=kind, names=found[:MOST], more=len(found) > MOST)

    return handler


def articles(kind: str) -> Callable[[Context, Asked], Answer]:
    """Return what shows the articles that bear a name of a kind, the newest first."""

    def handler(context: Context, asked: Asked) -> Answer:
        name, before = asked.names["name"], asked.number("before")
        cards = context.index.newest_cards((kind, name), before=before, limit=PAGE + 1)
        if not cards and before is None:
            raise NotFound(f"no {kind} of this name")
        found = items.page(context, cards)
        return show(context, asked, "label", kind=kind, name=name, items=found, before=before)

    return handler
