"""Finder: the page that searches by a script of its own, where no server does; for exports."""

from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show

SAYS = tuple("exact most none wait signs not many whole failed".split())
"""What the script has to say (sayings.py, "find.")."""


def page(context: Context, asked: Asked) -> Answer:
    """Show the form, which the script takes over, and where to go without script."""
    newest = next(iter(reversed(context.index.by_day())), None)
    return show(context, asked, "finder", words=SAYS, newest=newest[0] if newest else None)
