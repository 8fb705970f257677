"""Page: the pictures in their order, each with its words and its table, for whoever shows them."""

from dataclasses import dataclass

from archive.charts import bars, heat, rise, stacks, svg, tables
from archive.charts.figures import Calendar, Figures, Shares, Spread, gather
from archive.charts.wording import say, size, span
from archive.index import Index


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture."""

    name: str
    """A word of ours, of small letters: "days"; good for an id."""
    title: str
    """What it shows, plain text."""
    note: str
    """What is to be said of it, a line of plain text."""
    svg: str
    """The picture, markup; "" if there is nothing to draw."""
    table: str
    """The same numbers, markup; "" if there are none."""


def charts(index: Index, language: str) -> list[Chart]:
    """Return all pictures of an archive.  language: one of wording.LANGUAGES.  Raises CannotWrite if it is damaged."""
    return made(gather(index), language)


def made(figures: Figures, language: str) -> list[Chart]:
    """Return all pictures of these figures."""
    return [
        _days(figures.calendar, language),
        _shares("sections", figures.sections, language),
        _shares("shows", figures.shows, language),
        _spread("lags", figures.lags, "articles", language),
        _spread("ages", figures.ages, "edits", language),
        _growth(figures, language),
    ]


def figure(chart: Chart, language: str, below: str = "") -> str:
    """Return a picture as a part of an HTML page: heading, note, picture, and its table folded up.

    below: a second heading, plain text.
    """
    second = f' <span lang="en" class="chart-second">{svg.safe(below)}</span>' if below else ""
    shown = _scrolling(chart.title, chart.svg) + _folded(chart, language) if chart.svg else ""
    return (
        f'<figure class="chart-figure chart-of-{chart.name}" id="{chart.name}">\n<figcaption>\n'
        f"<h2>{svg.safe(chart.title)}{second}</h2>\n<p>{svg.safe(chart.note)}</p>\n</figcaption>\n{shown}</figure>\n"
    )


def _folded(chart: Chart, language: str) -> str:
    words = say(language, "data")
    inside = _scrolling(f"{chart.title}: {words}", chart.table)
    return f"<details>\n<summary>{words}</summary>\n{inside}</details>\n"


def _scrolling(name: str, markup: str) -> str:
    """Return a part of a page that scrolls by itself where it is too broad, by keys too."""
    return f'<div class="chart-scroll" role="region" tabindex="0" aria-label="{svg.safe(name)}">\n{markup}\n</div>\n'


def _days(days: Calendar, language: str) -> Chart:
    title = say(language, "days")
    if not days.counts:
        return _empty("days", title, language, days.outside)
    values = {"first": min(days.counts), "last": max(days.counts), "days": len(days.counts)}
    note = say(language, "days note", **values, gaps=len(days.gaps), thin=len(days.thin))
    note += say(language, "outside", number=days.outside) if days.outside else ""
    return Chart("days", title, note, heat.picture(days, language, (title, note)), tables.of_days(days, language))


def _shares(name: str, shares: Shares, language: str) -> Chart:
    title, total = say(language, name), sum(map(sum, shares.counts))
    if not total:
        return _empty(name, title, language)
    note = say(language, "shares note", number=total)
    note += say(language, "others note", number=shares.others) if shares.others else ""
    shown = stacks.picture(name, shares, language, (title, note))
    return Chart(name, title, note, shown, tables.of_shares(shares, language))


def _spread(name: str, spread: Spread, what: str, language: str) -> Chart:
    title, total = say(language, name), sum(spread.counts)
    if not total:
        return _empty(name, title, language)
    note = say(language, f"{name} note", number=total)
    note += say(language, "untold", number=spread.untold) if spread.untold else ""
    half = middle(spread)
    note += say(language, "half", span=span(language, half)) if half else ""
    shown = bars.picture(name, spread, language, (title, note))
    return Chart(name, title, note, shown, tables.of_spread(spread, language, what))


def middle(spread: Spread) -> int | None:
    """Return the first limit, seconds, below which half of them or more lie; None: there is none above 0."""
    below = 0
    for limit, number in zip(spread.limits, spread.counts, strict=False):
        below += number
        if below * 2 >= sum(spread.counts):
            return limit or None
    return None


def _growth(figures: Figures, language: str) -> Chart:
    title, growth = say(language, "growth"), figures.growth
    if not sum(growth.added):
        return _empty("growth", title, language)
    note = say(language, "growth note", size=size(figures.totals.size))
    return Chart("growth", title, note, rise.picture(growth, (title, note)), tables.of_growth(growth, language))


def _empty(name: str, title: str, language: str, outside: int = 0) -> Chart:
    note = say(language, "nothing")
    return Chart(name, title, note + (say(language, "outside", number=outside) if outside else ""), "", "")
