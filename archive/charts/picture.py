"""Picture: all pictures of an archive as one PNG of 1920 x 1080, for a mail or a slide, by matplotlib.

The same figures give the same bytes as long as matplotlib and the font are the same: it says not when it was made.
"""

from collections.abc import Callable, Collection, Sequence
from io import BytesIO
from itertools import accumulate
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from archive.charts import axis, colours, fonts, heat, svg
from archive.charts.bars import percent
from archive.charts.document import headlines
from archive.charts.figures import Calendar, Figures, Growth, Month, Shares, Spread
from archive.charts.wording import MONTHS, say, size, spans

_INCHES, _DPI = (16, 9), 120
_DIM, _INK = "#57606a", "#1f2328"
_STYLE: dict[Any, Any] = {  # its stubs list every name there is
    "font.size": 10,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "text.color": _INK,
    "axes.edgecolor": colours.GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "axes.axisbelow": True,
    "xtick.color": _DIM,
    "ytick.color": _DIM,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "grid.color": colours.GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.handlelength": 0.9,
    "legend.handleheight": 0.9,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
}
_FEW = 12
"""Months for which there is room in any case, so that one of them is no wall."""
_NAMED = 7
"""Names below an axis; of more, every other is left out."""
_YEAR, _CELL = 9, 0.84
"""Rows of a year, and how much of its place a day fills: in height all of it, where the years are many."""
_CROWDED = 6
"""Years."""
_NAMES = 0.035
"""How much of its column the names of months above the calendar take."""


