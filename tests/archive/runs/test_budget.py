"""Laws of a budget: what is not limited never ends a run, what is used up does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.runs.budget import Budget

AMOUNTS = st.integers(0, 1 << 40)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_nothing_is_limited_by_zero(runtime, requests, received):
    """Law: a budget of zeros lets every request out."""
    assert Budget(0, 0, 0).spent(runtime, requests, received) == ""


@pytest.mark.parametrize(
    ("runtime", "requests", "received", "spent"),
    [
        (9.99, 19, 29, ""),
        (10, 19, 29, "MAX_RUNTIME"),
        (9, 20, 29, "MAX_REQUESTS"),
        (9, 19, 30, "MAX_BYTES"),
        (10, 20, 30, "MAX_RUNTIME"),
    ],
)
def test_what_is_used_up_is_named(runtime, requests, received, spent):
    """Law: a request may be sent until one part is used up; the first of them is named by its setting."""
    assert Budget(10, 20, 30).spent(runtime, requests, received) == spent
