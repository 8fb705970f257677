"""Coverage: the days of which the listings that are recorded speak as a whole.  Pure."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from archive.page import PARIS
from archive.terminal.month import between

_MONTH = re.compile(".+/contents_([0-9]{4})([0-9]{2})[.]xml")
_DAY = re.compile(".+/([0-9]{4})/([0-9]{2})/([0-9]{2})-[^/]+/?")
_INDEX = re.compile(".+/index[.]xml")
_YESTERDAY = timedelta(days=-1)


def of(listings: Iterable[tuple[str, datetime, datetime]]) -> set[date]:
    """Return the days that are covered; the day on which a listing last came was not over, so that one is not.

    listings: URL of each, when it first came and when last.  A month's sitemap covers its month and a
    day of the calendar its day; all others, which show what is new, cover the time in which they came.
    """
    days = set[date]()
    for url, first, last in listings:
        if not _INDEX.fullmatch(url):
            begin, end = _span(url) or (_paris(first), date.max)
            days.update(between(begin, min(end, _paris(last) + _YESTERDAY)))
    return days


def _span(url: str) -> tuple[date, date] | None:
    """Return the days that a listing is all about; None if it is about what is new."""
    try:
        if match := _DAY.fullmatch(url):
            return (day := date(*map(int, match.groups()))), day
        if match := _MONTH.fullmatch(url):
            year, month = map(int, match.groups())
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:  # the URL says it, not we
        return None
    return None


def _paris(when: datetime) -> date:
    return when.astimezone(PARIS).date()