def png(figures: Figures) -> bytes:
    """Return the picture.  Raises Unsupported if no font with Chinese signs is installed."""
    family = fonts.family()
    with mpl.rc_context({**_STYLE, "font.family": [family]}):
        figure = Figure(figsize=_INCHES, dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        _fill(figure, figures, fonts.signs(family))
        written = BytesIO()
        figure.savefig(written, format="png", metadata={"Software": None})
        return written.getvalue()


def _fill(figure: Figure, figures: Figures, signs: Collection[int]) -> None:
    """Put in the head and all panels."""
    _head(figure, figures)
    halves = figure.add_gridspec(1, 2, left=0.045, right=0.915, bottom=0.055, top=0.81, wspace=0.18)
    share = _share(figures.calendar)
    left = halves[0].subgridspec(2, 1, height_ratios=(share, 1 - share), hspace=0.28)
    right = halves[1].subgridspec(3, 1, hspace=0.42)
    last = right[2].subgridspec(1, 2, wspace=0.5)
    panels: list[tuple[str, SubplotSpec, object, Callable[[Axes], None]]] = [
        ("days", left[0], figures.calendar.counts, lambda axes: _days(axes, figures.calendar)),
        ("growth", left[1], figures.growth.months, lambda axes: _growth(axes, figures.growth)),
        ("sections", right[0], figures.sections.names, lambda axes: _shares(axes, figures.sections, signs)),
        ("shows", right[1], figures.shows.names, lambda axes: _shares(axes, figures.shows, signs)),
        ("lags", last[0], sum(figures.lags.counts), lambda axes: _spread(axes, figures.lags)),
        ("ages", last[1], sum(figures.ages.counts), lambda axes: _spread(axes, figures.ages)),
    ]
    for name, where, there, draw in panels:
        axes = _panel(figure, where, name)
        if there:
            draw(axes)
        else:
            axes.set_axis_off()
            axes.text(0, 0.9, say("zh", "nothing"), transform=axes.transAxes, color=_DIM)


def _share(days: Calendar) -> float:
    """Return how much of its column the calendar takes: the more, the more years it has."""
    return min(0.76, 0.08 + 0.14 * max(1, len({day.year for day in days.counts})))


def _head(figure: Figure, figures: Figures) -> None:
    figure.text(0.025, 0.945, say("zh", "title"), size=24, weight="bold", va="center")
    figure.text(0.025, 0.9, say("en", "title"), size=12, color=_DIM, va="center")
    x = 0.3
    for name, value in headlines(figures):
        figure.text(x, 0.945, value, size=15, weight="bold", va="center")
        figure.text(x, 0.912, say("zh", name), size=10, color=_DIM, va="center")
        figure.text(x, 0.889, say("en", name), size=8, color=_DIM, va="center")
        x += 0.03 + 0.0068 * max(len(value), 7)


def _panel(figure: Figure, where: SubplotSpec, name: str) -> Axes:
    axes = figure.add_subplot(where)
    axes.set_title(say("zh", name), loc="left", fontsize=13, fontweight="bold", pad=9)
    axes.set_title(say("en", name), loc="right", fontsize=9, color=_DIM, pad=9)
    axes.tick_params(length=0)
    return axes


def _days(axes: Axes, days: Calendar) -> None:
    """Draw the calendar as heat.py has it, the newest year on top."""
    years = sorted({day.year for day in days.counts}, reverse=True)
    tops = {year: at * _YEAR for at, year in enumerate(years)}
    named, high = list[tuple[Any, str]](), _CELL if len(years) <= _CROWDED else 1.0
    for kind in heat.kinds(days):
        boxes = [_box(heat.week(day), tops[day.year] + day.weekday(), high) for day in kind.days]
        drawn = PolyCollection(boxes, facecolors=kind.colour, linewidths=0)
        named.append((axes.add_collection(drawn), kind.says("zh")))
    axes.set_xlim(0, heat.WEEKS)
    rows = max(1, len(years)) * _YEAR - 1
    axes.set_ylim(rows, -rows * _NAMES / _share(days))
    axes.set_yticks([top + 3.5 for top in tops.values()], [str(year) for year in years], weight="bold")
    axes.set_xticks([])
    for number, name in enumerate(MONTHS["zh"]):
        axes.text(
            heat.WEEKS * (number + 0.5) / 12,
            -rows * _NAMES / _share(days) / 5,
            name,
            color=_DIM,
            fontsize=9,
            ha="center",
        )
    axes.spines[:].set_visible(False)
    _legend(axes, named, ncols=6, bbox_to_anchor=(0, 0), borderpad=0, borderaxespad=0.2)


def _legend(axes: Axes, named: Sequence[tuple[Any, str]], **how: Any) -> None:
    """Say what is what; by pairs, since matplotlib leaves out names of its own finding that begin with "_"."""
    axes.legend([drawn for drawn, _ in named], [name for _, name in named], loc="upper left", **how)


def _box(x: float, y: float, high: float) -> list[tuple[float, float]]:
    return [(x, y), (x + _CELL, y), (x + _CELL, y + high), (x, y + high)]


def _shares(axes: Axes, shares: Shares, signs: Collection[int]) -> None:
    """Draw the months as stacks.py has them, the most frequent name at the bottom."""
    below, named = [0] * len(shares.months), list[tuple[Any, str]]()
    names = [*(_written(name, signs) for name in shares.names), say("zh", "others")]
    for name, row, colour in zip(names, shares.counts, (*_named(shares), colours.OTHERS), strict=True):
        if any(row):
            drawn = axes.bar(range(len(row)), row, 0.86, bottom=below, color=colour, align="edge", linewidth=0)
            named.append((drawn, name))
            below = [low + count for low, count in zip(below, row, strict=True)]
    _measure(axes, shares.months, [(number, f"{number:,}") for number in axis.ticks(max(below, default=1) or 1)])
    _legend(axes, named, bbox_to_anchor=(1.0, 1.03), reverse=True, labelspacing=0.35)


def _named(shares: Shares) -> tuple[str, ...]:
    return colours.NAMED[: len(shares.names)]


def _spread(axes: Axes, spread: Spread) -> None:
    """Draw the stretches of time as bars.py has them."""
    bars = axes.barh(list(spans("zh", spread.limits)), spread.counts, 0.72, color=colours.NAMED[0])
    total = sum(spread.counts)
    axes.bar_label(bars, [percent(number, total) for number in spread.counts], padding=3, fontsize=8, color=_DIM)
    axes.set_xlim(0, max(spread.counts) * 1.15)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.tick_params(axis="y", labelsize=8)
    axes.spines[:].set_visible(False)


def _growth(axes: Axes, growth: Growth) -> None:
    """Draw the curve as rise.py has it."""
    totals = [0, *accumulate(growth.added)]
    axes.fill_between(range(len(totals)), totals, color=colours.NAMED[0], alpha=0.2, linewidth=0)
    axes.plot(range(len(totals)), totals, color=colours.NAMED[0], linewidth=2)
    numbers = axis.ticks(max(totals) or 1)
    _measure(axes, growth.months, [(number, size(number, 0)) for number in numbers])


def _measure(axes: Axes, months: Sequence[Month], numbers: Sequence[tuple[int, str]]) -> None:
    """Put lines at round numbers, and names to months."""
    axes.set_xlim(0, max(_FEW, len(months)))
    axes.set_ylim(0, numbers[-1][0])
    axes.set_yticks([number for number, _ in numbers], [words for _, words in numbers])
    labels = axis.labels(months)
    labels = labels[:: 2 if len(labels) > _NAMED else 1]
    axes.set_xticks([at + 0.5 for at, _ in labels], [name for _, name in labels])
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)


def _written(name: str, signs: Collection[int]) -> str:
    """Return a name as the font can write it, short."""
    return "".join(one if ord(one) in signs else "?" for one in svg.shortened(name, 8))
