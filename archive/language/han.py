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

from archive.language.words import WIDE

BREAK = "。"
"""The token that stands for the end of a clause, so that no phrase is found across one."""
ENDS = "。！？；：，、…\n"
"""What ends a clause wherever it stands."""
_HALF_ENDS = re.compile(r"[!?;]+(?=[ \n]|\Z)")
"""What ends one only where a blank is behind it."""
_RUN = re.compile(f"{BREAK}[ {BREAK}]*")
TITLE, LEAD = "¹²"
"""What stands before a word of a title, of a lead, where these are looked through alone: no folded text has it.

The search engine keeps the places of a word in all columns together, so that asking for those in one of them takes
as long as asking for all; a word with a mark is a word of its own."""
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
    bare = unicodedata.normalize("NFD", lower)[0]
    simple = bare if bare.isascii() else _simplify().convert(lower if len(lower) == 1 else plain)
    return simple if len(simple) == 1 else char


class _Words(_Table):
    """What each character becomes in a text of words with blanks between."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _alone(chr(code))
        return made


def _alone(char: str) -> str:
    """Return what stands for a character: a Han character apart, a blank for a sign."""
    if char in ENDS:
        return BREAK
    if not char.isalnum():
        return " "
    simple = _fold(char)
    return f" {simple} " if _ALONE.match(simple) else simple


_TABLE, _WORDS = _Table(), _Words()


def folded(text: str) -> str:
    """Return a text in which variants are one: traditional and simplified, full and half width, capital and small.

    So are Latin letters with and without accents.  It has the same length: what is found at a
    place of it stands at that place of the text.
    """
    return text.translate(_TABLE)


def tokens(text: str) -> str:
    """Return the words of a text as the search engine is given them: folded, blanks between, no signs.

    A Han character is a word, a run of other letters and digits is one, and so is BREAK between clauses.
    """
    return _RUN.sub(f" {BREAK} ", _HALF_ENDS.sub(BREAK, text).translate(_WORDS))


def marked(tokens: str, mark: str) -> str:
    """Return tokens with a mark before each."""
    return " ".join(f"{mark}{token}" for token in tokens.split())
