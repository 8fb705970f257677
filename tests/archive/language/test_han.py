"""Laws of folding: variants of a character are one, places stay, and no phrase is found across the end of a clause."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.language import han


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("里", "裏"),
        ("里", "裡"),
        ("发", "發"),
        ("发", "髮"),
        ("台湾总统府", "臺灣總統府"),
        ("北京洪水", "北京洪水"),
        ("rfi2026", "ＲＦＩ２０２６"),
        ("macron", "MACRON"),
        ("elysee", "Élysée"),
    ],
)
def test_variants_are_one(text, other):
    """Law: traditional and simplified, wide and narrow, capital and small are folded to the same."""
    assert han.folded(other) == han.folded(text) == text


@given(st.text())
def test_places_stay(text):
    """Law: a folded text is as long as the text, folding it again changes nothing, and signs are never touched."""
    folded = han.folded(text)

    assert len(folded) == len(text)
    assert han.folded(folded) == folded
    assert all(a == b for a, b in zip(text, folded, strict=True) if unicodedata.category(a)[0] in "PZSC")


def test_tokens():
    """Law: a Han character is a word, Latin letters and digits make words, a clause's end is one, a sign is none."""
    assert han.tokens("馬克龍說：G20峰会，不去。").split() == [*"马克龙说。", "g20", *"峰会。不去。"]
    assert han.tokens("3.5 million, U.S. now").split() == ["3", "5", "million", "u", "s", "now"]
