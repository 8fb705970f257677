"""Rise: bytes in warc/, month upon month.  Pure."""

from collections.abc import Iterator
from itertools import accumulate

from archive.charts import axis, colours, stacks, svg
from archive.charts.figures import Growth
from archive.charts.wording import size


def picture(growth: Growth, told: tuple[str, str]) -> str:
    """Return the curve as SVG.  told: its title and description."""
    totals = list(accumulate(growth.added))
    numbers = axis.ticks(max(totals, default=1) or 1)
    words = [(number, size(number, 0 if number % 1_000 == 0 else 1)) for number in numbers]
    content = [*stacks.frame(list(growth.months), words), *_curve(growth, totals, numbers[-1]), _hover(growth, totals)]
    return svg.picture("growth", (stacks.WIDTH, stacks.TOP + stacks.HIGH + 26), told, content)


def _curve(growth: Growth, totals: list[int], most: int) -> Iterator[str]:
    """Yield the field below the curve, and the curve, from nothing to the end of each month."""
    base, broad = stacks.TOP + stacks.HIGH, stacks.wide(growth.months)
    ends = [(stacks.LEFT + (at + 1) * broad, base - stacks.HIGH * total / most) for at, total in enumerate(totals)]
    curve = [(float(stacks.LEFT), float(base)), *ends]
    colour = colours.NAMED[0]
    if ends:
        field = svg.path([*curve, (ends[-1][0], float(base))], closed=True)
        yield f'<path class="chart-name-0" fill="{colour}" fill-opacity="0.2" d="{field}"/>'
        line = f'fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"'
        yield f'<path class="chart-line" {line} d="{svg.path(curve)}"/>'


def _hover(growth: Growth, totals: list[int]) -> str:
    """Return a box without colour over each month, which tells its bytes to a pointer."""
    boxes = [
        svg.box(
            (stacks.left(at, growth.months), stacks.TOP),
            (stacks.wide(growth.months), stacks.HIGH),
            [f"{month}: +{size(added)} = {size(total)}"],
        )
        for at, (month, added, total) in enumerate(zip(growth.months, growth.added, totals, strict=True))
    ]
    return svg.group("chart-over", "transparent", boxes)
