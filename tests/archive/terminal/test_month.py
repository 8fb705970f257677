"""Laws of the calendar of a month."""

from datetime import date

from archive.terminal.month import Day, months

DAYS = {
    date(2026, 10, 30): Day(33, 33),
    date(2026, 10, 31): Day(30, 31, 1),
    date(2026, 11, 1): Day(3, 3, thin=True),
    date(2026, 11, 3): Day(0, 9, 9, thin=True),
}


def test_a_line_a_week():
    """Law: a line a week from the first day that is there to the last; what is missing and thin is marked; no colours."""
    assert list(months("cn", DAYS, coloured=False)) == [
        "cn 2026-10",
        "   Mon        Tue        Wed        Thu        Fri        Sat        Sun",
        "26         27         28         29         30 33      31 30/31!",
        "",
        "cn 2026-11",
        "   Mon        Tue        Wed        Thu        Fri        Sat        Sun",
        " " * 66 + " 1 3?",
        " 2          3 0/9!?    4          5          6          7          8",
        "",
    ]


def test_colours_change_no_column():
    """Law: colours stand around what they colour; without them the lines are the same."""
    coloured = list(months("cn", DAYS, coloured=True))
    bare = [line.replace("\x1b[31m", "").replace("\x1b[33m", "").replace("\x1b[0m", "").rstrip() for line in coloured]

    assert bare == list(months("cn", DAYS, coloured=False))
    assert "\x1b[31m31 30/31!\x1b[0m" in coloured[2]
    assert "\x1b[33m 1 3?\x1b[0m" in coloured[6]


def test_no_line_is_longer_than_a_terminal():
    """Law: a full month of large numbers fits into 80 columns."""
    days = {date(2026, 10, day): Day(38, 39, 1, thin=True) for day in range(1, 32)}

    assert max(map(len, months("cn", days, coloured=False))) <= 80
