"""Text: what an article says, as it may stand in a page of ours."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from archive.article import Article
from archive.pages import safe
from archive.web import items
from archive.web.context import Context

_OPENS, _HEADING = re.compile("<h([2-4])>"), re.compile("<(/?)h([2-4])>")
"""As safe.py writes them: without attributes, one never inside another."""
_OURS = 1
"""Level of the page's own heading."""


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
        body=Markup(stepped(safe.html(article.body, picture))),  # noqa: S704
    )


def stepped(markup: str) -> str:
    """Return harmless markup with its headings one level below the page's own, and none more than one below another.

    Whoever goes by headings would otherwise look for those left out.  Source: WCAG 2.2, technique G141.
    """
    used = sorted({int(level) for level in _OPENS.findall(markup)})
    last = _OURS

    def put(found: re.Match[str]) -> str:
        nonlocal last
        if not found[1]:
            last = min(_OURS + 1 + used.index(int(found[2])), last + 1)
        return f"<{found[1]}h{last}>"

    return _HEADING.sub(put, markup)
