"""Laws of plain texts: one line, nothing that a terminal obeys, and all that people read stays."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from archive.terminal.plain import plain

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(
    st.text(st.characters(exclude_categories=()), max_size=40)
    | st.text(BIDI + "\x1b[]0;\x07\x9b\r\n\u2028", max_size=9)
)
def test_nothing_harmful_is_left(text):
    """Law: whatever comes in, what goes out is one line without controls or directions, and can be written."""
    shown = plain(text)

    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set(BIDI)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_what_people_read_stays(text):
    """Law: letters, numbers, punctuation and blanks of any script are shown as they are; twice is once."""
    assert plain(text) == text


def test_what_is_harmful_can_still_be_seen():
    """Law: a harmful character is written out, not dropped: whoever reads the log sees that it was there."""
    assert plain("标题\x1b[2J\r\n\x9b31m\u202egnp") == r"标题\x1b[2J\r\n\x9b31m\u202egnp"
