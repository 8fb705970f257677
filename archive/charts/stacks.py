"""Stacks: articles of each name by month, one upon the other, the most frequent name at the bottom.  Pure."""

from collections.abc import Iterator

from archive.charts import axis, colours, svg
from archive.charts.figures import Month, Shares
from archive.charts.wording import say

WIDTH = 720
LEFT, RIGHT, TOP, HIGH = 52, 8, 10, 220
"""Units beside and above the field, and how high it is."""
_LINE = 20
"""Units of a line of the legend."""
AT_AXIS = ' class="chart-dim" text-anchor="end"'
BELOW = ' class="chart-dim" text-anchor="middle"'


def picture(name: str, shares: Shares, language: str, told: tuple[str, str]) -> str:
    """Return the months as SVG.  name: of the picture.  told: its title and description."""
    sums = [shares.total(at) for at in range(len(shares.months))]
    numbers = axis.ticks(max(sums, default=1) or 1)
    rows = list(_legend(shares, language))
    field = [*frame(list(shares.months), [(n, f"{n:,}") for n in numbers]), *_bars(shares, numbers[-1])]
    height = TOP + HIGH + 30 + _LINE * (1 + max((line for line, _ in rows), default=0))
    hover = _hover(shares, language)
    return svg.picture(name, (WIDTH, height), told, [*field, *hover, *(text for _, text in rows)])


def frame(months: list[Month], numbers: list[tuple[int, str]]) -> Iterator[str]:
    """Yield the lines at round numbers, with their words, and the names of months; the last number is the highest."""
    lines = "".join(f"M{LEFT} {_height(number, numbers[-1][0]):.1f}H{WIDTH - RIGHT}" for number, _ in numbers)
    yield f'<path class="chart-grid" stroke="{colours.GRID}" fill="none" d="{lines}"/>'
    for number, words in numbers:
        yield svg.text((LEFT - 6, _height(number, numbers[-1][0]) + 4), words, AT_AXIS)
    for at, name in axis.labels(months):
        middle = left(at, months) + wide(months) / 2
        yield svg.text((min(middle, WIDTH - svg.width(name) / 2), TOP + HIGH + 16), name, BELOW)


def left(at: int, months: list[Month] | tuple[Month, ...]) -> float:
    """Return where a month begins, by its place."""
    return LEFT + at * wide(months)


def wide(months: list[Month] | tuple[Month, ...]) -> float:
    """Return how wide a month is: of few months none is broad."""
    return min(60.0, (WIDTH - LEFT - RIGHT) / max(1, len(months)))


def _height(number: float, most: int) -> float:
    return TOP + HIGH - HIGH * number / most


def _bars(shares: Shares, most: int) -> Iterator[str]:
    """Yield a path for each name: a box a month, upon those of the names before it."""
    below = [0] * len(shares.months)
    broad = wide(shares.months)
    between = min(2.0, broad * 0.15)
    for number, row in enumerate(shares.counts):
        data = ""
        for at, count in enumerate(row):
            if count:
                low, high = (_height(value, most) for value in (below[at], below[at] + count))
                data += (
                    f"M{left(at, shares.months):.1f} {high:.1f}h{broad - between:.1f}V{low:.1f}h-{broad - between:.1f}z"
                )
                below[at] += count
        if data:
            yield f'<path class="{_class(shares, number)}" fill="{_colour(shares, number)}" d="{data}"/>'


def _hover(shares: Shares, language: str) -> Iterator[str]:
    """Yield a box without colour over each month, which tells its numbers to a pointer."""
    names = [*shares.names, say(language, "others")]
    boxes = []
    for at, month in enumerate(shares.months):
        found = [f"{name} {row[at]:,}" for name, row in zip(names, shares.counts, strict=True) if row[at]]
        told = (f"{month}: {shares.total(at):,}", *found)
        boxes.append(svg.box((left(at, shares.months), TOP), (wide(shares.months), HIGH), told))
    yield svg.group("chart-over", "transparent", boxes)


def _legend(shares: Shares, language: str) -> Iterator[tuple[int, str]]:
    """Yield each name with its colour, and in which line it stands."""
    x, line = float(LEFT), 0
    names = [*shares.names, *([say(language, "others")] if any(shares.counts[-1]) else [])]
    for number, name in enumerate(names):
        number = number if number < len(shares.names) else len(shares.counts) - 1  # noqa: PLW2901 - others are last
        words = svg.shortened(name)
        if x + 18 + svg.width(words) > WIDTH:
            x, line = float(LEFT), line + 1
        y = TOP + HIGH + 30 + line * _LINE
        box = svg.group(_class(shares, number), _colour(shares, number), [svg.box((x, y), (12, 12), more=' rx="2"')])
        yield line, f"{box}{svg.text((x + 18, y + 10), words)}"
        x += 18 + svg.width(words) + 16


def _class(shares: Shares, number: int) -> str:
    return f"chart-name-{number}" if number < len(shares.names) else "chart-others"


def _colour(shares: Shares, number: int) -> str:
    return colours.NAMED[number] if number < len(shares.names) else colours.OTHERS
