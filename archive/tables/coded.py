"""Coded: the numbers and bytes that stand in the index for words that its rows would repeat.  Pure.

SQL says the words all the same: `sql` puts the numbers in.  No number ever changes its meaning
but with the version of the tables.
"""

import re
from functools import lru_cache

from archive.records.digest import SIZE, as_number, label

STATES = tuple("archived listed rejected failed gone moved imported".split())
"""decide.State by its number.  0 and 1, the most frequent, take no byte in a row."""
KINDS = tuple("article image listing requisite other".split())
"""urls.Kind by its number."""
_NUMBERS = {word: number for words in (STATES, KINDS) for number, word in enumerate(words)}
_QUOTED = re.compile(f"'({'|'.join(_NUMBERS)})'")

_OURS = re.compile("sha1:[A-Z2-7]{32}")


def sql(text: str) -> str:
    """Return SQL in which each quoted word of the tables above is its number."""
    return _QUOTED.sub(lambda word: str(_NUMBERS[word[1]]), text)


def number(word: str) -> int:
    """Return the number of a state or a kind."""
    return _NUMBERS[word]


def state(number: object) -> str:
    """Return the state of a number.  Raises ValueError."""
    return _word(STATES, number)


def kind(number: object) -> str:
    """Return the kind of a number.  Raises ValueError."""
    return _word(KINDS, number)


def _word(words: tuple[str, ...], number: object) -> str:
    if not isinstance(number, int) or not 0 <= number < len(words):
        raise ValueError(f"damaged row: no word has the number {number!r:.40}")
    return words[number]


def packed(digest: str) -> bytes:
    """Return a payload digest as the index keeps it: of the form that we write its 20 bytes, else the text.

    A text of as many bytes has a NUL behind it.
    """
    if _OURS.fullmatch(digest):
        return as_number(digest).to_bytes(SIZE)
    text = digest.encode("utf-8", "replace")
    return text + b"\0" if len(text) == SIZE else text


@lru_cache(1)  # a capture's and its page's are one
def digest(kept: str) -> str:
    """Return the payload digest of which the index keeps this, in hex.  Raises ValueError."""
    raw = bytes.fromhex(kept)
    if len(raw) == SIZE:
        return label(int.from_bytes(raw))
    return raw.decode().removesuffix("\0")
