"""Snippet: the place of a text where what is looked for stands, with marks.  Pure.

The characters are those of the text; what was looked for is found in its folded form, which is as long.
"""

import re
from collections.abc import Iterator, Sequence

from archive.language import han

Piece = tuple[str, bool]
"""A stretch of a text, and whether it is what was looked for."""
WIDTH = 120
"""Characters of a snippet."""
BEFORE = 24
"""Characters of it before the first mark, at most."""
GAP = "…"
"""Stands for what is left out."""
_MOST = 200
"""Marks that are looked at in one text."""


def marked(text: str, marks: re.Pattern[str] | None) -> list[Piece]:
    """Return a whole text in pieces; joined they are it."""
    return list(_pieces(text, 0, len(text), _found(text, marks)))


def snippet(text: str, marks: re.Pattern[str] | None) -> list[Piece]:
    """Return the stretch of a text in which most of what is looked for stands, in pieces; its beginning if none does.

    text: one paragraph a line; a blank stands for the line's end.  GAP stands at an end where the text goes on.
    """
    found = _found(text, marks)
    start = _start(text, _best(found)) if found else 0
    end = min(start + WIDTH, len(text))
    pieces = [(piece.replace("\n", " "), hit) for piece, hit in _pieces(text, start, end, found)]
    return [*([(GAP, False)] if start else []), *pieces, *([(GAP, False)] if end < len(text) else [])]


def _found(text: str, marks: re.Pattern[str] | None) -> list[tuple[int, int, str]]:
    """Return where what is looked for stands, and what stands there, folded; the first of it if it is often there."""
    if not marks:
        return []
    places = zip(range(_MOST), marks.finditer(han.folded(text)), strict=False)
    return [(place.start(), place.end(), place[0]) for _, place in places if place[0]]


def _best(found: Sequence[tuple[int, int, str]]) -> int:
    """Return where the stretch begins that has most different marks, then most marks; the first of them."""

    def worth(at: int) -> tuple[int, int]:
        inside = [what for start, end, what in found[at:] if end <= found[at][0] + WIDTH - BEFORE]
        return len(set(inside)), len(inside)

    return found[max(range(len(found)), key=lambda at: (*worth(at), -at))][0]


def _start(text: str, first: int) -> int:
    """Return where to begin so that a mark stands soon behind: at the clause it stands in, if that is near."""
    near = max(0, first - BEFORE)
    behind = max((text.rfind(sign, near, first) for sign in han.ENDS), default=-1)
    return behind + 1 if behind >= 0 else near


def _pieces(text: str, start: int, end: int, found: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    """Yield a stretch of a text in pieces, none empty."""
    at = start
    for first, last, _ in found:
        if start <= first < end:
            if at < first:
                yield text[at:first], False
            at = min(last, end)
            yield text[first:at], True
    if at < end:
        yield text[at:end], False
