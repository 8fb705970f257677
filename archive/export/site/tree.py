"""Tree: the whole site in a folder.

The same archive gives the same bytes, whatever its index was made of and by.  There is one
language, Chinese: a host of files cannot choose by what a browser prefers, and both would
double the files, of which such hosts take only so many.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.errors import ArchiveError, NotFound
from archive.export import folder
from archive.export.site import pages
from archive.export.site.addresses import Addresses, Files
from archive.export.site.pages import Page
from archive.export.site.search import Search
from archive.export.site.steady import Desk, Steady, opened
from archive.files import disk
from archive.index import NAME as INDEX
from archive.tables.card import Card
from archive.web import failing, items, page, picture
from archive.web.asked import Asked
from archive.web.context import Context
from archive.web.links import KINDS
from archive.web.pieces import pieces
from archive.web.speech import LANGUAGES

LANGUAGE = LANGUAGES[0]
MARK, MARKED = ".nojekyll", b"rfi-archive export site\n"
"""Says to hosts that the files are to be served as they are, and to us that they are ours."""
TOP = {
    "404",
    "article",
    "changes",
    "day",
    "feed",
    "find",
    "gone",
    "image",
    "index",
    "pictures",
    "search",
    "static",
}.union(*KINDS.items())
"""What stands in the folder itself, without endings."""
ENDS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""How the file of a picture ends, so that hosts know its type."""
_NEVER = datetime.fromtimestamp(0, UTC)


def write(root: Path, out: Path, tell: Callable[[int], object] = lambda _: None) -> Path:
    """Write the site of an archive to the folder `out`, whole or not at all; return it.

    tell: is told how many articles more are written.  Raises NotFound (no index), BadUsage (the folder holds
    something else), CannotWrite.
    """
    with folder.made(out, is_ours) as fresh, closing(opened(root / INDEX)) as index, index.reading():
        index.arrange()
        with TemporaryDirectory(prefix="rfi-archive-") as scratch:
            Tree(root, index, fresh).fill(Path(scratch), tell)
    return out


def is_ours(place: Path) -> bool:
    """Tell whether a folder holds a site of ours, and nothing that somebody has put beside it."""
    mark = place / MARK
    known = mark.is_file() and mark.read_bytes() == MARKED
    return known and {path.name.partition(".")[0] for path in place.iterdir() if path.name != MARK} <= TOP


class Tree:
    """One site being written."""

    def __init__(self, root: Path, index: Steady, place: Path) -> None:
        """Begin in an empty folder."""
        self._root, self._index, self._place = root, index, place
        self._desk = Desk(root, index)
        self._files = Files(index, self._picture)

    def fill(self, scratch: Path, tell: Callable[[int], object]) -> None:
        """Write all files."""
        search = Search(self._root, scratch)
        for card in self._index.every_steady():
            for one in pages.of(self._index, card):
                self._make(one)
            self._put(*search.add(card, self._shown(card)))
            tell(1)
        for one in pages.lists(self._index):
            self._make(one)
        for file, content in search.rest():
            self._put(file, content)
        for name in sorted(self._files.pieces):
            self._put(f"static/{name}", pieces()[name].body)
        self._put(MARK, MARKED)

    def _make(self, one: Page) -> None:
        """Write a page, or in its place the one that says why it cannot be made."""
        context, asked = self._context(one.file), _asked(one)
        try:
            made = one.handler(context, asked)
        except ArchiveError as error:
            if one.optional:
                return
            made = failing.of(context, asked, error)
        self._put(one.file, made.body)

    def _shown(self, card: Card) -> str:
        """Return an article as the page of the search shows it."""
        context = self._context("search.html")
        (item,) = items.items(context, [card])
        title = [(card.title, False)] if card.title else []
        return page.render("found", LANGUAGE, links=context.links, here="", item=item, title=title, snippet=())

    def _context(self, file: str) -> Context:
        return Context(self._root, Addresses(self._files, file), self._desk)

    def _picture(self, name: str) -> str | None:
        """Write an archived picture unless it is there; return its file, None if there is none."""
        for end in ENDS.values():
            if (self._place / (file := f"image/{name}.{end}")).exists():
                return file
        try:
            made = picture.image(self._context("index.html"), _asked(Page("", picture.image, {"name": name})))
        except NotFound:
            return None
        self._put(file := f"image/{name}.{ENDS[made.type]}", made.body)
        return file

    def _put(self, file: str, content: bytes) -> None:
        path = self._place / file
        with disk.writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _asked(one: Page) -> Asked:
    """Return the request that a page answers."""
    here = one.file.rpartition("/")[2]
    return Asked(path=here, base="", names=one.names, query=one.query, language=LANGUAGE, at=_NEVER)
