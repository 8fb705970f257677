"""Addresses: which file holds the page of a path of the reader, and how one file is linked from another.

Links are relative, so the site works in any folder of any host, and from a disk.  What a host
of files cannot do has no address: proof, replay, health, the API, a choice of languages.
"""

import posixpath
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from urllib.parse import unquote

from archive.export.site.order import ALL, slug
from archive.export.site.steady import Steady
from archive.tables import texts
from archive.web import events
from archive.web.headers import POLICY as SENT
from archive.web.items import PAGE
from archive.web.links import Links

_NO_META = "frame-ancestors", "connect-src"
"""A page cannot say the first of itself (CSP Level 3, 3.3), and asks for nothing of the second."""
POLICY = "; ".join(rule for rule in SENT.split("; ") if not rule.startswith(_NO_META))
_STEM = "(?P<stem>(?P<year>[0-9]{4})(?P<month>[0-9]{2})[0-9]{2}-[0-9a-f]{12})"
_RANKED = r"\?before=[0-9]+-(?P<rank>[0-9]+)"
_BEFORE = r"\?before=(?P<before>-?[0-9]+)"


class Files:
    """Path -> file, for the whole site.  What pages refer to besides pages is noted as it is asked for."""

    def __init__(self, index: Steady, picture: Callable[[str], str | None]) -> None:
        """Begin.  picture: returns the file of the archived picture of this name, None if there is none."""
        self.index = index
        self.pieces = set[str]()
        """Names of the files in static/ that some page refers to."""
        self.picture = lru_cache(4096)(picture)
        self.bears = lru_cache(4096)(lambda kind, name: index.label(kind, name) is not None)

    def of(self, path: str) -> str | None:
        """Return the file, relative to the site; None: there is none."""
        for form, made in _FORMS:
            if found := form.fullmatch(path):
                return made(self, found)
        return None


class Addresses(Links):
    """The addresses of the site, as one of its files links them."""

    policy = POLICY

    def __init__(self, files: Files, here: str) -> None:
        """Know from which file links start."""
        super().__init__()
        self._files, self._folder = files, posixpath.dirname(here) or "."

    def at(self, path: str) -> str | None:
        """Return the relative link to the file of a path; None: there is none."""
        file = self._files.of(path)
        return file and posixpath.relpath(file, self._folder)


def day(files: Files, at: date) -> str | None:
    """Return the page of a day."""
    return f"day/{at.isoformat()}.html" if files.index.has_day(at) else None


def label(kind: str, name: str, page: int | None = None) -> str:
    """Return a page of a label: that of the newest articles, or one of those that never change, counted from 0."""
    return f"{kind}/{slug(kind, name)}{'' if page is None else f'/{page}'}.html"


def _older(files: Files, found: re.Match[str]) -> str | None:
    """Older articles than those of the front page are those of their day."""
    places = files.index.order.newest(ALL, int(found["before"]), 1)
    return day(files, texts.day_of(places[0][0])) if places else None


def _label(files: Files, found: re.Match[str]) -> str | None:
    """Older pages are counted from the oldest on, so they stay what they are when news comes."""
    kind, name = found["kind"], unquote(found["name"])
    if not files.bears(kind, name):
        return None
    if found["before"] is None:
        return label(kind, name)
    rank = files.index.order.rank(slug(kind, name), int(found["before"]))
    return None if rank is None else label(kind, name, rank // PAGE)


def _events(name: str, most: int) -> Callable[[Files, re.Match[str]], str | None]:
    """Return what names a page of what happened; older pages are counted from the oldest on."""

    def made(_: Files, found: re.Match[str]) -> str | None:
        return f"{name}.html" if found["rank"] is None else f"{name}/{(int(found['rank']) - 1) // most}.html"

    return made


def _piece(files: Files, found: re.Match[str]) -> str:
    files.pieces.add(found["name"])
    return f"static/{found['name']}"


def _in(folder: str) -> Callable[[Files, re.Match[str]], str]:
    """Return what names a file of an article."""
    return lambda _, found: found.expand(rf"article/\g<year>/\g<month>/\g<stem>{folder}")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Files, re.Match[str]], str | None]], ...] = tuple(
    (re.compile(form), made)
    for form, made in (
        ("/", lambda _, __: "index.html"),
        (f"/{_BEFORE}", _older),
        ("/day/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})", lambda files, found: day(files, date.fromisoformat(found["day"]))),
        ("/(?P<names>sections|shows|authors|tags|search|pictures)", lambda _, found: f"{found['names']}.html"),
        (f"/(?P<kind>section|show|author|tag)/(?P<name>[^/?]+)(?:{_BEFORE})?", _label),
        (f"/article/{_STEM}", _in(".html")),
        (rf"/article/{_STEM}\.md", _in(".md")),
        (f"/article/{_STEM}/version/(?P<number>[0-9]+)", _in(r"/\g<number>.html")),
        (f"/article/{_STEM}/diff/(?P<old>[0-9]+)/(?P<new>[0-9]+)", _in(r"/\g<old>-\g<new>.html")),
        ("/feed.atom", lambda _, __: "feed.atom"),
        ("/changes/feed.atom", lambda _, __: "changes.atom"),
        (rf"/changes(?:{_RANKED})?", _events("changes", events.PAGE)),
        (rf"/gone(?:{_RANKED})?", _events("gone", events.PAGE_GONE)),
        ("/image/(?P<image>[0-9a-f]{16})", lambda files, found: files.picture(found["image"])),
        ("/static/(?P<name>[a-z]+[.][a-z]+)", _piece),
    )
)
"""The paths that have a file."""
