"""Bars: how many between fixed limits of time, a line for each.  Pure."""

from collections.abc import Iterator

from archive.charts import colours, svg
from archive.charts.figures import Spread
from archive.charts.wording import spans

_WIDTH, _LEFT, _RIGHT = 440, 112, 92
"""Units of the picture, left of the bars for their names, and right of the longest for its number."""
_LINE, _HIGH = 24, 16
"""Units of a line, and of the bar in it."""
_NAME = ' text-anchor="end"'
_NUMBER = ' class="chart-dim"'


def picture(name: str, spread: Spread, language: str, told: tuple[str, str]) -> str:
    """Return the bars as SVG.  name: of the picture.  told: its title and description."""
    rows = list(zip(spans(language, spread.limits), spread.counts, strict=True))
    return svg.picture(name, (_WIDTH, len(rows) * _LINE), told, _lines(rows))


def percent(number: int, of: int) -> str:
    """Return what share of all a number is."""
    share = 100 * number / of if of else 0
    return f"{share:.0f}%" if share >= 1 or not number else "<1%"


def _lines(rows: list[tuple[str, int]]) -> Iterator[str]:
    most, total = max(number for _, number in rows) or 1, sum(number for _, number in rows)
    boxes = []
    for at, (words, number) in enumerate(rows):
        y, long = at * _LINE + 4, (_WIDTH - _LEFT - _RIGHT) * number / most
        yield svg.text((_LEFT - 8, y + 12), words, _NAME)
        if number:
            boxes.append(svg.box((_LEFT, y), (max(long, 1.0), _HIGH), [f"{words}: {number:,}"], ' rx="2"'))
        yield svg.text((_LEFT + long + 6, y + 12), f"{number:,} · {percent(number, total)}", _NUMBER)
    yield svg.group("chart-name-0", colours.NAMED[0], boxes)
