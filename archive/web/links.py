"""Links: where each page of the reader is, as one table of functions.

Templates name no address themselves, so an export of the same pages as files has a table of
its own: it derives from this one and says in `at` what becomes of a path.
"""

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import quote, urlencode

from archive import urls
from archive.errors import BadUrl

KINDS = {"section": "sections", "show": "shows", "author": "authors", "tag": "tags"}
"""What articles are listed by, and the page that has all names of it."""


class Links:
    """The addresses of the reader as it is served."""

    policy: str | None = None
    """What a page itself says may be loaded, where no server says it (Content-Security-Policy)."""

    def __init__(self, replay: str | None = None) -> None:
        """Know where a replay of the archive is, with a slash at the end; None: there is none."""
        self._replay = replay

    def at(self, path: str) -> str | None:
        """Return what a page of this path is linked as; None: there is no such page here, so nothing links to it."""
        return path

    # Lists

    def newest(self, before: int | None = None) -> str | None:
        return self.at("/" + _query(before=before))

    def day(self, day: date, before: int | None = None) -> str | None:
        return self.at(f"/day/{day.isoformat()}{_query(before=before)}")

    def names(self, kind: str) -> str | None:
        """Return the page of all names of one of KINDS."""
        return self.at(f"/{KINDS[kind]}")

    def label(self, kind: str, name: str, before: int | None = None) -> str | None:
        """Return the page of the articles of a section, show, author or tag."""
        return self.at(f"/{kind}/{quote(name, safe='')}{_query(before=before)}")

    # An article

    def article(self, stem: str) -> str | None:
        return self.at(f"/article/{stem}")

    def file(self, stem: str) -> str | None:
        """Return the article file itself."""
        return self.at(f"/article/{stem}.md")

    def proof(self, stem: str) -> str | None:
        return self.at(f"/article/{stem}/proof")

    def version(self, stem: str, number: int) -> str | None:
        return self.at(f"/article/{stem}/version/{number}")

    def diff(self, stem: str, old: int, new: int) -> str | None:
        return self.at(f"/article/{stem}/diff/{old}/{new}")

    def image(self, url: str) -> str | None:
        """Return the archived picture of a URL in any spelling; None if it is no URL."""
        try:
            return self.at(f"/image/{image_name(url)}")
        except BadUrl:
            return None

    def replay(self, asked: str, captured: datetime) -> str | None:
        """Return the replay of a capture; asked: WARC-Target-URI of its record."""
        return f"{self._replay}rfi/{captured:%Y%m%d%H%M%S}/{asked}" if self._replay else None

    # What is looked for, and what became of it

    def search(self, **fields: str | None) -> str | None:
        """Return the page of a search; fields: as `sought.fields` has them, and `start`."""
        return self.at(f"/search{_query(**fields)}")

    def changes(self, before: str | None = None) -> str | None:
        return self.at(f"/changes{_query(before=before)}")

    def gone(self, before: str | None = None) -> str | None:
        return self.at(f"/gone{_query(before=before)}")

    def health(self) -> str | None:
        return self.at("/health")

    # For programs

    def feed(self) -> str | None:
        """Return the feed of all articles."""
        return self.at("/feed.atom")

    def label_feed(self, kind: str, name: str) -> str | None:
        return self.at(f"/{kind}/{quote(name, safe='')}/feed.atom")

    def search_feed(self, **fields: str | None) -> str | None:
        return self.at(f"/search/feed.atom{_query(**fields)}")

    def changes_feed(self) -> str | None:
        return self.at("/changes/feed.atom")

    def api(self) -> str | None:
        """Return the page that tells people of the API."""
        return self.at("/api")

    def data(self, path: str) -> str | None:
        """Return an address of the API; path: what stands behind "/api/"."""
        return self.at(f"/api/{path}")

    # The rest

    def pictures(self) -> str | None:
        """Return the page of charts."""
        return self.at("/pictures")

    def static(self, name: str) -> str | None:
        return self.at(f"/static/{name}")

    def language(self, code: str, here: str) -> str | None:
        """Return what switches to another language and leads back; here: path and query of the page."""
        return self.at(f"/language/{code}{_query(back=here)}")


def image_name(url: str) -> str:
    """Return the 16 hex digits of a picture's key.  Raises BadUrl."""
    return f"{urls.key(urls.canonical(url)) & (1 << 64) - 1:016x}"


def _query(**fields: str | int | None) -> str:
    given = {name: value for name, value in fields.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


NAVIGATION: tuple[tuple[str, Callable[[Links], str | None]], ...] = (
    ("nav.newest", lambda links: links.newest()),
    ("nav.sections", lambda links: links.names("section")),
    ("nav.shows", lambda links: links.names("show")),
    ("nav.authors", lambda links: links.names("author")),
    ("nav.tags", lambda links: links.names("tag")),
    ("nav.changes", lambda links: links.changes()),
    ("nav.gone", lambda links: links.gone()),
    ("nav.pictures", lambda links: links.pictures()),
)
"""What stands at the head of every page: its word (speech.py) and its address."""
COLOPHON: tuple[tuple[str, Callable[[Links], str | None]], ...] = (
    ("nav.health", lambda links: links.health()),
    ("nav.feed", lambda links: links.feed()),
    ("nav.api", lambda links: links.api()),
)
"""What stands at its foot, the same way."""
