"""Diff: what two versions of an article say differently, in the very words.  Pure; bounded time and memory.

Sentences are aligned first; what is between those that are the same is compared by words,
a Han character being one.  White space is shown where it stands and never counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from archive.language import words
from archive.versions.align import Run, align

FIELDS = tuple("title date lead body image authors tags".split())
"""What is compared, in the order in which it is shown."""
WHOLE = frozenset(("date", "image", "authors", "tags"))
"""Fields of which each line changes as a whole: a time, pictures, names."""
MOST_TEXT = 400_000
"""Characters of two texts together: longer ones, which no article has, are compared by whole paragraphs, so that
a page made to take time or memory takes little of either."""


class Mark(StrEnum):
    """What became of a piece of text."""

    EQUAL = "equal"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and what became of it."""

    mark: Mark
    """Where it stands: in both, only in the old text, only in the new one."""
    text: str
    """Never empty; begins and ends between two words."""

    @property
    def counts(self) -> bool:
        """Whether it is a change: white space is none."""
        return self.mark is not Mark.EQUAL and not self.text.isspace()


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of whole sentences."""

    pieces: tuple[Piece, ...]
    """In reading order; what was deleted stands before what took its place."""

    @property
    def changed(self) -> bool:
        """Whether anything in it counts."""
        return any(piece.counts for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Change:
    """A field that two versions do not have alike."""

    field: str
    """One of FIELDS."""
    hunks: tuple[Hunk, ...]
    """All of it, in reading order: equal and deleted pieces joined are the old text in its normal form (see
    `words.normal`), equal and inserted ones the new."""

    def pieces(self) -> list[Piece]:
        """Return the pieces of all hunks."""
        return [piece for hunk in self.hunks for piece in hunk.pieces]

    def values(self) -> dict[str, Any]:
        """Return it for programs: the field, and its pieces hunk by hunk."""
        return {"field": self.field, "hunks": [[asdict(piece) for piece in hunk.pieces] for hunk in self.hunks]}


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """Return the fields that differ, in the order of FIELDS, what the two say of each given as text.

    A field that is missing is empty; names and pictures stand one a line.  Equal but for white space is equal.
    """
    pairs = ((field, old.get(field, ""), new.get(field, "")) for field in FIELDS)
    return tuple(Change(field, hunks(field, a, b)) for field, a, b in pairs if said(field, a) != said(field, b))


def said(field: str, text: str) -> str:
    """Return what a field says: equal for texts that differ in nothing that counts."""
    return "\n".join(map(words.said, text.split("\n"))) if field in WHOLE else words.said(text)


def hunks(field: str, old: str, new: str) -> tuple[Hunk, ...]:
    """Return the whole of a field's two texts, hunk by hunk."""
    old, new = words.normal(old), words.normal(new)
    if field in WHOLE or len(old) + len(new) > MOST_TEXT:
        return _hunks([_by_items(old.splitlines(keepends=True), new.splitlines(keepends=True))])
    return _hunks(_prose(old, new))


def _by_items(a: list[str], b: list[str]) -> Iterator[Piece]:
    """Return the pieces of two lists of texts, each of which changes as a whole."""
    return _pieces(align([*map(words.bare, a)], [*map(words.bare, b)]), a, b)


def _prose(old: str, new: str) -> Iterator[Iterator[Piece]]:
    """Yield the pieces of running text, stretch of sentences by stretch."""
    a, b = ([words.split(sentence) for sentence in words.sentences(text)] for text in (old, new))
    if _flat(a, bare=True) == _flat(b, bare=True):  # sentences end elsewhere where white space differs
        yield _by_words(_flat(a), _flat(b))
        return
    for run in align([_key(sentence) for sentence in a], [_key(sentence) for sentence in b]):
        yield _by_words(_flat(a[run.a.start : run.a.stop]), _flat(b[run.b.start : run.b.stop]))


def _key(sentence: list[str]) -> str:
    return "\n".join(map(words.bare, sentence))


def _flat(sentences: Iterable[list[str]], *, bare: bool = False) -> list[str]:
    return [words.bare(word) if bare else word for sentence in sentences for word in sentence]


def _by_words(a: list[str], b: list[str]) -> Iterator[Piece]:
    """Return the pieces of two stretches of words."""
    return _pieces(_readable(align([*map(words.bare, a)], [*map(words.bare, b)]), a), a, b)


def _readable(runs: list[Run], a: list[str]) -> list[Run]:
    """Join changes that have next to nothing between them: a sentence written anew shares words by chance alone.

    That is less than the smaller of the two says.
    """
    found = list[Run]()
    for run in runs:
        found.append(run)
        while len(found) > 2 and not run.same and _is_chance(found[-3], found[-2], found[-1], a):  # noqa: PLR2004
            after, _, before = found.pop(), found.pop(), found.pop()
            found.append(Run(False, range(before.a.start, after.a.stop), range(before.b.start, after.b.stop)))
    return found


def _is_chance(before: Run, between: Run, after: Run, a: list[str]) -> bool:
    """Tell whether what is the same between two changes says less than either."""
    says = sum(not words.is_sign(a[at]) for at in between.a[:_FEW])
    return says < min(max(len(run.a), len(run.b)) for run in (before, after)) and len(between.a) < _FEW


_FEW = 12
"""Words in a row that are no chance."""


def _pieces(runs: Iterable[Run], a: list[str], b: list[str]) -> Iterator[Piece]:
    """Yield the pieces of stretches, those of one mark in a row as one."""
    marked = (step for run in runs for step in _steps(run, a, b) if step[1])
    for mark, steps in groupby(marked, lambda step: step[0]):
        yield Piece(mark, "".join(text for _, text in steps))


def _steps(run: Run, a: list[str], b: list[str]) -> Iterator[tuple[Mark, str]]:
    """Yield the texts of one stretch, each with its mark; where only white space differs, that alone is marked."""
    if not run.same:
        old, new = ("".join(items[at.start : at.stop]) for items, at in ((a, run.a), (b, run.b)))
        behind = old[len(words.bare(old)) :]
        shared = behind if behind == new[len(words.bare(new)) :] else ""
        yield Mark.DELETED, old.removesuffix(shared)
        yield Mark.INSERTED, new.removesuffix(shared)
        yield Mark.EQUAL, shared
        return
    for left, right in zip(run.a, run.b, strict=True):
        word = words.bare(a[left])
        yield Mark.EQUAL, a[left] if a[left] == b[right] else word
        if a[left] != b[right]:
            yield Mark.DELETED, a[left][len(word) :]
            yield Mark.INSERTED, b[right][len(word) :]


def _hunks(stretches: Iterable[Iterable[Piece]]) -> tuple[Hunk, ...]:
    """Make a hunk of each stretch that says anything."""
    return tuple(Hunk(pieces) for stretch in stretches if (pieces := tuple(stretch)))
