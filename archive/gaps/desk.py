"""Desk: what an audit lays side by side: links of listings and how articles stand, on disk when they are many.

The file is one that nobody else sees; it vanishes with the process.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.files.sorting import refusals
from archive.gaps.causes import Cause, Verdict
from archive.gaps.listed import Said, surface
from archive.tables.standing import Recorded
from archive.urls import day, edition_of

_TABLES = """
    create table links (link text, day text, edition text, surface text, first integer, last integer, rule text,
        ours integer, primary key (link, surface, rule)) without rowid;
    create table unread (listing text, why text, times integer, first integer, last integer,
        primary key (listing, why)) without rowid;
    create table stands (link text primary key, day text, edition text, cause text, detail text, gap integer)
        without rowid;
    begin;"""
_LINK = """insert into links values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (link, surface, rule)
    do update set first = min(first, excluded.first), last = max(last, excluded.last)"""
_UNREAD = """insert into unread values (?, ?, ?, ?, ?) on conflict (listing, why) do update set
    times = times + excluded.times, first = min(first, excluded.first), last = max(last, excluded.last)"""
_LINKS = "select link, min(day), min(edition), min(rule), max(ours) from links group by link order by link"
_NAMED = "select surface, min(first), max(last) from links where link = ? group by surface order by surface"


@dataclass(frozen=True, slots=True)
class Link:
    """One link that listings have."""

    link: str
    """Its canonical URL; as a listing has it, where it has none (see `dropped.Dropped`)."""
    day: str
    """The eight digits of the day in it."""
    edition: str
    """Code of its edition, or of the listing's."""
    rule: str
    """By which rule it is dropped; "" if any listing has it whole."""
    ours: bool
    """Whether it may be an article that we want."""


@dataclass(frozen=True, slots=True)
class Named:
    """What listings say of one link."""

    surfaces: tuple[str, ...]
    """Those that named it, by `listed.surface`, sorted; none: no listing that was read names it."""
    first: int | None
    """When the first of them came, seconds since 1970 UTC."""
    last: int | None
    """When the last of them came."""


@dataclass(frozen=True, slots=True)
class Stands:
    """How one article stands."""

    link: str
    """Its URL, see `Link`."""
    day: str
    """The eight digits of the day in it."""
    edition: str
    """Code of its edition."""
    verdict: Verdict | None
    """Why it is not archived; None if it is."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Listings of one URL that cannot be read, for one reason."""

    url: str
    """The listing's canonical URL."""
    why: str
    """One line; may hold the site's own words."""
    times: int
    """How often it came."""
    first: int
    """When it first came, seconds since 1970 UTC."""
    last: int
    """When it last came."""


class Desk:
    """Three tables in a file; every method raises CannotWrite where there is no room for it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        with refusals():
            self._db = sqlite3.connect("", isolation_level=None)
            self._db.executescript(_TABLES)

    def listing(self, recorded: Recorded, said: Said, first: str, last: str) -> None:
        """Take in what a listing says of articles from one day to another, each as eight digits."""
        when = int(recorded.first.timestamp()), int(recorded.last.timestamp())
        name, own = surface(recorded.url), _edition(recorded.url, "")
        links = [(url, day(url), _edition(url, own), name, *when, "", True) for url in said.links]
        links += [(it.link, it.day, _edition(it.link, own), name, *when, it.rule, it.ours) for it in said.dropped]
        with refusals():
            self._db.executemany(_LINK, (link for link in links if first <= link[1] <= last))
            if said.unread:
                self._db.execute(_UNREAD, (recorded.url, said.unread, recorded.times, *when))

    def stand(self, stands: Stands) -> None:
        """Take in how an article stands."""
        verdict = stands.verdict
        told = (str(verdict.cause), verdict.detail, verdict.gap) if verdict else ("", "", False)
        with refusals():
            row = (stands.link, stands.day, stands.edition, *told)
            self._db.execute("insert or replace into stands values (?, ?, ?, ?, ?, ?)", row)

    def links(self) -> Iterator[Link]:
        """Yield each link; one that a listing dropped and another has whole is not dropped."""
        with refusals():
            for link, digits, edition, rule, ours in self._db.execute(_LINKS):
                yield Link(link, digits, edition, rule, bool(ours))

    def stands(self, link: str) -> bool:
        """Tell whether it is known how a link stands."""
        with refusals():
            return self._db.execute("select 1 from stands where link = ?", (link,)).fetchone() is not None

    def archived(self, digits: str) -> list[str]:
        """Return the URLs of a day's archived articles."""
        with refusals():
            found = self._db.execute("select link from stands where day = ? and cause = ''", (digits,))
            return [link for (link,) in found]

    def articles(self, *, gaps: bool) -> Iterator[tuple[Stands, Named]]:
        """Yield how each article stands, or each that is missing, and what listings say of it; by day and URL."""
        where = " where gap" if gaps else ""
        with refusals():
            for link, digits, edition, cause, detail, gap in self._db.execute(
                f"select * from stands{where} order by day, link"
            ):
                verdict = Verdict(Cause(cause), detail, bool(gap)) if cause else None
                yield Stands(link, digits, edition, verdict), self._named(link)

    def _named(self, link: str) -> Named:
        found = self._db.execute(_NAMED, (link,)).fetchall()
        first, last = min((row[1] for row in found), default=None), max((row[2] for row in found), default=None)
        return Named(tuple(row[0] for row in found), first, last)

    def unread(self) -> Iterator[Unread]:
        """Yield the listings that cannot be read, by URL."""
        with refusals():
            for row in self._db.execute("select * from unread order by listing, why"):
                yield Unread(*row)

    def close(self) -> None:
        """Let it go, and its file with it."""
        self._db.close()


def _edition(url: str, otherwise: str) -> str:
    edition = edition_of(url)
    return edition.code if edition else otherwise
