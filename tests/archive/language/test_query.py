"""Laws of queries: what is typed means what it says, half typed too, and nothing of it is an order to the database."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadUsage
from archive.language import han
from archive.language.query import LONG, LONGEST, MOST, wanted
from tests.archive.queries import understood

MEANS = {
    "北京": '"北 京"',
    "北京 洪水": '("北 京" AND "洪 水")',
    "北京　洪水": '("北 京" AND "洪 水")',
    "臺灣總統": '"台 湾 总 统"',
    "北京 AND 洪水": '("北 京" AND "洪 水")',
    "北京 OR 洪水": '("北 京" OR "洪 水")',
    "北京 洪水 OR 旱灾": '(("北 京" AND "洪 水") OR "旱 灾")',
    "北京 (洪水 OR 旱灾)": '("北 京" AND ("洪 水" OR "旱 灾"))',
    "北京（洪水 OR 旱灾）": '("北 京" AND ("洪 水" OR "旱 灾"))',
    "北京 NOT 洪水": '("北 京" NOT ("洪 水"))',
    "北京 -洪水 -旱灾": '("北 京" NOT ("洪 水" OR "旱 灾"))',
    "北京 -(洪水 旱灾)": '("北 京" NOT (("洪 水" AND "旱 灾")))',
    '-"洪 水" 北京': '("北 京" NOT ("洪 水"))',
    '"climate change"': '"climate change"',
    "“气候 变化”": '"气 候 变 化"',
    "「氣候變化」": '"气 候 变 化"',
    "COVID-19": '"covid 19"',
    "Macr*": '"macr" *',
    "G20峰会": '"g20 峰 会"',
    "说：去": '"说 。 去"',
    "洪水？": '"洪 水"',
    "not or and": '("not" AND "or" AND "and")',
    "title:北京": '"title 北 京"',
    "NEAR(a b, 2)": '("near" AND ("a" AND "b" AND "2"))',
}
HALF_TYPED = {
    "北京 OR": '"北 京"',
    "OR 北京": '"北 京"',
    "北京 NOT": '"北 京"',
    "北京 -": '"北 京"',
    "北京 NOT ， 洪水": '("北 京" AND "洪 水")',
    "北京 (": '"北 京"',
    "北京 (洪": '("北 京" AND "洪")',
    "北京) 洪": '("北 京" AND "洪")',
    '北京 "洪水': '("北 京" AND "洪 水")',
    "“北京": '"北 京"',
    "北京 ，": '"北 京"',
}
SENSELESS = {
    "-北京": "not only what not",
    "洪水 OR NOT 北京": "not only what not",
    "，": "needs a word",
    '""': "needs a word",
    "OR": "needs a word",
    "京" * (LONGEST + 1): f"{LONGEST} characters at most",
    "京" * (LONG + 1): f"{LONG} Han characters",
    "京 " * (MOST + 1): f"{MOST} words",
}


@pytest.mark.parametrize("text", MEANS)
def test_what_is_typed(text):
    """Law: blanks, quotes, AND, OR, NOT, -, * and parentheses mean what the language says; all else is a word."""
    assert understood(text).match() == MEANS[text]


@pytest.mark.parametrize("text", HALF_TYPED)
def test_half_typed(text):
    """Law: what is not there yet is left out, so that a search goes on while somebody types."""
    assert understood(text).match() == HALF_TYPED[text]


@pytest.mark.parametrize("text", SENSELESS)
def test_senseless(text):
    """Law: a query that cannot be answered says why."""
    with pytest.raises(BadUsage, match=SENSELESS[text]):
        wanted(text)


def test_nothing():
    """Law: no text asks for nothing."""
    assert wanted("") is wanted(" \t") is None


def test_in_heads():
    """Law: in title or lead each word may stand in either, and what must not be there must be nowhere."""
    assert understood("北京 洪水").match(han.TITLE) == '("¹北 ¹京" AND "¹洪 ¹水")'
    assert understood("北京").match(han.TITLE, han.LEAD) == '("¹北 ¹京" OR "²北 ²京")'
    assert understood("北京 -洪水").match(han.TITLE) == '"¹北 ¹京" AND ("北 京" NOT ("洪 水"))'


@given(st.text(max_size=LONGEST))
def test_the_words_are_letters_only(text):
    """Law: whatever is typed, between the quotes that FTS5 gets stand letters and digits only; or it is refused."""
    found = None
    with suppress(BadUsage):
        found = wanted(text)

    inside = "".join((found.match() if found else "").split('"')[1::2])
    assert all(char.isalnum() or char in f" {han.BREAK}" for char in inside)


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("北京", ["北京", "「北」京", "北 京"], ["北。京", "北\n京", "京北"]),
        ("rain", ["rain", "(rain)", "雨rain雨"], ["train", "rains"]),
        ("rain*", ["rain", "rains"], ["train"]),
        ("北京 OR 上海", ["北京", "上海"], ["北上"]),
        ("北京 -上海", ["北京"], ["上海"]),
        ("说：去", ["说：去", "说。「去"], ["说去"]),
    ],
)
def test_marks(text, there, not_there):
    """Law: marks are where the search found it: signs and blanks between do not count, the end of a clause does."""
    marks = understood(text).marks()

    assert [marks.search(han.folded(one)) is not None for one in there] == [True] * len(there)
    assert [marks.search(han.folded(one)) is not None for one in not_there] == [False] * len(not_there)
