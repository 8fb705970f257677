"""Content: what an article says, field by field, so that two captures of it can be told apart.  Pure.

White space, markup, share links and what the site says of itself are no words: a page
that differs in nothing else says the same.  A capture is held against the page captured
before it; what it says anew makes it a version of the article.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2s

from archive import article as files
from archive.facts import DISPLAY
from archive.page import Page

MARKUP = "markup"
"""The article file beside its words and its first line: links, emphasis, share bar."""
FIELDS = ("title", "date", "lead", "body", "image", "authors", "tags", MARKUP)
"""What is compared, in the order of a page.  "image": the lead picture and those in the body, at whatever width."""
FIRST = "first"
"""What is said of the first page of an article, which differs from nothing."""
NOTHING = frozenset(("", MARKUP))
"""Changes that make no version."""
_SIZE = 8
"""Hex digits of one field: an edit goes unnoticed once in four thousand million."""
_NO_WORDS = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")


def of(page: Page) -> str:
    """Return what a page says, as one short digest for each of FIELDS."""
    return "".join(
        blake2s(text.encode("utf-8", "replace"), digest_size=_SIZE // 2).hexdigest() for text in _texts(page)
    )


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


def _texts(page: Page) -> Iterator[str]:
    article, facts = page.article, page.facts
    yield from map(_words, (article.title, article.shown, facts.lead, facts.body))
    yield "\n".join(DISPLAY.sub(r"\1/\2", picture) for picture in (article.image or "", *facts.pictures))
    yield "\n".join(map(_words, facts.authors))
    yield "\n".join(sorted(map(_words, facts.tags)))
    yield files.write(article).partition("\n")[2]


def _words(text: str) -> str:
    return _NO_WORDS.sub("", text)
