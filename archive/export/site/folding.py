"""Folding: what the search script must know of Han characters to fold a text as han.folded does.

All other characters it folds by what a browser knows of Unicode.
"""

import unicodedata
from collections.abc import Container

from archive.language import han

_RANGES = (0x2E80, 0x2FE0), (0x3005, 0x3008), (0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0)
"""Where Han characters are."""


def table(there: Container[str]) -> str:
    """Return pairs of characters, one behind the other: a variant, and what it is folded to.

    there: folded characters; a variant of none of them is left out, for it would find nothing.
    """
    found = ((char, han.folded(char)) for char in _han())
    return "".join(char + to for char, to in found if to in there and to != _plain(char))


def _han() -> "map[str]":
    return map(chr, (code for first, beyond in _RANGES for code in range(first, beyond)))


def _plain(char: str) -> str:
    """Return what a browser makes of a character."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char
