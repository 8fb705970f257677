"""Search: all that the search script loads, as files below `find/`.

An article is a number, the newest has the highest.  `about` says how many there are, how the
files of words are named, and how Han characters are folded; then come the words, each with the
articles that have it, and of each article how it is shown and what it says.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from archive import article
from archive.commit.ledger import page_at
from archive.errors import BadArticle, BadRecord
from archive.export.site import folding, postings, scripts
from archive.export.site.postings import Postings
from archive.language import han
from archive.pages import safe
from archive.tables.card import Card

FOLDER = "find"


def file(key: str) -> str:
    """Return the file of a key, relative to the site."""
    return f"{FOLDER}/{key}.js"


class Search:
    """Takes articles, the oldest first, and gives the files that find them."""

    def __init__(self, root: Path, scratch: Path) -> None:
        """Begin.  root: the archive.  scratch: an empty folder for temporary files."""
        self._root, self._postings = root, Postings(scratch)
        self._there = set[str]()
        self._articles = 0

    def add(self, card: Card, shown: str) -> tuple[str, bytes]:
        """Take an article; return the file of what a search shows of it.  shown: its card, as markup of ours."""
        said = [card.title, *_text(self._root, card)]
        self._postings.add(self._articles, set[str]().union(*map(postings.words, said)))
        self._there.update(*map(han.folded, said))
        key = scripts.text_of(self._articles)
        self._articles += 1
        return file(key), scripts.said(key, [shown, *said])

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """Yield all other files, when all articles are taken."""
        bits, last = self._postings.bits(), 0
        for number, lines in self._postings.files(bits, self._articles):
            yield from map(_words, range(last, number))
            yield _words(number, lines)
            last = number + 1
        yield from map(_words, range(last, 1 << bits))
        about = {"articles": self._articles, "bits": bits, "fold": folding.table(self._there)}
        yield file("about"), scripts.said("about", about)


def _words(number: int, lines: str = "") -> tuple[str, bytes]:
    key = scripts.words_of(number)
    return file(key), scripts.lined(key, lines)


def _text(root: Path, card: Card) -> tuple[str, str]:
    """Return lead and body as plain text, a paragraph a line; from the record where the file is not what it was."""
    with suppress(OSError, BadArticle):
        read = (root / card.path).read_bytes()
        if hashlib.sha256(read).hexdigest() == card.sha256:
            made = article.read(read)
            return safe.text(made.lead), safe.text(made.body)
    with suppress(OSError, BadRecord):
        facts = page_at(root / "warc", card.place, card.refers).facts
        return facts.lead, facts.body
    return "", ""
