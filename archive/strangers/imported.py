"""Imported: one article file of another archiver: is it one, is it whole, and where does it lie here?  Pure.

Its bytes stay as they are.  Its path follows from its bytes alone, and says whether the
page is wanted all the same: so the folder `imported/` tells all that an index has of it,
in whatever order files came.
"""

import hashlib
import re
from dataclasses import dataclass

from archive import article, urls
from archive.article import Look
from archive.errors import BadArticle, BadUrl
from archive.urls import Kind

FOLDER = "imported"
"""Folder of the archive that holds what other archivers kept: texts without a record."""
KEPT = f"{FOLDER}/kept/"
"""Where the text is enough: no listing makes a crawl ask for the page."""
WANTED = f"{FOLDER}/wanted/"
"""Where the page is to be asked for once more (`--refetch`)."""
MAKING = f"{FOLDER}/.file.new"
"""A file while it is written: one at a time."""
UNDER_WAY = f"{FOLDER}/.import.new"
"""It is there while an import is under way, and when it has died: some files may have no row yet."""
LARGEST = 8 << 20
"""Bytes that an article file may have; the largest real one seen has 13,000."""
HEAD = 64
"""Bytes that tell whether a file claims to be an article file."""

_CLAIM = re.compile(rb"(?:\xef\xbb\xbf)?<!--[0-9]")
# As older archivers name them, <id>.md and <id>_<title>.md, and as this one does.
_NAME = re.compile(r"[0-9]{6,7}(?:_.*)?\.md|[0-9]{8}(?:-[0-9a-f]{12}){1,2}\.md", re.DOTALL)
_URL = re.compile(rb"[^\n]*\n\[[^\n]*\]\(([^\s()]+)\)\r?\n")


@dataclass(frozen=True, slots=True)
class Imported:
    """An article file of another archiver, as the index has it."""

    path: str
    """Where it lies, relative to the archive; ASCII."""
    url: str
    """Canonical URL, whatever form the file has."""
    epoch: int
    """When that archiver captured it, as the file says: seconds since 1970 UTC."""
    title: str
    """As in the file, plain text."""
    sha256: str
    """Of the file, hex."""
    notes: str
    """What was odd about it, as `article.look` has it, with commas between."""


def claims(head: bytes, name: str) -> bool:
    """Tell whether a file claims to be an article file: by its first bytes, or by its name, without folders."""
    return bool(_CLAIM.match(head) or _NAME.fullmatch(name))


def of(file: bytes) -> Imported | None:
    """Read an article file of another archiver, to be kept; None if it is of another site, or of no edition of ours.

    Raises BadArticle if it is damaged, or cut short: it names the line or the byte.
    """
    try:
        found = _looked(file)
    except BadArticle:
        if _is_elsewhere(file):
            return None
        raise
    try:
        url = urls.canonical(found.url)
    except BadUrl as error:
        raise BadArticle(f"line 2: {error}") from None
    if urls.kind(url) is not Kind.ARTICLE:
        return None
    sha256 = hashlib.sha256(file).hexdigest()
    notes = ",".join(found.notes)
    return Imported(path_of(url, sha256), url, found.epoch // 1000, found.title, sha256, notes)


def _looked(file: bytes) -> Look:
    if (at := file.find(b"\0")) >= 0:
        raise BadArticle(f"byte {at} is null: some of it was never written")
    return article.look(file)


def _is_elsewhere(file: bytes) -> bool:
    """Tell whether a file that is not whole names a page that is no article of ours."""
    named = _URL.match(file)
    try:
        return named is not None and urls.kind(urls.canonical(named[1].decode())) is not Kind.ARTICLE
    except (BadUrl, UnicodeDecodeError):
        return False


def path_of(url: str, sha256: str) -> str:
    """Return where a file of a canonical article URL is kept: nothing of that is from outside but digits and hashes."""
    day = urls.day(url)
    return f"{KEPT}{day[:4]}/{day[4:6]}/{day}-{urls.digest(url)[:12]}-{sha256[:12]}.md"


def twin(path: str) -> str:
    """Return where the same file would lie if it were wanted, or no longer were."""
    return path.replace(KEPT, WANTED, 1) if path.startswith(KEPT) else path.replace(WANTED, KEPT, 1)
