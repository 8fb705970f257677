"""SVG: elements as plain strings.  Pure; whatever text comes is escaped.

No style attribute, no script, no address: a page's policy may forbid all of them.  Colours stand twice, in a
presentation attribute here, and by class in charts.css, which knows of light and dark and has the last word.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from archive.terminal.plain import plain

FONT = 12
"""Size of text, in units of the picture."""


def picture(name: str, size: tuple[int, int], told: tuple[str, str], content: Iterable[str]) -> str:
    """Return a whole SVG picture.

    name: of the picture, a word of ours.  size: width and height in units.  told: title and description, for those
    who do not see it.
    """
    width, height = size
    title, description = told
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-{name}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="chart-{name}-title chart-{name}-desc" '
        f'font-family="sans-serif" font-size="{FONT}" fill="currentColor">'
        f'<title id="chart-{name}-title">{safe(title)}</title><desc id="chart-{name}-desc">{safe(description)}</desc>'
        f"{''.join(content)}</svg>"
    )


def group(name: str, colour: str, content: Iterable[str]) -> str:
    """Return elements of one class and colour; nothing if there are none."""
    inside = "".join(content)
    return f'<g class="{name}" fill="{colour}">{inside}</g>' if inside else ""


def box(at: tuple[float, float], size: tuple[float, float], told: Sequence[str] = (), more: str = "") -> str:
    """Return a rectangle.  told: lines that a pointer over it shows.  more: attributes, words of ours."""
    inside = "><title>{}</title></rect>".format("\n".join(map(safe, told))) if told else "/>"
    (x, y), (width, height) = at, size
    return f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"{more}{inside}'


def text(at: tuple[float, float], words: str, more: str = "") -> str:
    """Return a text that begins at a point.  more: attributes, words of ours."""
    return f'<text x="{_number(at[0])}" y="{_number(at[1])}"{more}>{safe(words)}</text>'


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the data of a path through points."""
    through = "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M{through}{'z' if closed else ''}"


def safe(words: str) -> str:
    """Return a text from anywhere as text of SVG or HTML, attributes too, without what XML has no character for."""
    return escape(plain(words)).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def width(words: str) -> float:
    """Return about how wide a text is, in units."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.6 for one in words) * FONT


def shortened(words: str, most: int = 12) -> str:
    """Return a name from anywhere on one line, of at most so many characters."""
    one = plain(words)
    return one if len(one) <= most else f"{one[: most - 1]}…"


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
