"""Content: what an article says, field by field, so that two captures of it can be told apart.  Pure.

White space, markup, share links and what the site says of itself are no words: a page
that differs in nothing else says the same.  A capture is held against the page captured
before it; what it says anew makes it a version of the article.
"""

from collections.abc import Sequence
from hashlib import blake2s

from archive import article as files
from archive.page import Page
from archive.pages.facts import DISPLAY
from archive.versions import diff

MARKUP = "markup"
"""The article file beside its words and its first line: links, emphasis, share bar."""
FIELDS = (*diff.FIELDS, MARKUP)
"""What is compared, in the order of a page.  "image": the lead picture and those in the body, at whatever width."""
FIRST = "first"
"""What is said of the first page of an article, which differs from nothing."""
NOTHING = frozenset(("", MARKUP))
"""Changes that make no version."""
_SIZE = 8
"""Hex digits of one field: an edit goes unnoticed once in four thousand million."""


def of(page: Page) -> str:
    """Return what a page says, as one short digest for each of FIELDS."""
    said = (diff.said(*field) for field in texts(page).items())
    markup = files.write(page.article).partition("\n")[2]
    return "".join(
        blake2s(text.encode("utf-8", "replace"), digest_size=_SIZE // 2).hexdigest() for text in (*said, markup)
    )


def texts(page: Page) -> dict[str, str]:
    """Return what a page says, by FIELDS but MARKUP: pictures and names one a line, tags in their own order."""
    article, facts = page.article, page.facts
    pictures = (DISPLAY.sub(r"\1/\2", picture) for picture in (article.image or "", *facts.pictures))
    return {
        "title": article.title,
        "date": article.shown,
        "lead": facts.lead,
        "body": facts.body,
        "image": "\n".join(pictures),
        "authors": "\n".join(facts.authors),
        "tags": "\n".join(sorted(facts.tags)),
    }


def changed(before: str, now: str) -> str:
    """Return the names of FIELDS that differ between two of `of`, with blanks between; "" for none."""
    return " ".join(
        name for name, at in zip(FIELDS, range(0, len(now), _SIZE), strict=True) if _at(before, at) != _at(now, at)
    )


def changes(contents: Sequence[str]) -> list[str]:
    """Return for each page of one article, in the order of their captures, what it says anew."""
    return [changed(before, now) if before else FIRST for before, now in zip(("", *contents), contents, strict=False)]


def is_version(change: str) -> bool:
    """Tell whether a page with this change is another version of its article."""
    return change not in NOTHING


def newest(contents: Sequence[str]) -> int:
    """Return which page of an article, in the order of their captures, is its newest version, of which its file is."""
    return max(at for at, change in enumerate(changes(contents)) if is_version(change))


def _at(content: str, at: int) -> str:
    return content[at : at + _SIZE]
