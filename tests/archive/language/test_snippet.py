"""Laws of snippets: the characters of the text, where most of what is looked for stands."""

from hypothesis import given
from hypothesis import strategies as st

from archive.language import snippet
from tests.archive.queries import understood


def marks(text):
    return understood(text).marks()


MARKS = marks("洪水 OR 北京 OR a*")


@given(st.text("洪水北京，。 \nab", max_size=400))
def test_pieces_are_the_text(text):
    """Law: joined, the pieces of a text are it, and those of a snippet a stretch of it; no mark is left empty."""
    whole, some = snippet.marked(text, MARKS), snippet.snippet(text, MARKS)

    assert "".join(piece for piece, _ in whole) == text
    assert "".join(piece for piece, _ in some).strip(snippet.GAP) in text.replace("\n", " ")
    assert all(piece for piece, _ in [*whole, *some])
    assert any(hit for _, hit in whole) == any(hit for _, hit in some)


def test_where_most_of_it_stands():
    """Law: a snippet is where most different words stand together, and begins at a clause near before it."""
    far = "风" * 300
    text = f"{far}洪水洪水洪水{far}。昨天北京发洪水了{far}"

    pieces = snippet.snippet(text, marks("北京 洪水"))

    assert pieces[:5] == [("…", False), ("昨天", False), ("北京", True), ("发", False), ("洪水", True)]
    assert pieces[-1] == ("…", False)
    assert sum(len(piece) for piece, _ in pieces) == snippet.WIDTH + 2


def test_variants_are_marked_as_they_stand():
    """Law: the characters of a snippet are those of the text, whatever was typed."""
    assert snippet.marked("臺灣總統府", marks("台湾")) == [("臺灣", True), ("總統府", False)]


def test_nothing_looked_for():
    """Law: where nothing is found or looked for, a snippet is the beginning."""
    assert snippet.snippet("一句话。", None) == snippet.snippet("一句话。", MARKS) == [("一句话。", False)]
    assert snippet.snippet("", MARKS) == []
