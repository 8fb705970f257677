"""Laws of what the index tells over time: what is added up is what is there, and no query gives a row an article."""

import sqlite3
from contextlib import closing

import pytest

from archive.charts.figures import AGES, LAGS, gather
from archive.index import NAME, Index
from tests.archive.charts.conftest import NAMES


def asked(root, sql):
    with closing(sqlite3.connect(root / NAME)) as db:
        return db.execute(sql).fetchall()


@pytest.fixture(params=["good", *NAMES])
def root(request, drawn):
    """An archive that was crawled, and each that was made up."""
    return request.getfixturevalue("good") if request.param == "good" else drawn[request.param]


@pytest.fixture
def index(root):
    with closing(Index(root / NAME)) as opened:
        yield opened


def test_the_sums_are_what_is_there(root, index):
    """Law: days hold all articles, months all that have a section or show, growth all bytes of sealed files."""
    found = gather(index)
    ((articles, captures, size, gone, sections, shows),) = asked(
        root,
        "select (select count(*) from articles), (select count(*) from captures), (select coalesce(sum(size), 0) from warcs"
        " where sha256 != ''), (select count(*) from articles where gone is not null),"
        " (select count(*) from articles where section != ''), (select count(*) from articles where show != '')",
    )

    assert (found.totals.articles, found.totals.captures, found.totals.size) == (articles, captures, size)
    assert found.totals.gone == gone
    assert sum(found.calendar.counts.values()) + found.calendar.outside == articles
    assert sum(map(sum, found.sections.counts)) == sections
    assert sum(map(sum, found.shows.counts)) == shows
    assert sum(found.growth.added) == size
    assert sum(found.lags.counts) + found.lags.untold == articles
    assert sum(found.ages.counts) == found.totals.edits


def below(values, limits):
    """Count one by one how many values lie below each limit, and beyond the last."""
    found = [0] * (len(limits) + 1)
    for value in values:
        found[next((at for at, limit in enumerate(limits) if value < limit), len(limits))] += 1
    return found


def test_times_fall_where_they_belong(root, index):
    """Law: each lag and each age is counted once, below the first limit that it does not reach."""
    lags = asked(root, "select first - published from articles where published is not null")
    ages = asked(
        root,
        "select p.epoch - a.first from pages p join captures c on c.id = p.capture join articles a using (key)"
        " where p.changed not in ('', 'markup', 'first')",
    )

    assert index.lags(LAGS) == below([lag for (lag,) in lags], LAGS)
    assert index.ages(AGES) == below([age for (age,) in ages], AGES)


def test_months_are_those_of_paris(index):
    """Law: an article counts in the month of its day in the calendar."""
    days = {f"{day:%Y-%m}" for day, _ in index.by_day()}

    assert {month for month, _, _ in index.monthly("edition")} <= days
    assert {month for month, _, _ in index.monthly("section")} <= days


@pytest.mark.parametrize("root", ["twelve years"], indirect=True)
def test_what_comes_back_grows_with_days_not_with_articles(index):
    """Law: of thousands of articles come rows by month and name, by limit, and by file."""
    assert index.totals().articles > 10_000
    assert len(index.monthly("section")) <= 12 * 145
    assert len(index.grown()) <= 146 * 2
    assert len(index.lags(LAGS)) == len(LAGS) + 1
