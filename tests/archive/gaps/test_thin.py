"""Laws of thin days: what is far too little is told, and an archive in which nothing is missing cries wolf hardly ever."""

import math
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from archive.gaps import thin

START = date(2025, 1, 1)
YEARS = [START + timedelta(days=number) for number in range(731)]
WEEK = (39, 39, 38, 37, 36, 30, 27)
"""Articles a day, Monday first: as many as RFI publishes."""


def drawn(chance: random.Random, mean: float) -> int:
    """A number of events after Poisson."""
    floor, number, product = math.exp(-mean), 0, chance.random()
    while product > floor:
        number, product = number + 1, product * chance.random()
    return number


def by_chance(chance: random.Random, day: date) -> int:
    return drawn(chance, WEEK[day.weekday()])


def wilder(chance: random.Random, day: date) -> int:
    """Days whose variance is half as much again as chance has it."""
    mean = WEEK[day.weekday()]
    return drawn(chance, chance.gammavariate(mean / 0.5, 0.5))


def within(chance: random.Random, _: date) -> int:
    return chance.randint(27, 39)


def few(chance: random.Random, _: date) -> int:
    """The traditional edition."""
    return drawn(chance, 4)


@pytest.mark.slow
@pytest.mark.parametrize("publish", [by_chance, wilder, within, few])
def test_two_years_in_which_nothing_is_missing(publish: Callable[[random.Random, date], int]):
    """Law: in the mean of 100 archives of two years in which nothing is missing, less than one day is called thin."""
    chance = random.Random(5)
    archives = [{day: publish(chance, day) for day in YEARS} for _ in range(100)]

    told = sum(len(list(thin.thin(known, set(YEARS), YEARS))) for known in archives)

    assert told < len(archives)


@pytest.mark.parametrize("number", [0, 5, 10])
def test_a_day_with_a_third_of_its_articles_is_thin(number):
    """Law: a day with a third of what its weekday has is told, with what is usual."""
    known = {day: WEEK[day.weekday()] for day in YEARS}
    known[YEARS[400]] = number

    found = list(thin.thin(known, set(YEARS), YEARS))

    assert [(one.day, one.known, one.usual) for one in found] == [(YEARS[400], number, WEEK[YEARS[400].weekday()])]
    assert found[0].once > thin.RARE


def test_a_hole_of_months_is_thin_from_end_to_end():
    """Law: empty days are no measure, so a long hole does not become usual."""
    hole = YEARS[200:400]
    known = {day: 33 for day in YEARS if day not in hole}

    assert [one.day for one in thin.thin(known, set(YEARS), YEARS)] == hole


def test_no_day_is_judged_that_is_not_covered():
    """Law: a day of which no listing speaks as a whole is neither judged nor a measure; nor is one with few like it."""
    known = dict.fromkeys(YEARS, 33) | {YEARS[100]: 0}

    assert list(thin.thin(known, set(YEARS) - {YEARS[100]}, YEARS)) == []
    assert list(thin.thin(known, set(YEARS[90:120]), YEARS)) == []


@pytest.mark.parametrize(("number", "mean"), [(0, 0.5), (3, 4.0), (20, 33.5)])
def test_the_tail_is_that_of_poisson(number, mean):
    """Law: the chance is the sum of Poisson's terms."""
    terms = [mean**k * math.exp(-mean) / math.factorial(k) for k in range(number + 1)]
    assert thin.tail(number, mean) == pytest.approx(sum(terms))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendar_has_two_ends(day):
    """Law: days at an end of the calendar are judged by those on their other side, too few of them."""
    known = {day: 1, START: 9}

    assert list(thin.thin(known, set(known), known)) == []
