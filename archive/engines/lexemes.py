"""Lexemes: what PostgreSQL's search is given of a text, and what it is asked instead of FTS5.  Pure.

Its tsvector forgets places beyond the 16,383rd, and more than 255 of one word, so phrases
are not left to it: neighbours are words, too, and whatever is longer is looked for in the
text once more.  So the same is found as by FTS5.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.language.han import BREAK

LONG = 200
"""Characters of a word; PostgreSQL takes 2,046 bytes of two of them."""
ROOM = 1_000_000
"""Bytes of all lexemes of a text; PostgreSQL takes 1 MiB.  A text with more is found by fewer of its neighbours."""
_EXTRA = 4
"""Bytes that each lexeme takes beside its own, at most."""
_TOKENS = re.compile(r'"([^"]*)"( \*)?|(AND|OR|NOT|\(|\))')
_COLUMN_END = "\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of what is looked for."""

    query: str
    """As a tsquery: all texts that have the part, and maybe more."""
    sql: str
    """The condition in SQL of those that have it, with a mark for each value."""
    values: tuple[str, ...]
    """What is bound to the marks."""
    exact: bool
    """Whether the tsquery alone finds these and no others."""


def words(columns: Sequence[str]) -> str:
    """Return the tokens of title, lead and body as they are kept: a blank before and behind each."""
    return " ".join(("", f" {_COLUMN_END} ".join(" ".join(tokens.split()) for tokens in columns), ""))


def lexemes(kept: str) -> list[str]:
    """Return what a text is found by: each of its words, and each two neighbours, but for the ends of clauses."""
    tokens = [[token[:LONG] for token in column.split()] for column in kept.split(_COLUMN_END)]
    single = (token for column in tokens for token in column if token != BREAK)
    pairs = (pair for column in tokens for pair in _pairs(column))
    left, found = ROOM, list[str]()
    for lexeme in dict.fromkeys((*single, *pairs)):
        left -= len(lexeme.encode()) + _EXTRA
        if left < 0:
            break
        found.append(lexeme)
    return found


def condition(match: str) -> tuple[str, tuple[str, ...]]:
    """Return condition and values by which PostgreSQL finds what FTS5 finds by `match`, as `query` writes it."""
    asked, _ = _either(list(_TOKENS.finditer(match)), 0)
    where = "s.found @@ ?::tsquery"
    return (where, (asked.query,)) if asked.exact else (f"{where} and {asked.sql}", (asked.query, *asked.values))


def _pairs(tokens: Sequence[str]) -> Iterator[str]:
    return (f"{one} {other}" for one, other in pairwise(tokens) if BREAK not in (one, other))


def _either(parts: Sequence[re.Match[str]], at: int) -> tuple[Asked, int]:
    """Read parts from `at` on, up to the parenthesis that closes; return what they ask for, and where they end."""
    asked, at = _all(parts, at)
    while at < len(parts) and parts[at][3] == "OR":
        other, at = _all(parts, at + 1)
        asked = _joined("or", "|", asked, other)
    return asked, at


def _all(parts: Sequence[re.Match[str]], at: int) -> tuple[Asked, int]:
    """Read parts up to the next OR; NOT is only ever said of the last in its parentheses."""
    asked, at = _one(parts, at)
    while at < len(parts) and parts[at][3] in ("AND", "NOT"):
        how = parts[at][3]
        other, at = _one(parts, at + 1)
        asked = _joined("and", "&", asked, other) if how == "AND" else _without(asked, other)
    return asked, at


def _one(parts: Sequence[re.Match[str]], at: int) -> tuple[Asked, int]:
    if parts[at][3]:  # "("
        asked, at = _either(parts, at + 1)
        return asked, at + 1
    return _phrase(parts[at][1].split(), begins=bool(parts[at][2])), at + 1


def _joined(word: str, sign: str, one: Asked, other: Asked) -> Asked:
    return Asked(
        f"({one.query} {sign} {other.query})",
        f"({one.sql} {word} {other.sql})",
        (*one.values, *other.values),
        one.exact and other.exact,
    )


def _without(one: Asked, other: Asked) -> Asked:
    return Asked(one.query, f"({one.sql} and not {other.sql})", (*one.values, *other.values), exact=False)


def _phrase(tokens: Sequence[str], *, begins: bool) -> Asked:
    """Return how a phrase is looked for: by its neighbours, and where these do not tell, in the text itself."""
    exact = len(tokens) <= 2 and all(len(token) <= LONG for token in tokens)  # noqa: PLR2004 - two neighbours
    short = [token[:LONG] for token in tokens]
    alone = len(tokens) == 1 or BREAK in tokens
    terms = [f"'{term}'" for term in dict.fromkeys((*(short if alone else ()), *_pairs(short))) if term != BREAK]
    if begins:
        last = f"'{short[-1]}'" if len(short) == 1 or short[-2] == BREAK else f"'{short[-2]} {short[-1]}'"
        terms = [term for term in terms if term not in (last, f"'{short[-1]}'")] + [f"{last}:*"]
    query = " & ".join(terms)
    query = f"({query})" if len(terms) > 1 else query
    if exact:
        return Asked(query, "s.found @@ ?::tsquery", (query,), exact=True)
    kept = f" {' '.join(tokens)}{'' if begins else ' '}"
    return Asked(query, "(s.found @@ ?::tsquery and strpos(s.words, ?) > 0)", (query, kept), exact=False)
