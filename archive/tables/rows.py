"""Rows: what the index keeps, as values, and what is made of a row that is read.  Pure.

Whoever reads a damaged database may get any value in any column: makers raise ValueError,
TypeError or ArithmeticError for what no writer of ours put there.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from archive import urls
from archive.article import Article
from archive.decide import Known, State
from archive.language import moment
from archive.pages.facts import Facts
from archive.records.record import Capture, Place
from archive.tables import coded
from archive.urls import Kind

ARTICLE = """path sha256 edition epoch title published modified section show authors tags image caption short
              language""".split()
"""Columns of an article's row, but for those that tie it to others."""
HEX = "lower(hex({}))"
"""How SQL reads a digest that is kept as bytes: so no row that is read has any, and bytes in one are damage."""
DIGEST = "hex({}.digest)"
"""How SQL reads a payload digest for `coded.digest`."""
MIME = "(select m.mime from mimes m where m.id = {}.mime)"
"""How SQL reads a media type."""
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
DRIFT = "drift"
"""Outcome of a run that found the site's pages to have changed their make."""


@dataclass(frozen=True, slots=True)
class Filed:
    """An article file as the index has it."""

    url: str
    """Canonical URL."""
    path: str
    """Where the file lies, relative to the archive."""
    sha256: str
    """Of the file, hex."""
    epoch: int
    """Capture time: seconds since 1970 UTC."""
    title: str
    """As in the file, plain text."""
    asked: str
    """WARC-Target-URI of its record."""
    place: Place
    """Where its record lies."""
    refers: Place | None
    """Where the record of its payload lies, if its own is a revisit."""


@dataclass(frozen=True, slots=True)
class Paged:
    """A capture that holds an article, as the index has it."""

    number: int
    """Of the capture."""
    epoch: int
    """Its date: seconds since 1970 UTC."""
    digest: str
    """Its payload digest."""
    sha256: str
    """Of the article file that it makes, hex."""
    content: str
    """What it says, as `content.of` has it."""
    changed: str
    """What of that the page captured before it did not say, as `content.changes` has it."""
    parser: int
    """page.VERSION that read it."""

    @property
    def order(self) -> tuple[int, bytes, str]:
        """What puts the pages of one article in their order, whenever they came here."""
        return self.epoch, coded.packed(self.digest), self.sha256


@dataclass(frozen=True, slots=True)
class Captured:
    """A capture as the index has it."""

    capture: Capture
    """Its record."""
    state: State
    """What its answer alone made of its URL."""
    page: Paged | None
    """What it holds of an article; None if nothing."""
    article: dict[str, Any] | None
    """Row of the article whose file is made from it, as `article_row` makes it; None if none is."""
    said: int | None
    """Digest of what the search was given of that article, as `texts.said_of` has it; None if nothing."""


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """An article's text that another archiver kept, without a record."""

    path: str
    """Where it lies, relative to the archive."""
    taken: datetime
    """When it was captured, as its file says, UTC."""
    title: str
    """As in the file, plain text."""
    sha256: str
    """Of the file, hex."""

    def values(self) -> dict[str, Any]:
        """Return it for programs."""
        return {**asdict(self), "taken": moment.stamp(self.taken)}


@dataclass(frozen=True, slots=True)
class Warc:
    """A sealed WARC file as the index has it."""

    name: str
    """Without a folder."""
    size: int
    """Bytes."""
    sha256: str
    """Of the file, hex."""


@dataclass(frozen=True, slots=True)
class Run:
    """A crawl that has ended."""

    spider: str
    """Its name."""
    started: datetime
    """When it opened the archive, UTC."""
    ended: datetime
    """When it wrote its summary, UTC."""
    outcome: str
    """Why it ended, in a word: "finished", "budget", DRIFT ..."""
    counts: Mapping[str, int]
    """What it did, by name."""
    fields: Mapping[str, tuple[int, int]]
    """Of each field of an article: its pages that had it, and that should have had it; none: no page was read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What later runs will still try, of one kind of URL."""

    kind: Kind
    """What they name."""
    count: int
    """How many they are."""
    due: datetime | None
    """When the first of those that failed may be tried again, UTC; None if none failed: the next run tries all."""


def article_row(article: Article, facts: Facts, path: str, sha256: str) -> dict[str, Any]:
    """Return what the index keeps of an article, by column."""
    edition = urls.edition_of(article.url)
    return {
        "path": path,
        "sha256": sha256,
        "edition": edition.code if edition else "",
        "epoch": article.epoch // 1000,
        "title": article.title,
        "published": seconds(facts.published),
        "modified": seconds(facts.modified),
        "section": facts.section,
        "show": facts.show,
        "authors": _json(facts.authors),
        "tags": _json(facts.tags),
        "image": facts.image,
        "caption": facts.caption,
        "short": facts.short,
        "language": facts.language,
    }


