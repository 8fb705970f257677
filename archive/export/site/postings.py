"""Postings: which articles have a word, in files of which a search loads the few that it needs.

A word is as han.tokens has it; two that stand side by side are one more, so that a phrase of
two characters is exact.  A word's hash names its file, and all files are about as long.
"""

import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, pairwise
from pathlib import Path
from re import compile as pattern

from archive.language import han
from archive.language.words import WIDE

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""What stands for six bits."""
A_FILE = 5_000
"""Articles that the words of one file name together, about; each takes one sign or two."""
MOST_BITS = 16
_HELD = 1_000_000
"""Of these words and articles, so many are held before they are written down."""
_WIDE = pattern(f"[{WIDE}]")


def words(text: str) -> set[str]:
    """Return what a text can be found by."""
    tokens = han.tokens(text).split()
    pairs = ((one, two) for one, two in pairwise(tokens) if han.BREAK not in (one, two))
    return {token for token in tokens if token != han.BREAK} | {joined(one, two) for one, two in pairs}


def joined(one: str, two: str) -> str:
    """Return two words side by side as one; with a blank between if both are Latin, or they might be one word."""
    return f"{one}{'' if _WIDE.match(one) or _WIDE.match(two) else ' '}{two}"


def hashed(word: str) -> int:
    """Return 32 bits of a word.  Source: FNV-1a, over code points."""
    value = 0x811C9DC5
    for char in word:
        value = (value ^ ord(char)) * 0x01000193 & 0xFFFFFFFF
    return value ^ value >> 15


class Postings:
    """Collects the words of articles, and gives them file by file."""

    def __init__(self, scratch: Path) -> None:
        """Begin.  scratch: an empty folder for temporary files."""
        self._scratch = scratch
        self._held: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._runs = list[Path]()
        self._count = self._there = 0

    def add(self, number: int, found: Iterable[str]) -> None:
        """Note which words an article has; numbers only grow."""
        for word in found:
            self._held[word].append(number)
            self._there += 1
        if self._there >= _HELD:
            self._put()

    def _put(self) -> None:
        """Write down what is held, in order."""
        path = self._scratch / f"{len(self._runs)}"
        keys = sorted((f"{hashed(word):08x}\t{word}", word) for word in self._held)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{key}\t{' '.join(map(str, self._held[word]))}\n" for key, word in keys)
        self._runs.append(path)
        self._count += self._there
        self._held.clear()
        self._there = 0

    def bits(self) -> int:
        """Write down the rest; return of how many bits the number of a file is."""
        self._put()
        return min((self._count // A_FILE).bit_length(), MOST_BITS)

    def files(self, bits: int, articles: int) -> Iterator[tuple[int, str]]:
        """Yield each file that is not empty: its number, and what it holds; a line for each word."""
        with ExitStack() as stack:
            runs = (stack.enter_context(path.open(encoding="utf-8", newline="\n")) for path in self._runs)
            lines = heapq.merge(*runs, key=_key)
            for number, some in groupby(lines, lambda line: int(line[:8], 16) >> 32 - bits):
                yield number, "".join(_line(key, same, articles) for key, same in groupby(some, _key))


def _key(line: str) -> str:
    return line[: line.rindex("\t")]


def _line(key: str, same: Iterable[str], articles: int) -> str:
    numbers = [int(number) for line in same for number in line[line.rindex("\t") + 1 :].split()]
    return f"{key[9:]}\t{written(numbers, articles)}\n"


def written(numbers: list[int], articles: int) -> str:
    """Return ascending numbers as signs: the gaps between them, or of each article a bit if that is shorter."""
    gaps = "".join(_gap(two - one - 1) for one, two in pairwise((-1, *numbers)))
    if len(gaps) <= articles // 6 + 2:
        return gaps
    bits = bytearray(articles // 6 + 1)
    for number in numbers:
        bits[number // 6] |= 1 << number % 6
    return "." + "".join(SIGNS[six] for six in bits)


def _gap(value: int) -> str:
    """Return a number in signs of five bits each, the lowest first; the sixth says that there are more."""
    signs = ""
    while value > 31:  # noqa: PLR2004 - all that five bits hold
        signs += SIGNS[value & 31 | 32]
        value >>= 5
    return signs + SIGNS[value]
