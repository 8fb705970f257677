"""Charts: the pictures of what is archived and what is missing."""

from markupsafe import Markup

from archive.charts import page as charts
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show


def page(context: Context, asked: Asked) -> Answer:
    """Show all of them; what they hold of the site's words is escaped there."""
    found = charts.charts(context.index, asked.language)
    shown = [Markup(charts.figure(chart, asked.language)) for chart in found]  # noqa: S704 - markup of ours
    return show(context, asked, "charts", figures=shown)
