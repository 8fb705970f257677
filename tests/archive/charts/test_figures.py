"""Laws of the figures: nothing is lost on the way from the index to what is drawn."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.charts.figures import NAMES, YEARS, Month, Spread, calendar, growth, shares
from archive.charts.heat import WEEKS, bounds, kinds, week
from archive.charts.page import middle

DAY = st.dates(date(1, 1, 1), date(9999, 12, 31))
NEAR = st.dates(date(2019, 11, 1), date(2021, 2, 1))
COUNTS = st.integers(1, 200)


@given(st.dictionaries(NEAR | DAY, COUNTS, max_size=60), NEAR | DAY)
def test_each_day_is_there_once_and_no_article_is_lost(known, newest):
    """Law: the days go from the first to the last without a hole, few enough to be drawn; what is not in them is told."""
    found = calendar(sorted(known.items()), newest)
    days = list(found.counts)

    assert days == [days[0] + timedelta(days=number) for number in range(len(days))] if days else True
    assert len(days) <= YEARS * 366
    assert sum(found.counts.values()) + found.outside == sum(known.values())
    assert found.gaps == tuple(day for day, count in found.counts.items() if count == 0)
    assert all(found.counts[day] and day != days[-1] for day in found.thin)


@given(st.dictionaries(NEAR, COUNTS, max_size=80))
def test_each_day_has_one_look(known):
    """Law: every day between the first and the last is drawn once, red if and only if it has no article."""
    found = calendar(sorted(known.items()), date(2030, 1, 1))
    drawn = [(kind.name, kind.least, kind.most, day) for kind in kinds(found) for day in kind.days]

    assert sorted(day for *_, day in drawn) == list(found.counts)
    for name, least, most, day in drawn:
        assert (name == "gap") == (found.counts[day] == 0)
        assert (name == "thin") == (day in found.thin)
        assert not name.startswith("many") or least <= found.counts[day] <= most


@given(st.lists(COUNTS))
def test_the_last_colour_is_that_of_the_most(counts):
    """Law: limits rise, the last is the most there is; there are no more than colours."""
    limits = bounds(counts)

    assert limits == sorted(set(limits))
    assert len(limits) <= 4
    assert limits[-1:] == ([max(counts)] if counts else [])


@given(st.integers(1, 9999).map(lambda year: date(year, 1, 1)))
def test_a_year_has_room(first):
    """Law: no year has more columns than are drawn, and each of its days a place of its own."""
    places = {(week(day), day.weekday()) for number in range(366) if (day := shifted(first, number)).year == first.year}

    assert len(places) in (365, 366)
    assert max(column for column, _ in places) < WEEKS


def shifted(day, number):
    return day + timedelta(days=number) if (date.max - day).days >= number else day


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 400), st.integers(0, 10**12)), max_size=20))
def test_no_byte_is_lost(files):
    """Law: a file's bytes are spread over the months of its records, all of them, whatever dates these bear."""
    found = growth((first, first + more, size) for first, more, size in files)

    assert sum(found.added) == sum(size for *_, size in files)
    assert len(found.months) <= 105 * 12
    assert min(found.added, default=0) >= 0


def test_bytes_are_spread_by_days():
    """Law: a file of 31 days of one month and 29 of the next gives each its part."""
    first = (date(2024, 1, 1) - date(1970, 1, 1)).days

    assert growth([(first, first + 59, 6_000)]).added == (3_100, 2_900)


MONTHS = tuple(Month(2024, month) for month in range(1, 7))
ROWS = st.lists(st.tuples(st.sampled_from(MONTHS).map(str), st.text(max_size=3), COUNTS), max_size=60)


@given(ROWS)
def test_no_name_is_lost(rows):
    """Law: the most frequent names have a row of their own, all others one together; months add up to what is there."""
    unique = {(month, name): number for month, name, number in rows}
    found = shares([(month, name, number) for (month, name), number in sorted(unique.items())], MONTHS)
    sums = [sum(row) for row in found.counts[:-1]]

    assert len(found.counts) == len(found.names) + 1 <= NAMES + 1
    assert sums == sorted(sums, reverse=True)
    assert len(found.names) + found.others == len({name for _, name in unique})
    for at, month in enumerate(MONTHS):
        assert found.total(at) == sum(number for (some, _), number in unique.items() if some == str(month))


def test_half_of_them():
    """Law: the middle is the first limit with half or more below it; before the first or beyond the last there is none."""
    assert middle(Spread((0, 60, 120), (0, 5, 5, 0), 0)) == 60
    assert middle(Spread((0, 60, 120), (1, 2, 4, 0), 0)) == 120
    assert middle(Spread((0, 60), (5, 1, 1), 0)) is None
    assert middle(Spread((0, 60), (0, 1, 5), 0)) is None
