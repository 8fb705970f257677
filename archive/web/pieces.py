"""Pieces: the files that belong to every page."""

from functools import cache
from importlib.resources import files

from archive.errors import NotFound
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
"""Content-Type by the end of a name."""


@cache
def pieces() -> dict[str, Answer]:
    """Return all of them by name."""
    folder = files("archive.web").joinpath("static")
    return {
        file.name: Answer(file.read_bytes(), kind)
        for file in folder.iterdir()
        for end, kind in TYPES.items()
        if file.name.endswith(end)
    }


def piece(_: Context, asked: Asked) -> Answer:
    """Return one of them: nothing is looked up in a folder by a name that somebody sends."""
    found = pieces().get(asked.names["name"])
    if found is None:
        raise NotFound("no such file")
    return found


def icon(_context: Context, _asked: Asked) -> Answer:
    """Return the icon of a tab to who looks for it where it always was: browsers do, on feeds and JSON."""
    return pieces()["icon.svg"]
