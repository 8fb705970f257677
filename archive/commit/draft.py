"""Draft: what one exchange has the ledger note, as far as it follows from the exchange alone.  Pure.

Whoever makes drafts needs no archive, so many processes may; the ledger enters them in the order of the records.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from archive import article as files
from archive import page as pages
from archive import urls
from archive.commit import taken
from archive.commit.taken import Taken
from archive.decide import Outcome
from archive.errors import BadUrl
from archive.exchange import Exchange
from archive.listing import Listing
from archive.page import NotAnArticle, Page
from archive.pages.requisites import Sheet
from archive.tables import texts
from archive.versions import content

Ranked = tuple[tuple[str, int], ...]
"""Canonical URLs, each with its rank."""


@dataclass(frozen=True, slots=True)
class Made:
    """An article page, ready for its file and its rows."""

    page: Page
    """What it holds."""
    text: bytes
    """Its article file; b"" where that is in its place already."""
    sha256: str
    """Of the article file, hex."""
    content: str
    """What it says, `content.of`."""
    words: texts.Words
    """What the search is given of it."""
    pictures: Ranked
    """Its lead picture, as its file and as its reader has it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an exchange has the ledger note."""

    url: str
    """Canonical URL that was asked for."""
    outcome: Outcome
    """What its answer makes of the URL."""
    listed: Ranked
    """What it names: the links of a listing, what a stylesheet needs."""
    validators: tuple[str | None, str | None] | None
    """ETag and Last-Modified of a listing that was read as a whole; None of anything else."""
    page: Made | None
    """The article page that it holds, if it does."""


def of(exchange: Exchange) -> Draft:
    """Return what an exchange has the ledger note.  Raises BadUrl."""
    return drafted(exchange, taken.read(exchange))


def drafted(exchange: Exchange, found: Taken) -> Draft:
    """Return the same, given what the exchange turned out to hold."""
    url, made = urls.canonical(exchange.url), make(found) if isinstance(found, Page) else None
    return Draft(url, taken.outcome(found), tuple(_named(found)), _validators(exchange, found), made)


def article(exchange: Exchange) -> Made | NotAnArticle:
    """Return what an answer to an article's URL makes.  Raises BadUrl."""
    found = pages.of(exchange)
    return make(found) if isinstance(found, Page) else found


def make(page: Page) -> Made:
    """Return what an article page makes."""
    text, facts = files.write(page.article).encode(), page.facts
    words = texts.words_of(page.article.title, facts.lead, facts.body)
    return Made(page, text, hashlib.sha256(text).hexdigest(), content.of(page), words, tuple(_pictures(page)))


def _named(found: Taken) -> Iterator[tuple[str, int]]:
    """Yield the URLs that something names."""
    if isinstance(found, Listing):
        yield from ((link.url, urls.rank(link.url, link.published)) for link in found.links)
    elif isinstance(found, Sheet):
        yield from ((url, 0) for url in found.names)


def _pictures(page: Page) -> Iterator[tuple[str, int]]:
    """Yield the lead picture of a page as its file and as its reader has it."""
    for named in filter(None, (page.facts.image, page.facts.shown)):
        with suppress(BadUrl):  # a page may name what no request could: the article stands without it
            yield urls.canonical(named), urls.rank(page.article.url, page.facts.published)


def _validators(exchange: Exchange, found: Taken) -> tuple[str | None, str | None] | None:
    """Return what a listing's answer says of its version; not of a damaged one, or a 304 would hide it for good."""
    whole = isinstance(found, Listing) and not found.damage
    return (exchange.header("etag"), exchange.header("last-modified")) if whole else None
