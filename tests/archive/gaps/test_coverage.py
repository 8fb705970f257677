"""Laws of coverage: which days recorded listings speak of as a whole."""

from datetime import UTC, date, datetime

import pytest

from archive.gaps import coverage

SITE = "https://www.rfi.fr"


def when(day: int, month: int = 11, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("listings", "days"),
    [
        ([(f"{SITE}/cn/rss", when(1), when(4))], [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)]),
        ([(f"{SITE}/cn/rss", when(4), when(4))], []),
        ([(f"{SITE}/cn/rss", when(1, hour=23), when(3))], [date(2026, 11, 2)]),
        ([(f"{SITE}/sitemaps/cn/contents_202611.xml", when(3), when(3))], [date(2026, 11, 1), date(2026, 11, 2)]),
        ([(f"{SITE}/cn/x/2026/10/31-x-2026", when(3), when(3))], [date(2026, 10, 31)]),
        ([(f"{SITE}/sitemaps/cn/index.xml", when(1), when(9))], []),
        ([(f"{SITE}/sitemaps/cn/contents_202699.xml", when(1), when(3))], [date(2026, 11, 1), date(2026, 11, 2)]),
    ],
)
def test_covered(listings, days):
    """Law: from first to last, by Paris; a month or a day of its own; never the day that was not over."""
    assert sorted(coverage.of(listings)) == days


def test_a_month_that_is_over_is_covered_whole():
    """Law: a month's sitemap that came later covers all of its days."""
    days = coverage.of([(f"{SITE}/sitemaps/cn/contents_202402.xml", when(3), when(3))])

    assert (min(days), max(days), len(days)) == (date(2024, 2, 1), date(2024, 2, 29), 29)
