"""Texts: articles as the exports hand them on, each with all that the archive knows of its newest version.

A text is a function of records and index; the article file is where it is read from, since
that is fast.  Where the file is damaged or missing, its record is read.  Reads only.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from archive import article as files
from archive import warc
from archive.article import Article
from archive.commit.ledger import page_at
from archive.cores import work
from archive.engines.opening import open_index
from archive.errors import BadRecord
from archive.files import reach
from archive.index import NAME as INDEX
from archive.index import Index
from archive.pages import safe
from archive.tables.card import Card
from archive.tables.database import batches
from archive.versions import content

MANY = 100
"""Articles that a process reads at once."""
Wrong = Callable[[str], object]
"""Is told, in a line, of what is damaged."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article: what it says, and how that can be proven."""

    url: str
    """Canonical URL of the article's page."""
    path: str
    """Article file, relative to the archive."""
    edition: str
    """Code of the edition: "cn" (simplified characters), "tw" (traditional)."""
    day: date | None
    """Day of publication as the URL has it, on the clock of Paris; null if its digits are no day."""
    published: datetime | None
    """When it was published, as the page says."""
    modified: datetime | None
    """When it was last edited, as the page says."""
    shown: str
    """Publication time as readers see it: DD/MM/YYYY - HH:MM, Paris; "" if the page shows none."""
    section: str
    """Name of the section."""
    show: str | None
    """Name of the radio show; null on news."""
    authors: tuple[str, ...]
    """Names in page order."""
    tags: tuple[str, ...]
    """Key words in page order."""
    title: str
    """Plain text; of a show it ends with " - " and the show's name."""
    lead: str
    """Plain text of the lead, one paragraph a line; what the site says of itself in it is left out."""
    body: str
    """The same of the body."""
    image: str | None
    """URL of the lead picture."""
    caption: str | None
    """Caption of the lead picture with its credit."""
    lead_html: str
    """Markup of the lead as the article file has it, from the site: not safe to show in a page."""
    body_html: str
    """The same of the body."""
    after_html: str
    """The same of what follows the body: share bar or authors."""
    captured: datetime
    """When this version was captured: WARC-Date of its record."""
    warc: str
    """WARC file that holds the record, in the archive's folder warc/; a rollup moves records to other files."""
    offset: int
    """Bytes of that file before the record."""
    record: str | None
    """WARC-Record-ID, angle brackets kept: the record's own name, wherever it lies; null if it cannot be read."""
    digest: str
    """Payload digest of the record: "sha1:" and 32 base32 letters; "" if it names none."""
    sha256: str
    """SHA-256 of the article file, hex: it can be made again from this row, byte for byte."""
    versions: int
    """How many versions were captured; this is the last."""
    first: datetime
    """When the first of them was captured."""
    gone: datetime | None
    """When the article was first seen to be taken away; null: it is there, as far as we know."""


def texts(root: Path, index: Index, cards: Iterable[Card], wrong: Wrong, workers: int = 1) -> Iterator[Text]:
    """Yield the text of each article; one of which neither file nor record can be read is told, and left out.

    workers: processes; what they yield and tell, and in which order, is the same for any number.
    """
    if workers == 1:
        for card in cards:
            yield from _text(root, index, card, wrong)
        return
    with work.workers(workers, __name__) as submit:
        for found in work.ordered(submit, partial(_several, root), batches(cards, MANY), 2 * workers):
            for one in found:
                if isinstance(one, str):
                    wrong(one)
                else:
                    yield one


def _several(root: Path, cards: Iterable[Card]) -> list[Text | str]:
    """Return the texts of some articles, and between them, in lines, what is damaged."""
    found = list[Text | str]()
    with closing(open_index(root / INDEX)) as index:
        for card in cards:
            found += _text(root, index, card, found.append)
    return found


def _text(root: Path, index: Index, card: Card, wrong: Wrong) -> list[Text]:
    """Return the text of one article, or nothing of one that cannot be read."""
    try:
        return [text(root, index, _placed(root, index, card), wrong)]
    except BadRecord as error:
        wrong(f"{card.path} is left out: {error}")
        return []


def text(root: Path, index: Index, card: Card, wrong: Wrong) -> Text:
    """Return the text of one article.  Raises BadRecord if neither its file nor its record can be read.

    wrong: is told of a file that is not what the index says, whose record is read instead.
    """
    article = _article(root, card, wrong)
    return Text(
        url=article.url,
        path=card.path,
        edition=card.edition,
        day=card.day,
        published=card.published,
        modified=card.modified,
        shown=article.shown,
        section=card.section,
        show=card.show,
        authors=card.authors,
        tags=card.tags,
        title=article.title,
        lead=safe.text(article.lead),
        body=safe.text(article.body),
        image=article.image,
        caption=card.caption,
        lead_html=article.lead,
        body_html=article.body,
        after_html=article.after,
        captured=datetime.fromtimestamp(article.epoch // 1000, UTC),
        warc=card.place.file,
        offset=card.place.offset,
        record=_record(root, card, wrong),
        digest=card.digest,
        sha256=sha256_of(files.write(article).encode()),
        versions=sum(content.is_version(one.changed) for one in index.pages(card.url)),
        first=card.first,
        gone=card.gone,
    )


def _placed(root: Path, index: Index, card: Card) -> Card:
    """Return a card as the index has it now, if a rollup has moved its record since it was read."""
    return card if reach.is_file(root / "warc" / card.place.file) else index.card(card.path) or card


def _record(root: Path, card: Card, wrong: Wrong) -> str | None:
    """Return the name of the record that an article was made from, None if it cannot be read."""
    try:
        return warc.read_record(root / "warc", card.place).id
    except BadRecord as error:
        wrong(f"{card.path} is told without the name of its record: {error}")
        return None


def _article(root: Path, card: Card, wrong: Wrong) -> Article:
    """Read the article file, or its record where the file is not what the index says."""
    found, problem = filed(root, card.path, card.sha256)
    if found is not None:
        return files.read(found)
    wrong(problem)
    return page_at(root / "warc", card.place, card.refers).article


def filed(root: Path, path: str, sha256: str) -> tuple[bytes | None, str]:
    """Return an article file if it is what the index says; else None, and in a line what is wrong with it."""
    try:
        found = reach.read(root / path)
        if sha256_of(found) == sha256:
            return found, ""
        what = "is not what the index says"
    except OSError as error:
        what = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
    return None, f"{path} {what}; its record is read instead: `rfi-archive doctor` mends it"


def sha256_of(file: bytes) -> str:
    """Return the SHA-256 of a file, hex."""
    return hashlib.sha256(file).hexdigest()
