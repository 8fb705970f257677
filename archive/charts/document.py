"""Document: the pictures and the most telling numbers as one HTML page that stands by itself.  Pure but for its style.

It works without script and loads nothing: its policy lets a browser use its one style sheet and no more.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from archive.charts import svg
from archive.charts.figures import Figures
from archive.charts.page import figure, made
from archive.charts.wording import say, size

_STYLE = """
:root { color-scheme: light dark; background: #ffffff; color: #1f2328 }
@media (prefers-color-scheme: dark) { :root { background: #16191d; color: #e6e9ed } }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.7rem; line-height: 1.3; margin: 0 }
header p { margin: 0.2rem 0 1.2rem; opacity: 0.75 }
dl { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.8rem 1.5rem; margin: 0 0 2.5rem }
dl div { border-top: 2px solid currentColor; padding-top: 0.35rem }
dt { font-size: 0.8rem; opacity: 0.75 }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; white-space: nowrap }
@media (min-width: 55rem) {
  dl { grid-template-columns: repeat(4, 1fr) }
}
"""


def text(figures: Figures) -> str:
    """Return the page: Chinese, with English below."""
    title, second = say("zh", "title"), say("en", "title")
    parts = zip(made(figures, "zh"), made(figures, "en"), strict=True)
    shown = "".join(figure(chart, "zh", other.title) for chart, other in parts)
    return (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        f'<p lang="en">{second}</p>\n</header>\n{_headlines(figures)}'
        f'<main class="charts">\n{shown}</main>\n</body>\n</html>\n'
    )


def headlines(figures: Figures) -> list[tuple[str, str]]:
    """Return the numbers that say most: the name of each, as wording.py has it, and its value in words."""
    totals, days = figures.totals, figures.calendar.counts
    return [
        ("articles", f"{totals.articles:,}"),
        ("first", str(min(days)) if days else "–"),
        ("last", str(max(days)) if days else "–"),
        ("gaps", f"{len(figures.calendar.gaps):,}"),
        ("edits", f"{totals.edits:,}"),
        ("gone", f"{totals.gone:,}"),
        ("captures", f"{totals.captures:,}"),
        ("size", size(totals.size)),
    ]


def _headlines(figures: Figures) -> str:
    rows = "".join(
        f'<div><dt>{say("zh", name)} <span lang="en">{say("en", name)}</span></dt><dd>{svg.safe(value)}</dd></div>\n'
        for name, value in headlines(figures)
    )
    return f"<dl>\n{rows}</dl>\n"


def _policy() -> str:
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    """Return the style of the page: its own, and that of the pictures, which the reader has, too."""
    return _STYLE + files("archive").joinpath("web", "static", "charts.css").read_text("utf-8")
