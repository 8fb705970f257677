"""Listed: what recorded listings say, read out of the WARC files again, on all cores when they are many."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archive import listing, urls, warc
from archive.cores import work
from archive.errors import ArchiveError
from archive.exchange import content
from archive.gaps import dropped
from archive.gaps.dropped import Dropped
from archive.listing import Listing
from archive.tables.standing import Recorded

_STEP = 32
"""Listings that one worker reads at once."""
MANY = 256
"""Listings from which on it is worth starting processes."""
_SURFACES = (
    (re.compile(".+/rss/?"), "feed"),
    (re.compile(".+/news[.]xml"), "news sitemap"),
    (re.compile(".+/contents_([0-9]{4})([0-9]{2})[.]xml"), r"month \1-\2"),
    (re.compile(".+/index[.]xml"), "sitemap index"),
    (re.compile(".+/([0-9]{4})/([0-9]{2})/([0-9]{2})-[^/]+/?"), r"calendar \1-\2-\3"),
)
"""What a listing is called, by its URL; the others are section pages."""
_PAGED = re.compile("(.+/)([0-9]+)/")


@dataclass(frozen=True, slots=True)
class Said:
    """What one listing says."""

    links: tuple[str, ...]
    """Canonical URLs of the articles that it names."""
    dropped: tuple[Dropped, ...]
    """What else it names of an article's shape."""
    unread: str
    """Why it cannot be read; "" if it can."""


def surface(url: str) -> str:
    """Return what a listing is called, for people, by its canonical URL."""
    for shape, name in _SURFACES:
        if match := shape.fullmatch(url):
            return match.expand(name)
    paged = _PAGED.fullmatch(url)
    name = urls.section_name(paged[1] if paged else url)
    return f"{name if name == 'front page' else f'section {name}'}{f', page {paged[2]}' if paged else ''}"


def one(folder: Path, recorded: Recorded) -> Said:
    """Read a listing out of the WARC files in a folder; whatever is wrong with it is told in what it returns."""
    try:
        _, exchange = warc.read_pair(folder, recorded.place)
        body = content(exchange)
    except ArchiveError as error:
        return Said((), (), str(error))
    cut = f"cut short: {exchange.truncated}" if exchange.truncated else ""
    read: Listing | None = None
    try:
        read = listing.read(body, recorded.url)
        why = "" if recorded.taken else cut or "it could not be read when it came"
        links = () if why else tuple(link.url for link in read.links)
        damage = why or read.damage or ""
    except ArchiveError as error:
        why, links, damage = cut or str(error), (), str(error)
    lost = dropped.dropped(body, recorded.url, read if not why else None, damage)
    return Said(links, tuple(lost), why)


def some(folder: Path, wanted: list[Recorded]) -> list[Said]:
    """Read some listings."""
    return [one(folder, recorded) for recorded in wanted]


def said(folder: Path, wanted: Iterable[Recorded], workers: int) -> Iterator[tuple[Recorded, Said]]:
    """Read listings by so many processes; yield each with what it says, in order, a few in memory at a time."""
    jobs = deque[tuple[list[Recorded], work.Job[list[Said]]]]()
    with work.workers(workers, __name__) as submit:
        iterator = iter(wanted)
        while few := list(islice(iterator, _STEP)):
            jobs.append((few, submit(some, folder, few)))
            if len(jobs) > 2 * workers:
                yield from _done(*jobs.popleft())
        while jobs:
            yield from _done(*jobs.popleft())


def _done(few: list[Recorded], job: work.Job[list[Said]]) -> Iterator[tuple[Recorded, Said]]:
    yield from zip(few, job.result(), strict=True)
