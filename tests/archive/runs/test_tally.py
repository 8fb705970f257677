"""Laws of a run's counts: what people are told, the slowest answers, causes that many share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.decide import Outcome, State
from archive.runs.tally import SLOWEST, Tally, lasting


def test_a_run_that_did_nothing_says_so():
    """Law: without counts the line says that nothing is new, or that nothing was asked, and how long that took."""
    assert Tally().summary(0.4) == "nothing was asked for, in 0.4 s"
    assert Tally(requests=1).summary(0.4) == "nothing new, in 0.4 s"


def test_counts_are_told_in_one_order():
    """Law: what was found comes first, then what was archived, then what was not; zeros are left out."""
    tally = Tally()

    tally.counts.update({"failed": 1, "archived": 1_200, "found": 1_201, "skipped": 0})

    assert tally.summary(61) == "1,201 found, 1,200 archived, 1 failed, in 1 min 1 s"


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_the_slowest_are_kept(spans):
    """Law: of any answers the ten that took longest are kept, and the bytes of all are counted."""
    tally = Tally()

    for number, seconds in enumerate(spans):
        tally.answered(f"https://www.rfi.fr/{number}", seconds, 10)

    assert tally.received == 10 * len(spans)
    assert sorted(seconds for seconds, _, _ in tally.slow) == sorted(round(span, 3) for span in spans)[-SLOWEST:]


@pytest.mark.parametrize(
    ("outcome", "counts", "causes"),
    [
        (Outcome(State.FAILED, "HTTP 503"), {"failed": 1}, {"HTTP 503": 1}),
        (Outcome(State.FAILED, "HTTP 301 to nowhere (no URL: 'x')"), {"failed": 1}, {"HTTP 301": 1}),
        (Outcome(State.FAILED, "cut short: time"), {"failed": 1}, {"cut short": 1}),
        (Outcome(State.FAILED, "HTTP 403"), {}, {"HTTP 403": 1}),
        (Outcome(State.GONE, "HTTP 404"), {"gone": 1}, {"HTTP 404": 1}),
        (
            Outcome(State.REJECTED, "no article in this feed: look at it"),
            {"rejected": 1},
            {"no article in this feed": 1},
        ),
        (Outcome(State.REJECTED, "no feed, but b'x'"), {"rejected": 1}, {"no feed": 1}),
        (Outcome(State.FAILED, ""), {"failed": 1}, {"not said": 1}),
        (Outcome(State.ARCHIVED), {}, {}),
        (Outcome(State.MOVED, "HTTP 301 to https://www.rfi.fr/", "https://www.rfi.fr/"), {}, {}),
    ],
    ids=str,
)
def test_what_was_not_hoped_for_is_counted_by_cause(outcome, counts, causes):
    """Law: a cause is what many answers share, without the address or the text of one of them."""
    tally = Tally()

    tally.became(outcome)

    assert (tally.counts, tally.causes) == (counts, causes)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.04, "0.0 s"), (59.4, "59.4 s"), (327, "5 min 27 s"), (12_000, "3 h 20 min")]
)
def test_a_time_span_is_told_in_its_own_units(seconds, told):
    """Law: seconds below a minute, then minutes, then hours."""
    assert lasting(seconds) == told
