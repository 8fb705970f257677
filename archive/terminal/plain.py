"""Plain: a text from outside on one line that does a terminal, and whoever reads it, no harm.  Pure."""

import re

_HARMFUL = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls: line ends, escape sequences, and C1, which some terminals obey as one byte
    "\u2028\u2029"  # line and paragraph separators
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: what is read is not what is there
    "\ud800-\udfff"  # half of a character: no encoding can write it
    "\ufeff\ufff9-\ufffb"  # a byte order mark in mid-text, and annotations
    "\U000e0000-\U000e007f"  # tags: a text within the text that nobody sees
    "]"
)
"""Source: Unicode 16, general category and Bidi_Control; ECMA-48, C0 and C1."""

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates.  Source: Unicode 16, annex 9, 2."""


def plain(text: str) -> str:
    r"""Return a text with each harmful character written out, a line end as `\n`; all others stay."""
    return _HARMFUL.sub(_written, text)


def level(text: str) -> str:
    r"""Return a text in which nothing turns the direction of reading: what does is written out, as `\u202e`.

    All else stays, line ends and the marks U+200E, U+200F, U+061C too, which tell of one place and turn no text.
    """
    return _TURNING.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
