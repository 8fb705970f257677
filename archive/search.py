"""Search: a query -> the articles that it finds, with the place where they say it, and how they are sorted.

What is looked for is found wherever it stands, whatever words somebody else would cut a text
into; signs and blanks between do not count, but nothing is found across the end of a clause.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from re import Pattern

from archive import article
from archive.commit.ledger import page_at
from archive.errors import BadArticle, BadRecord, BadUsage
from archive.index import Index
from archive.language import han, snippet
from archive.language.query import Query, Wanted, wanted
from archive.language.snippet import Piece
from archive.pages import safe
from archive.tables import texts
from archive.tables.card import Card
from archive.tables.searching import Label, Span

DEPTH = 1000
"""Articles of one search that are counted and can be paged through."""
FACETS = ("section", "show", "author", "year")
NAMES = 20
"""Names of each facet."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that was found."""

    card: Card
    title: list[Piece]
    """Its title in pieces, with what was looked for marked; joined they are it."""
    snippet: list[Piece]
    """A stretch of lead and body, the same way; empty if neither its file nor its record can be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: list[Hit]
    """Those of one page."""
    total: int
    """How many articles were found."""
    more: bool
    """There are more than `total`."""
    facets: dict[str, list[tuple[str, int]]]
    """Of each kind in FACETS names and how many articles, of the newest `total` that were found: the most first, years
    by date, the newest first."""
    next: int | None
    """What `start` gives the next page; None if there is none."""


def search(root: Path, index: Index, query: Query, *, start: int = 0, limit: int = 20) -> Found:
    """Return the articles that a query finds, from the `start`th on, at most `limit` of them.

    root: the archive of the index.  Raises BadUsage, with one line for people, for a query that makes no sense.
    """
    if not 0 <= start <= DEPTH or not 1 <= limit <= DEPTH:
        raise BadUsage(f"only the first {DEPTH} articles of a search are shown: be more precise")
    sought, span = wanted(query.text), _span(query)
    labels = [label for label in (index.label(kind, _sound(name)) for kind, name in query.labels()) if label]
    if len(labels) < len([*query.labels()]):
        return Found([], 0, more=False, facets={kind: [] for kind in FACETS}, next=None)
    newest = index.matching(sought.match() if sought else "", span, labels, DEPTH + 1)
    ranked = newest
    if sought and query.order == "best":
        ranked = _ranked(index, sought, span, labels, start + limit, newest)
    shown = index.cards(ranked[start : min(start + limit, DEPTH)])
    total, end = min(len(newest), DEPTH), start + limit
    marks = sought.marks() if sought else None
    return Found(
        hits=[_hit(root, card, marks) for card in shown],
        total=total,
        more=len(newest) > DEPTH,
        facets=_facets(index, newest[:DEPTH]),
        next=end if end < total else None,
    )


def _ranked(
    index: Index, sought: Wanted, span: Span, labels: Sequence[Label], need: int, newest: Sequence[int]
) -> list[int]:
    """Return what was found, what says it in the title first; the first `need` are in their places."""
    best = dict[int, None]()
    for heads in ((han.TITLE,), (han.TITLE, han.LEAD)):
        if newest and len(best) < need:
            best.update(dict.fromkeys(index.matching(sought.match(*heads), span, labels, need + len(best))))
    return [*dict.fromkeys((*best, *newest))]


def _span(query: Query) -> Span:
    """Return between which numbers the texts of a query lie."""
    since, until = query.since or date.min, query.until or date.max
    if query.year is not None:
        if not date.min.year <= query.year <= date.max.year:
            raise BadUsage(f"no year: {query.year}")
        since, until = max(since, date(query.year, 1, 1)), min(until, date(query.year, 12, 31))
    if since > until:
        return 0, 0
    return texts.first_of(since), texts.first_of(until) + texts.DAY


def _sound(name: str) -> str:
    """Return a name without half characters, which no name has and no database takes."""
    return name.encode("utf-8", "replace").decode()


def _facets(index: Index, numbers: Sequence[int]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {kind: [] for kind in FACETS}
    for kind, name, many in index.counted(numbers, FACETS[:-1]):
        if len(found[kind]) < NAMES:
            found[kind].append((name, many))
    years = Counter[int]()
    for first, many in Counter(number - number % texts.DAY for number in numbers).items():
        years[texts.day_of(first).year] += many
    return {**found, "year": [(str(year), many) for year, many in sorted(years.items(), reverse=True)]}


def _hit(root: Path, card: Card, marks: Pattern[str] | None) -> Hit:
    text = next(_texts(root, card), "")
    return Hit(card, snippet.marked(card.title, marks), snippet.snippet(text, marks) if text else [])


def _texts(root: Path, card: Card) -> Iterator[str]:
    """Yield lead and body as plain text, from the article file, else from the record."""
    with suppress(OSError, BadArticle):
        file = (root / card.path).read_bytes()
        if hashlib.sha256(file).hexdigest() == card.sha256:
            made = article.read(file)
            yield "\n".join(filter(None, map(safe.text, (made.lead, made.body))))
            return
    with suppress(OSError, BadRecord):
        yield page_at(root / "warc", card.place, card.refers).facts.text