def _json(names: tuple[str, ...]) -> str:
    """Return names as a JSON list; half a surrogate pair, which JSON-LD may hold, becomes "?"."""
    return _ENCODE(names).encode("utf-8", "replace").decode()


def filed(*row: Any) -> Filed:
    """Make a Filed of its fields, in order."""
    url, path, sha256, epoch, title, asked, file, offset, *refers = row
    where = Place(str(file), int(offset))
    return Filed(str(url), str(path), str(sha256), int(epoch), str(title), str(asked), where, place(*refers))


def place(file: str | None, offset: int | None) -> Place | None:
    """Make a Place; None where there is none."""
    return Place(str(file), int(offset)) if file is not None and offset is not None else None


def warc(name: str, size: int, sha256: str) -> Warc:
    """Make a Warc of its fields."""
    return Warc(str(name), int(size), str(sha256))


def known(state: int, attempts: int, last: int | None) -> Known:
    """Make what is known of a URL."""
    return Known(State(coded.state(state)), int(attempts), date(last))


def pair(name: str, number: int) -> tuple[str, int]:
    """Make a pair, for a table of numbers."""
    return name, number


def url_count(kind: int, state: int, count: int) -> dict[str, Any]:
    """Make the number of URLs of one kind and state, for `status`."""
    return {"kind": coded.kind(kind), "state": coded.state(state), "count": count}


def capture_count(count: int, first: int | None, last: int | None) -> dict[str, Any]:
    """Make the number of captures, for `status`."""
    return {"count": count, "first": iso(first), "last": iso(last)}


def warc_count(count: int, size: int) -> dict[str, Any]:
    """Make the number of WARC files, for `status`."""
    return {"files": count, "bytes": size}


def waiting(kind: int, count: int, due: int | None) -> Waiting:
    """Make what waits of one kind."""
    return Waiting(Kind(coded.kind(kind)), int(count), date(due))


def run_row(run: Run) -> dict[str, Any]:
    """Return what the index keeps of a crawl, by column."""
    return {
        "spider": run.spider,
        "started": seconds(run.started),
        "ended": seconds(run.ended),
        "outcome": run.outcome,
        "counts": json.dumps(dict(sorted(run.counts.items()))),
        "fields": json.dumps(dict(sorted(run.fields.items()))),
    }


def counts(text: str) -> dict[str, int]:
    """Read the counts of a run."""
    return {str(name): int(number) for name, number in dict(json.loads(text)).items()}


def fields(text: str) -> dict[str, tuple[int, int]]:
    """Read the fields of a run."""
    return {str(name): (int(having), int(of)) for name, (having, of) in dict(json.loads(text)).items()}


def run(spider: str, started: int, ended: int, outcome: str, told: str, had: str) -> Run:
    """Make a crawl that has ended."""
    begun, over = (datetime.fromtimestamp(time, UTC) for time in (started, ended))
    return Run(str(spider), begun, over, str(outcome), counts(told), fields(had))


def paged(number: int, epoch: int, digest: str, *row: Any) -> Paged:
    """Make a Paged of its fields."""
    sha256, said, changed, parser = row
    return Paged(int(number), int(epoch), coded.digest(digest), str(sha256), str(said), str(changed), int(parser))


def unrecorded(path: str, epoch: int, title: str, sha256: str) -> Unrecorded:
    """Make an Unrecorded of its fields."""
    return Unrecorded(str(path), datetime.fromtimestamp(epoch, UTC), str(title), str(sha256))


def capture(file: str, *row: Any) -> Capture:
    """Make a Capture of where, what and when."""
    offset, length, url, epoch, digest, status, mime, *refers = row
    date = datetime.fromtimestamp(epoch, UTC)
    return Capture(file, int(offset), length, str(url), date, coded.digest(digest), status, str(mime), place(*refers))


def captured(*row: Any) -> Captured:
    """Make a Captured of a Capture's columns, and of those of page and article, all None if there is none."""
    where, (state, number, *page), (said, *article) = row[:10], row[10:16], row[16:]
    held = paged(number, row[4], row[5], *page) if number is not None else None
    filed = dict(zip(ARTICLE, article, strict=True)) if article[0] is not None else None
    return Captured(capture(*where), State(coded.state(state)), held, filed, said)


def seconds(date: datetime | None) -> int | None:
    """Return a time as the index keeps it."""
    return int(date.timestamp()) if date else None


def date(seconds: int | None) -> datetime | None:
    """Return a time that the index keeps, UTC."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def iso(seconds: int | None) -> str | None:
    """Return a time that the index keeps, for people and JSON."""
    return moment.stamp(datetime.fromtimestamp(seconds, UTC)) if seconds is not None else None
