"""Versions: one version of an article, and what two of them say differently."""

import re
from dataclasses import replace

from markupsafe import Markup

from archive.commit.ledger import page_at
from archive.errors import NotFound
from archive.history import placed
from archive.page import Page
from archive.pages.facts import Facts
from archive.tables.card import Card
from archive.versions import content, marked
from archive.versions import diff as differing
from archive.web import life, text
from archive.web.answer import Answer
from archive.web.article import card_of
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.life import Moment

_NUMBER = re.compile("[1-9][0-9]{0,5}")


def page(context: Context, asked: Asked) -> Answer:
    """Show a version as its record makes it.  Raises BadRecord."""
    card = card_of(context, asked)
    found = life.versions(life.of(context.index, card.url))
    at = numbered(found, asked.names["number"])
    told = read(context, at)
    return show(
        context,
        asked,
        "version",
        card=_as_told(card, told.facts),
        text=text.of(context, told.article),
        at=at,
        number=len(found),
        replay=context.links.replay(at.one.capture.url, at.captured),
    )


def diff(context: Context, asked: Asked) -> Answer:
    """Show what differs between two versions.  Raises BadRecord."""
    card = card_of(context, asked)
    found = life.versions(life.of(context.index, card.url))
    old, new = (numbered(found, asked.names[name]) for name in ("old", "new"))
    changes = differing.compare(*(content.texts(read(context, at)) for at in (old, new)))
    told = [(change.field, Markup(marked.html(change, shorten=False))) for change in changes]  # noqa: S704 - escaped there
    return show(context, asked, "diff", card=card, old=old, new=new, changes=told, number=len(found))


def _as_told(card: Card, facts: Facts) -> Card:
    """Return an article as the page of one version told of it."""
    names = "published modified section show authors tags image caption".split()
    return replace(card, **{name: getattr(facts, name) for name in names})


def numbered(found: list[Moment], number: str) -> Moment:
    """Return the version of a number, as it stands in a path.  Raises NotFound."""
    if not _NUMBER.fullmatch(number) or int(number) > len(found):
        raise NotFound(f"no version of this number: they are 1 to {len(found)}")
    return found[int(number) - 1]


def read(context: Context, at: Moment) -> Page:
    """Return the page of a version.  Raises BadRecord."""
    return page_at(context.root / "warc", *placed(at.one))
