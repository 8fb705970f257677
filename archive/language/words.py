"""Words: a text of several scripts -> its sentences and words, none cut inside what a reader sees as one.  Pure.

A word is one Han character, kana or other sign, or a run of letters and digits; the white
space behind it goes with it.  No base is parted from its combining marks and variation
selectors.  Every function takes one pass.  Sources: Unicode 16, general category; UAX 29, 3.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import count, groupby
from typing import NamedTuple

_JOINERS = "\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
"""What goes with the sign before it beside the marks: joiners, skin tones, tags, selectors of variants."""
_LAST_MARK = 0x1F000
"""No combining mark has a higher number, but for the selectors above."""


WIDE = "\u2e80-\u30ff\u3400-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
"""Scripts in which each sign is a word of its own: Han, kana, bopomofo's neighbours, Yi, Hangul."""
_LETTER = rf"[^\W_{WIDE}]"
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]+")
"""Soft hyphens, and blanks without width: white space that no reader sees."""
_SILENT = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff]+")
_ENDERS, _CLOSERS = "。！？；…!?｡", "」』”’）》〉】〕\"')"


class _Patterns(NamedTuple):
    """Expressions that know all combining marks."""

    bare: re.Pattern[str]
    """White space with nothing behind it but a mark."""
    word: re.Pattern[str]
    """A word and the white space behind it."""
    sentence: re.Pattern[str]
    """A sentence and the white space behind it."""


@cache
def _patterns() -> _Patterns:
    """Make them: at the first text, for it takes a tenth of a second, and most verbs look at none."""
    extend = f"[{_marks()}{_JOINERS}]"
    tail = rf"(?:\u200d[^ \n]|{extend})*"
    word = (
        rf"(?:{_LETTER}(?:{_LETTER}|{extend}(?={_LETTER}))*"
        r"|[\U0001f1e6-\U0001f1ff]{2}"  # a flag
        "|[\ud800-\udbff][\udc00-\udfff]"  # two halves that never met
        rf"|[^ \n]){tail}[ \n]?"
    )
    # A full stop ends a sentence where a blank, a closing quote or nothing is behind it: not in "3.5" nor in "rfi.fr".
    sentence = (
        rf"(?:[^{_ENDERS}.\n]++|\.(?![ \n{_CLOSERS}]|\Z))*"
        rf"(?:[{_ENDERS}.]{tail})*(?:[{_CLOSERS}]{tail})*[ \n]?"
    )
    return _Patterns(re.compile(rf"[ \n]+(?={extend})"), re.compile(word), re.compile(sentence))


def _marks() -> str:
    """Return the combining marks, as ranges of a character class."""
    found = (code for code in range(0x300, _LAST_MARK) if unicodedata.category(chr(code))[0] == "M")
    steps = count()
    runs = (list(run) for _, run in groupby(found, lambda code: code - next(steps)))
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


def normal(text: str) -> str:
    r"""Return a text whose white space tells words and paragraphs apart and nothing more.

    One blank at most between two words, one `\n` between two paragraphs, which are the lines
    that say something; none at either end.  Idempotent.
    """
    lines = (" ".join(line.split()) for line in _UNSEEN.sub("", text).splitlines())
    return _patterns().bare.sub("", "\n".join(filter(None, lines)))


def said(text: str) -> str:
    """Return a text without its white space and whatever else no reader sees: equal for texts that say the same."""
    return _SILENT.sub("", text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a normal text, each with its closing quotes and white space; joined they are it."""
    return (found[0] for found in _patterns().sentence.finditer(text) if found[0])


def split(text: str) -> list[str]:
    """Return the words of a normal text, each with the white space behind it; joined they are it."""
    seen = dict[str, str]()  # a text has few different words: one object each
    return [seen.setdefault(word, word) for word in _patterns().word.findall(text)]


def bare(word: str) -> str:
    """Return a word without the white space behind it: what is compared."""
    return word.rstrip(" \n")


def is_sign(word: str) -> bool:
    """Tell whether a word has neither letter nor digit: punctuation, a symbol."""
    return not word[0].isalnum()
