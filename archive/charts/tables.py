"""Tables: the numbers of each picture as a table of HTML, so that it can be read without being seen.  Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate

from archive.charts import svg
from archive.charts.bars import percent
from archive.charts.figures import Calendar, Growth, Shares, Spread
from archive.charts.wording import say, size, spans


def of_days(days: Calendar, language: str) -> str:
    """Return the months, newest first, and in each the days without articles and with few."""
    sums, gaps, few = defaultdict[str, int](int), defaultdict[str, list[date]](list), defaultdict[str, list[date]](list)
    for day, count in days.counts.items():
        sums[f"{day:%Y-%m}"] += count
        if not count:
            gaps[f"{day:%Y-%m}"].append(day)
        if day in days.thin:
            few[f"{day:%Y-%m}"].append(day)
    rows = [(month, f"{number:,}", _numbers(gaps[month]), _numbers(few[month])) for month, number in sums.items()]
    return table([say(language, name) for name in ("month", "articles", "gaps", "thin days")], rows[::-1])


def of_shares(shares: Shares, language: str) -> str:
    """Return the months, newest first, and in each how many articles of each name."""
    head = [say(language, "month"), *shares.names, say(language, "others"), say(language, "total")]
    rows = [
        [str(month), *(f"{row[at]:,}" for row in shares.counts), f"{shares.total(at):,}"]
        for at, month in enumerate(shares.months)
    ]
    return table(head, rows[::-1])


def of_spread(spread: Spread, language: str, what: str) -> str:
    """Return a row for each stretch of time.  what: is counted, a name of wording.py."""
    total = sum(spread.counts)
    named = zip(spans(language, spread.limits), spread.counts, strict=True)
    rows = [(words, f"{number:,}", percent(number, total)) for words, number in named]
    return table([say(language, "span"), say(language, what), "%"], rows)


def of_growth(growth: Growth, language: str) -> str:
    """Return the months, newest first, what each added and what there was at its end."""
    rows = [
        (str(month), size(added), size(total))
        for month, added, total in zip(growth.months, growth.added, accumulate(growth.added), strict=True)
    ]
    return table([say(language, name) for name in ("month", "added", "total")], rows[::-1])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first of each row names it."""
    names = "".join(f'<th scope="col">{svg.safe(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{svg.safe(first)}</th>{"".join(f"<td>{svg.safe(cell)}</td>" for cell in rest)}</tr>\n'
        for first, *rest in rows
    )
    return f"<table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"


def _numbers(days: Sequence[date]) -> str:
    """Return days of one month, those in a row as one stretch."""
    made = list[list[int]]()
    for day in days:
        if made and made[-1][-1] == day.day - 1:
            made[-1].append(day.day)
        else:
            made.append([day.day])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in made)
