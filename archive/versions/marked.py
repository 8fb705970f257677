"""Marked: what two versions say differently, for people: in plain marks, in colours, in HTML.  Pure.

The texts come from the site: nothing in them gives a terminal or a browser orders.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from archive.language import words
from archive.terminal.plain import plain
from archive.versions.diff import Change, Hunk, Mark, Piece

Form = dict[Mark, tuple[str, str]]
"""What stands before a piece, and what behind it."""
PLAIN: Form = {Mark.EQUAL: ("", ""), Mark.DELETED: ("[-", "-]"), Mark.INSERTED: ("{+", "+}")}
COLOURED: Form = {Mark.EQUAL: ("", ""), Mark.DELETED: ("\x1b[31;9m", "\x1b[0m"), Mark.INSERTED: ("\x1b[32m", "\x1b[0m")}
"""Red and struck out, green.  Source: ECMA-48, SGR."""
HTML: Form = {Mark.EQUAL: ("", ""), Mark.DELETED: ("<del>", "</del>"), Mark.INSERTED: ("<ins>", "</ins>")}
GAP = "⋯"
"""Stands for what is the same."""
_SHOWN, _LONG = 40, 100
"""Words shown at either end of what is the same inside a changed stretch, if there are more than so many."""


def lines(changes: Sequence[Change], form: Form) -> Iterator[str]:
    """Yield what differs, the field's name and below it each changed stretch of sentences."""
    for change in changes:
        yield change.field
        for hunk in change.hunks:
            if hunk.changed:
                told = map(str.strip, _text(hunk, form, plain, shorten=True).split("\n"))
                yield from (f"    {line}" for line in told if line)
            elif len(change.hunks) > 1:
                yield f"    {GAP}"


def html(change: Change, *, shorten: bool) -> str:
    """Return a field's text as HTML, what was deleted in `del`, what was inserted in `ins`, a paragraph a `p`.

    shorten: only the changed stretches of sentences.
    """
    texts = [
        _text(hunk, HTML, _escaped, shorten=shorten) if hunk.changed or not shorten else f" {GAP} "
        for hunk in change.hunks
    ]
    return "".join(f"<p>{line}</p>" for line in "".join(texts).split("\n") if line.strip())


def _text(hunk: Hunk, form: Form, safe: Callable[[str], str], *, shorten: bool) -> str:
    """Return a stretch with its marks, each line of a piece between marks of its own."""
    return "".join(_piece(piece, form, safe, shorten=shorten) for piece in hunk.pieces)


def _piece(piece: Piece, form: Form, safe: Callable[[str], str], *, shorten: bool) -> str:
    if not piece.counts:  # white space that is gone is not shown
        if piece.mark is Mark.DELETED:
            return ""
        return "\n".join(map(safe, (_short(piece.text) if shorten else piece.text).split("\n")))
    before, behind = form[piece.mark]
    return "\n".join(f"{before}{safe(line)}{behind}" if line.strip() else line for line in piece.text.split("\n"))


def _short(text: str) -> str:
    """Return a text without its middle, if it is long."""
    said = words.split(text)
    return "".join((*said[:_SHOWN], f" {GAP} ", *said[-_SHOWN:])) if len(said) > _LONG else text


def _escaped(text: str) -> str:
    return escape(plain(text))
