"""Heat: articles a day as a calendar, the newest year on top, a column a week.  Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.charts import colours, svg
from archive.charts.figures import Calendar
from archive.charts.wording import MONTHS, WEEKDAYS, say

WEEKS = 54
"""Columns of a year at most: it may begin on a Sunday and end on a Monday."""
_CELL, _STEP = 10, 12
"""Units of a day, and from one to the next."""
_LEFT, _TOP, _YEAR = 66, 30, 7 * _STEP + 30
"""Units left of the weeks, above the first year, and from one year to the next."""
_WIDTH = _LEFT + WEEKS * _STEP
_NAMED = 0, 2, 4
"""Weekdays that have a name beside them."""
_SHAPES = {"gap": "m3 3l4 4m0-4l-4 4", "thin": "m3 5h4"}
"""What tells days without articles, or with few, from others without a colour: a cross, a bar."""
_DIM = ' class="chart-dim"'


@dataclass(frozen=True, slots=True)
class Kind:
    """Days that look alike."""

    name: str
    """ "many-0" to "many-3", "thin" or "gap"."""
    colour: str
    """On light ground."""
    least: int
    """Articles of such a day, of "many-"."""
    most: int
    """The same."""
    days: tuple[date, ...]
    """All of them, oldest first."""

    def says(self, language: str) -> str:
        """Return what it means, in words."""
        if self.name in _SHAPES:
            return say(language, self.name)
        return f"{self.least:,}–{self.most:,}" if self.least < self.most else f"{self.most:,}"


def kinds(days: Calendar) -> list[Kind]:
    """Return each day of a calendar, once, among those that look like it; kinds without a day are left out."""
    made, low = (
        [Kind("gap", colours.GAP, 0, 0, days.gaps), Kind("thin", colours.THIN, 0, 0, tuple(sorted(days.thin)))],
        0,
    )
    limits = bounds(days.counts.values())
    for number, limit in enumerate(limits, len(colours.MANY) - len(limits)):  # the last is always the strongest
        some = tuple(day for day, count in days.counts.items() if low < count <= limit and day not in days.thin)
        made.append(Kind(f"many-{number}", colours.MANY[number], low + 1, limit, some))
        low = limit
    return [kind for kind in made if kind.days]


def bounds(counts: Iterable[int]) -> list[int]:
    """Return the most that days of each colour have: as many days to each, as far as that goes; none: no articles."""
    known = sorted(count for count in counts if count)
    parts = len(colours.MANY)
    return sorted({known[(len(known) - 1) * part // parts] for part in range(1, parts + 1)}) if known else []


def week(day: date) -> int:
    """Return in which column of its year a day stands; weeks begin on Monday."""
    first = date(day.year, 1, 1)
    return (first.weekday() + (day - first).days) // 7


def picture(days: Calendar, language: str, told: tuple[str, str]) -> str:
    """Return the calendar as SVG.  told: its title and description."""
    years = sorted({day.year for day in days.counts}, reverse=True)
    tops = {year: _TOP + at * _YEAR for at, year in enumerate(years)}
    shown = kinds(days)
    content = [_legend(shown, language), *_frames(days, tops, language), *_days(shown, days, tops)]
    return svg.picture("days", (_WIDTH, _TOP + len(years) * _YEAR - 14), told, content)


def _place(day: date, tops: dict[int, int]) -> tuple[int, int]:
    return _LEFT + week(day) * _STEP, tops[day.year] + day.weekday() * _STEP


def _days(shown: Iterable[Kind], days: Calendar, tops: dict[int, int]) -> Iterator[str]:
    """Yield every day, by kind, and the marks on them."""
    for kind in shown:
        boxes = (
            svg.box(_place(day, tops), (_CELL, _CELL), [f"{day} · {days.counts[day]:,}"], ' rx="2"')
            for day in kind.days
        )
        yield svg.group(f"chart-{kind.name}", kind.colour, boxes)
        yield _marks(kind.name, (_place(day, tops) for day in kind.days))


def _marks(name: str, places: Iterable[tuple[int, int]]) -> str:
    if name not in _SHAPES:
        return ""
    data = "".join(f"M{x} {y}{_SHAPES[name]}" for x, y in places)
    more = 'fill="none" stroke-width="1.2" stroke-linecap="round"'
    return f'<path class="chart-mark" stroke="{colours.MARK}" {more} d="{data}"/>'


def _frames(days: Calendar, tops: dict[int, int], language: str) -> Iterator[str]:
    """Yield each year's name, sum, weekdays and months."""
    for year, top in tops.items():
        some = {day: count for day, count in days.counts.items() if day.year == year}
        yield svg.text((0, top + 10), str(year), ' font-weight="bold" font-size="14"')
        yield svg.text((0, top + 26), f"{sum(some.values()):,}", _DIM)
        for number in _NAMED:
            at = _LEFT - 6, top + number * _STEP + 9
            yield svg.text(at, WEEKDAYS[language][number], f'{_DIM} font-size="9" text-anchor="end"')
        for number in sorted({day.month for day in some}):
            monday = date(year, number, 1) + timedelta(days=6)  # its week is the first that is mostly of this month
            name = MONTHS[language][number - 1]
            yield svg.text((_LEFT + week(monday) * _STEP, top - 5), name, f'{_DIM} font-size="10"')


def _legend(shown: Iterable[Kind], language: str) -> str:
    """Return what the colours mean, in a line."""
    x, made = 0, ""
    for kind in shown:
        words = kind.says(language)
        made += svg.group(f"chart-{kind.name}", kind.colour, [svg.box((x, 0), (_CELL, _CELL), more=' rx="2"')])
        made += _marks(kind.name, [(x, 0)]) + svg.text((x + 14, 9), words, _DIM)
        x += round(svg.width(words)) + 28
    return f'<g class="chart-legend">{made}</g>'
