"""Han: a text as the search knows it: traditional and simplified the same, a Han character a word.  Pure.

What is found must be what stands there: no dictionary cuts the text into words, for it would
cut names that it has never met in the wrong place.  Each Han character is a word, and what
somebody looks for is a phrase of them.  Source of the variants: OpenCC, t2s, one character
at a time, since a search that knew the words around it could not find one character alone.
"""

import re
import unicodedata
from functools import cache

import opencc

from archive.words import WIDE

BREAK = "。"
"""The token that stands for the end of a clause, so that no phrase is found across one."""
_BREAKS = re.compile("[。！？；：，、…!?;\n]+(?:[ \n]+|\\Z)|[。！？；：，、…\n]+")
_ALONE = re.compile(f"[{WIDE}]")


@cache
def _simplify() -> opencc.OpenCC:
    """Open OpenCC's tables: at the first text, since most verbs look at none."""
    return opencc.OpenCC("t2s")


class _Table(dict[int, str]):
    """What each character is folded to, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(char: str) -> str:
    """Return the one character by which all its variants are found; signs and half characters stay themselves."""
    if not char.isalnum():
        return char
    plain = unicodedata.normalize("NFKC", char)
    plain = plain if len(plain) == 1 else char
    lower = plain.lower()
    simple = _simplify().convert(lower if len(lower) == 1 else plain)
    return simple if len(simple) == 1 else char


_TABLE = _Table()


def folded(text: str) -> str:
    """Return a text in which variants are one: traditional and simplified, full and half width, capital and small.

    It has the same length: what is found at a place of it stands at that place of the text.
    """
    return text.translate(_TABLE)


def tokens(text: str) -> str:
    """Return a text as the search engine is given it: folded, Han characters apart, BREAK between clauses."""
    parted = _BREAKS.sub(f" {BREAK} ", folded(text))
    return _ALONE.sub(r" \g<0> ", parted)
