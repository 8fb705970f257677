"""Laws of the walk that a backfill takes: which listing comes next, by what the last ones answered."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.gaps import backfill, calendar
from archive.gaps.backfill import PAGES_A_DAY, SLACK, Answer, Ask, Span, Walk, Work
from archive.listing import Link, Listing
from archive.rfi.editions import BY_CODE

EDITION = BY_CODE["cn"]
WORD = "https://www.rfi.fr/cn/%E6%97%A7%E9%97%BB"
NOW = date(2023, 11, 20)
WEEK = Span(date(2023, 10, 9), date(2023, 10, 15))


def article(day: str, name: object = "a") -> str:
    """Give an article's URL."""
    return f"https://www.rfi.fr/cn/a/{day}-{name}"


def listed(ask: Ask, *urls: str, damage: str | None = None, children: tuple[str, ...] = ()) -> Answer:
    """Give an answer that names these."""
    return Answer(ask.url, 200, Listing(tuple(map(Link, urls)), children, damage), b"<html></html>")


def failed(ask: Ask) -> Answer:
    """Give none."""
    return Answer(ask.url, 500)


def month(digits: str) -> str:
    """Give the URL of a month's sitemap."""
    return f"https://www.rfi.fr/sitemaps/cn/contents_{digits}.xml"


def surfaces(walk: Walk) -> list[str]:
    """Name what a walk asks for now."""
    return [ask.surface for ask in walk.asks]


# Days


@given(st.dates(date(2017, 1, 1), NOW), st.integers(0, 60), st.dates(date(2016, 12, 1), NOW))
def test_a_span_holds_its_days(since, length, day):
    """Law: an article is of a span if and only if its URL's day is one of its days."""
    span = Span(since, since + length * backfill.DAY)

    assert span.holds(article(f"{day:%Y%m%d}")) == (day in span.days)
    assert span.days == sorted(set(span.days), reverse=True)
    assert len(span.days) == length + 1


def test_today_is_a_day_in_paris():
    """Law: the present day is the one that the site would put in a URL now."""
    assert backfill.today(datetime(2023, 10, 31, 22, 59, tzinfo=UTC)) == date(2023, 10, 31)
    assert backfill.today(datetime(2023, 10, 31, 23, 0, tzinfo=UTC)) == date(2023, 11, 1)


# Steps


def walked(span: Span, months: tuple[str, ...]) -> Walk:
    """Take a walk whose index names these months."""
    walk = Walk(EDITION, span, NOW)
    assert surfaces(walk) == ["sitemap index"]
    walk.heard("sitemap index", listed(walk.asks[0], children=tuple(map(month, months))))
    return walk


@pytest.mark.parametrize(
    ("until", "asked"),
    [(date(2023, 10, 30), ["month 202310", "month 202309"]), (date(2023, 11, 1), ["month 202311", "month 202310", "month 202309"])],
)  # fmt: skip
def test_the_months_of_a_span(until, asked):
    """Law: its months and no other, newest first, of those that the index names."""
    walk = walked(Span(date(2023, 9, 30), until), ("202308", "202309", "202310", "202311", "202312"))

    assert surfaces(walk) == asked
    assert all(not ask.whole for ask in walk.asks)


@pytest.mark.parametrize("told", ["read", "not modified"])
def test_a_walk_ends_with_months_that_tell(told):
    """Law: a month that was read whole, or has not changed since, tells of all its days: the walk is over."""
    walk = walked(WEEK, ("202310",))
    (ask,) = walk.asks

    assert walk.heard(ask.surface, listed(ask, article("20231001")) if told == "read" else Answer(ask.url, 304))
    assert walk.asks == ()


@pytest.mark.parametrize(
    "answer",
    [
        failed,
        lambda ask: listed(ask, article("20231010"), damage="cut"),
        lambda ask: listed(ask, article("20231110")),
        lambda _: listed(Ask("", EDITION.section_pages[0]), article("20231010")),
    ],
    ids=["failed", "damaged", "of another month", "from elsewhere"],
)
def test_a_month_that_does_not_tell(answer):
    """Law: whatever is not the month's own sitemap, whole, tells nothing: a page that links to the calendar is next."""
    walk = walked(WEEK, ("202310",))

    assert walk.heard("month 202310", answer(walk.asks[0]))
    assert surfaces(walk) == ["front page"]


def test_a_step_ends_with_its_last_answer():
    """Law: nothing is asked for before all of a step is heard, in whatever order."""
    walk = walked(Span(date(2023, 8, 1), date(2023, 10, 15)), ("202308", "202309", "202310"))
    first, second, third = walk.asks

    assert not walk.heard(second.surface, failed(second))
    assert not walk.heard(third.surface, failed(third))
    assert surfaces(walk) == ["month 202310", "month 202309", "month 202308"]
    assert walk.heard(first.surface, failed(first))


