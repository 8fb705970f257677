"""Figures: what an index tells of the archive as a whole: how much there is, what waits, how earlier runs did.

What a run asks of this costs by what is left to do, never by what is archived; only `counts` reads all rows.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from archive import urls
from archive.decide import FIRST_WAIT, MAX_ATTEMPTS, Known
from archive.rfi.editions import EDITIONS
from archive.tables import coded, rows
from archive.tables.rows import DRIFT
from archive.tables.standing import Standings
from archive.urls import Kind

BACKLOG = (Kind.ARTICLE, Kind.IMAGE, Kind.REQUISITE)
"""Kinds of URL that later runs take up; a listing is asked in each run, whatever became of it in the last."""

# The conditions of the partial indexes, word for word, or SQLite would not use them.
_OPEN = coded.sql(f"state in ('listed', 'rejected', 'failed', 'gone') and attempts < {MAX_ATTEMPTS}")
_GIVEN_UP = coded.sql(f"attempts >= {MAX_ATTEMPTS} and state != 'archived'")
_OF_BACKLOG = f"kind in ({', '.join(str(coded.number(kind)) for kind in BACKLOG)})"
_DUE = f"last + {int(FIRST_WAIT.total_seconds())} * (1 << (attempts - 1))"
"""`decide.again` in SQL: when what failed may be tried again."""

_READ = "fields != '{}'"
"""Runs that read a page."""
_WAITING = f"""select kind, count(*), min(case when attempts > 0 then {_DUE} end) from urls
    where {_OPEN} and {_OF_BACKLOG} group by kind"""
_EDITIONS = ", ".join(repr(edition.code) for edition in EDITIONS)
_DRIFTED = f"""select u.url from runs r
        join articles a on a.edition in ({_EDITIONS}) and a.epoch between r.started - ?2 and r.ended
        join urls u on u.key = a.key where r.outcome = ?1
    union select u.url from runs r join pages p on p.changed not in ('', 'markup', 'first')
            and p.epoch between r.started - ?2 and r.ended
        join captures c on c.id = p.capture join urls u using (key) where r.outcome = ?1 order by 1"""
_PARSERS = "select parser, count(*) from pages group by 1 order by 1"
_RUNS = "select spider, started, ended, outcome, counts, fields from runs order by started desc, spider limit ?"
_URL_COUNTS = "select kind, state, count(*) from urls group by 1, 2 order by 1, 2"


class Figures(Standings):
    """The tables of one archive, as a whole."""

    def open_urls(self, kind: Kind) -> Iterator[tuple[str, int, Known]]:
        """Yield every URL that a later run will still try, with its rank, newest first."""
        return self._each(
            lambda url, rank, *row: (url, int(rank), rows.known(*row)),
            f"select url, rank, state, attempts, last from urls where {_OPEN} and kind = ? order by rank desc, url",
            (coded.number(kind),),
        )

    def backlog(self) -> list[rows.Waiting]:
        """Return what later runs will still try, by kind; kinds of which nothing waits are left out."""
        return list(self._rows(rows.waiting, _WAITING))

    def waiting(self) -> tuple[int, datetime | None]:
        """Return how many URLs later runs will still try, and when the first that failed is due; None: none failed."""
        backlog = self.backlog()
        return sum(some.count for some in backlog), first_due(backlog)

    def given_up(self, since: datetime, most: int) -> list[tuple[str, str]]:
        """Return URLs that were tried for the last time since then, and why that failed: the latest `most` of them."""
        sql = f"""select url, why from urls where {_GIVEN_UP} and {_OF_BACKLOG} and last >= ?
            order by last desc, url limit ?"""
        return list(self._rows(lambda url, why: (str(url), str(why)), sql, (rows.seconds(since), most)))

    def given_up_count(self) -> int:
        """Return how many URLs are given up until somebody asks for them."""
        return next(self._rows(int, f"select count(*) from urls where {_GIVEN_UP} and {_OF_BACKLOG}"))

    def newest(self, edition: str) -> datetime | None:
        """Return when the newest article of an edition was first captured, UTC; None if there is none."""
        sql = "select first from articles where edition = ? order by first desc limit 1"
        return self._row(rows.date, sql, (edition,))

    def archived_between(self, edition: str, since: date, until: date) -> int:
        """Return how many articles of an edition are archived whose URLs name these days or one between."""
        sql = "select count(*) from articles where edition = ? and path between ? and ?"
        return next(self._rows(int, sql, (edition, urls.day_path(since), f"{urls.day_path(until)}.")))

    def fills(self, spider: str, since: datetime) -> list[tuple[str, dict[str, tuple[int, int]]]]:
        """Return outcome and fields of a spider's runs that began since then and read a page, newest first.

        Of each field by name: pages that had it, and pages that should have.
        """
        sql = f"select outcome, fields from runs where {_READ} and spider = ? and started >= ? order by started desc"
        return list(
            self._rows(lambda word, fields: (str(word), rows.fields(fields)), sql, (spider, rows.seconds(since)))
        )

    def drifted(self, reach: timedelta) -> list[str]:
        """Return the articles with a version captured by a run that told of drift, or less than `reach` before it."""
        return list(self._rows(str, _DRIFTED, (DRIFT, int(reach.total_seconds()))))

    def parsers(self) -> dict[int, int]:
        """Return how many pages were read by each version of page.py."""
        return dict(self._rows(lambda version, count: (int(version), int(count)), _PARSERS))

    def runs(self, most: int) -> list[rows.Run]:
        """Return the latest runs, newest first."""
        return list(self._rows(rows.run, _RUNS, (most,)))

    def counts(self) -> dict[str, Any]:
        """Return the figures of the whole archive, for `status`; a plain value for JSON."""
        return {
            "articles": dict(self._rows(rows.pair, "select edition, count(*) from articles group by 1 order by 1")),
            "urls": list(self._rows(rows.url_count, _URL_COUNTS)),
            "captures": self._row(rows.capture_count, "select count(*), min(epoch), max(epoch) from captures"),
            "warc": self._row(rows.warc_count, "select count(*), coalesce(sum(size), 0) from warcs where sha256 != ''"),
        }


def first_due(backlog: Iterable[rows.Waiting]) -> datetime | None:
    """Return when the first URL of a backlog that failed may be tried again, UTC; None: none failed."""
    return min((some.due for some in backlog if some.due), default=None)
