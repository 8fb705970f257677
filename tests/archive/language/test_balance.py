"""Laws of balance: what is whole breaks nowhere, by either of the two ways in which it is told."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.language import balance
from tests.archive.test_article import soup

SCRAPS = ["<p>", "</p>", "<br>", "<div a='<'>", "</div>", "<", ">", '"', "'", "</DIV>", "<K>", "</\u212a>", "<b/>", "x"]


@given(st.lists(st.sampled_from(SCRAPS)).map("".join) | soup)
@example("<p></p></div><div>")
@example('<p a="</p>')
@settings(max_examples=400)
def test_whole_is_what_breaks_nowhere(markup):
    """Law: markup is whole if and only if there is no place where it breaks."""
    assert balance.is_whole(markup) == (balance.broken_at(markup) is None)
    assert balance.is_whole(f"<div>{markup}</div>") or not balance.is_whole(markup)


def test_no_markup_takes_long():
    """Law: a quote that is never closed, however often it is opened, is one pass (which would hang here)."""
    assert not balance.is_whole("<a b='" * 200_000)
    assert not balance.is_whole("<" * 500_000)
    assert balance.is_whole("<b>" * 100_000 + "</b>" * 100_000)
