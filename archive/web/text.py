"""Text: what an article says, as it may stand in a page of ours."""

from dataclasses import dataclass

from markupsafe import Markup

from archive import safe
from archive.article import Article
from archive.web import items
from archive.web.context import Context


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text."""

    title: str
    """Plain text, as it came."""
    shown: str
    """When it came out, as the page itself says it; "" if it does not."""
    picture: str | None
    """The lead picture, if it is archived."""
    lead: Markup
    """Made harmless."""
    body: Markup
    """Made harmless."""


def of(context: Context, article: Article) -> Text:
    """Return what an article says; of its pictures those that are archived."""

    def picture(url: str) -> str | None:
        return context.links.image(url) if items.archived(context.index, [url]) else None

    return Text(
        title=article.title,
        shown=article.shown,
        picture=picture(article.image) if article.image else None,
        lead=Markup(safe.html(article.lead, picture)),  # noqa: S704 - that is what safe.py is for
        body=Markup(safe.html(article.body, picture)),  # noqa: S704
    )
