"""Context: what a handler may use beside the request; and the way from its values to a page."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from archive.index import Index
from archive.web import answer, page
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.links import Links
from archive.web.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Context:
    """What all handlers share."""

    root: Path
    """The archive."""
    links: Links
    """Where the pages are."""
    shelf: Shelf
    """The threads and their indexes."""

    @property
    def index(self) -> Index:
        """The index, open in this thread.  Raises NotReady."""
        return self.shelf.index


def show(context: Context, asked: Asked, name: str, /, status: int = HTTPStatus.OK, **values: Any) -> Answer:
    """Return a page of these values; name: of its template, without ".html"."""
    text = page.render(name, asked.language, links=context.links, here=asked.path, **values)
    return answer.html(text, status)
