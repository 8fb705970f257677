"""The short form of `make torture`: each kind of kill once, on one archive."""

import random

import pytest

from tests.torture.__main__ import table
from tests.torture.moments import KINDS
from tests.torture.rounds import Round, begun, can_hold

SEED = 7


@pytest.mark.slow
def test_a_crawl_that_is_killed_loses_nothing(tmp_path):
    """Law: kill -9 at every kind of moment; the next run completes all, asks for nothing twice, leaves no loose end."""
    with begun(tmp_path / "a", random.Random(SEED), can_hold()) as torture:
        for number, kind in enumerate(KINDS, 1):
            done = torture.round(number, kind)
            assert not done.wrong, str(done)
            assert done.died


def test_the_table_tells_what_went_wrong():
    """Law: rounds, kills and wrong ones are counted for each kind and for all."""
    rounds = [Round(1, "a", ["x"]), Round(2, "a", ["x", "y"], ["lost"]), Round(3, "b", ["x"])]
    lines = [line.split() for line in table(rounds).splitlines()[1:]]
    assert lines == [["a", "2", "3", "1"], ["b", "1", "1", "0"], ["all", "3", "4", "1"]]
    assert "WRONG: lost" in str(rounds[1])