def at_sections(span: Span, now: date) -> Walk:
    """Take a walk on which neither sitemaps nor calendar tell anything."""
    walk = Walk(EDITION, span, now)
    while walk.asks and len(walk.asks) < len(EDITION.section_pages) - backfill.LINKING:
        walk.heard(walk.asks[0].surface, failed(walk.asks[0]))
    return walk


def test_no_list_is_followed_for_ever():
    """Law: a list that names new young articles on every page is left after so many pages as no true one has."""
    walk, page = at_sections(WEEK, date(2023, 10, 20)), 0
    while walk.asks:
        page += 1
        for ask in walk.asks:
            walk.heard(ask.surface, listed(ask, article("20231018", f"{ask.surface}-{page}")))

    assert page == SLACK + PAGES_A_DAY * 12 - 1


def test_a_section_is_followed_back_to_the_first_day():
    """Law: one that names nothing new, or nothing so young, or fails, is followed no further; the others are."""
    walk = at_sections(WEEK, NOW)
    old, young, dead, *rest = walk.asks
    for ask in rest:
        walk.heard(ask.surface, failed(ask))
    walk.heard(old.surface, listed(old, article("20231008"), article("20150301")))
    walk.heard(dead.surface, failed(dead))
    walk.heard(young.surface, listed(young, article("20150301"), article("20231120")))
    (second,) = walk.asks
    walk.heard(second.surface, listed(second, article("20231120"), article("20231009")))
    (third,) = walk.asks
    walk.heard(third.surface, listed(third, article("20231120"), article("20231009")))

    assert [ask.url for ask in (second, third)] == [f"{young.url}2/", f"{young.url}3/"]
    assert walk.asks == ()


# The calendar


@pytest.mark.parametrize(
    ("found", "start", "year"),
    [
        (f"{WORD}/2026/", f"{WORD}/2026/", f"{WORD}/2023/"),
        (f"{WORD}/2026", f"{WORD}/2026", f"{WORD}/2023"),
        (f"{WORD}/2026/10/31-10%E6%9C%88-2026", f"{WORD}/2026", f"{WORD}/2023"),
        (f"{WORD}/", f"{WORD}/", f"{WORD}/2023/"),
        (WORD, WORD, f"{WORD}/2023/"),
    ],
)
def test_where_a_year_is(found, start, year):
    """Law: the page of a year has the make of the address that the site links to."""
    assert calendar.start(found) == start
    assert calendar.of_year(found, 2023) == year


def test_days_are_those_of_the_edition():
    """Law: days of other editions and of one section, and what is no day, are passed over."""
    hrefs = (
        f"{WORD}/2023/10/09-10月-2023", f"{WORD}/2023/10/31-10月-2023", f"{WORD}/2023/10/32-10月-2023",
        f"{WORD}/x/2023/10/10-10月-2023", "/tw/x/2023/10/11-10月-2023", "/fr/archives/2023/10/12-octobre-2023",
    )  # fmt: skip
    page = "".join(f"<a href='{href}'>1</a>" for href in hrefs).encode()

    found = calendar.day_pages(page, WORD, EDITION)

    assert found == {date(2023, 10, n): f"{WORD}/2023/10/{n:02}-10%E6%9C%88-2023" for n in (9, 31)}


def test_nothing_is_read_of_no_page():
    """Law: a page that did not come has no calendar and no days."""
    assert calendar.address(b"", WORD, EDITION) is None
    assert calendar.day_pages(b"", WORD, EDITION) == {}


# How long


def test_what_is_told_of_the_work():
    """Law: articles, and the time that all requests take at the least distance; none where there is none to tell."""
    work = Work(archived=40, waits=0, due=1000, now=1000, requests=3000, delay=5.0, slower=False)
    some = Work(archived=0, waits=2, due=1000, now=10, requests=30, delay=5.0, slower=True)
    none = Work(archived=1040, waits=0, due=0, now=0, requests=0, delay=5.0, slower=True)
    free = Work(archived=0, waits=0, due=1, now=1, requests=1, delay=0.0, slower=False)

    assert str(work) == (
        "1,040 articles wanted, 40 archived already, 1,000 to fetch: about 4 h 10 min at 5 s a request, 3,000 in all"
    )
    assert str(some) == (
        "1,002 articles wanted, 0 archived already, 2 failed before and not due now, 1,000 to fetch, "
        "10 of them now: at least 2 min 30 s at 5 s a request, 30 in all"
    )
    assert str(none) == "1,040 articles wanted, 1,040 archived already, 0 to fetch"
    assert str(free) == "1 articles wanted, 0 archived already, 1 to fetch"
