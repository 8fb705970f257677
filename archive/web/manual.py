"""Manual: what there is for programs, on a page for people."""

from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show
from archive.web.operations import OPERATIONS


def page(context: Context, asked: Asked) -> Answer:
    """Show it."""
    return show(context, asked, "api", operations=OPERATIONS, base=asked.base)
