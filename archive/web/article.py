"""Article: one article: its text, where it is from, what became of it; and its file."""

import re

from archive import article as files
from archive import warc
from archive.errors import BadArticle, BadRecord, NotFound
from archive.files import reach
from archive.tables.card import Card
from archive.web import life, text
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show

_STEM = re.compile("([0-9]{4})([0-9]{2})[0-9]{2}-[0-9a-f]{12}")


def card_of(context: Context, asked: Asked) -> Card:
    """Return the article that a path names.  Raises NotFound."""
    return found(context, asked.names["stem"])


def found(context: Context, stem: str) -> Card:
    """Return the article of a name.  Raises NotFound."""
    named = _STEM.fullmatch(stem)
    card = context.index.card(f"articles/{named[1]}/{named[2]}/{stem}.md") if named else None
    if card is None:
        raise NotFound("no article of this name")
    return card


def page(context: Context, asked: Asked) -> Answer:
    """Show an article as its file has it; where file or record are missing, the page says so."""
    card = card_of(context, asked)
    told, problem = None, ""
    try:
        told = text.of(context, files.read(_bytes(context, card)))
    except (BadArticle, NotFound) as error:
        problem = str(error)
    record, unread = record_of(context, card)
    return show(
        context,
        asked,
        "article",
        card=card,
        text=told,
        problem=problem,
        record=record,
        unread=unread,
        life=life.of(context.index, card.url),
        replay=context.links.replay(card.asked, card.captured),
    )


def file(context: Context, asked: Asked) -> Answer:
    """Give the article file as it stands."""
    card = card_of(context, asked)
    named = {"Content-Disposition": f'attachment; filename="{card.stem}.md"'}
    return Answer(_bytes(context, card), "text/markdown; charset=utf-8", more=named)


def _bytes(context: Context, card: Card) -> bytes:
    """Return the article file's bytes.  Raises NotFound."""
    try:
        return reach.read(context.root / card.path)
    except OSError:
        raise NotFound(f"{card.path} is not there: `rfi-archive doctor` makes it from its record") from None


def record_of(context: Context, card: Card) -> tuple[str, str]:
    """Return the id of an article's record, and why it cannot be read; one of them is empty."""
    try:
        return warc.read_record(context.root / "warc", card.place).id, ""
    except BadRecord as error:
        return "", str(error)
