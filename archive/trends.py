"""Trends: what an index tells over time: articles by day, section and show, how soon, edited when, how much.

Each is one query that adds up in SQL, so what comes back grows with days, months and names,
never with articles.  Those that read a column of each article take a tenth of a second for 200,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import rows
from archive.database import Database

EDITED = "changed not in ('', 'markup', 'first')"
"""The condition of the index pages_edited, word for word, or SQLite would not use it."""
_DAY, _MONTH = "substr(path, 18, 8)", "substr(path, 10, 7)"
"""Where "articles/2023/10/20231026-0123456789ab.md" has its day and its month."""
_DAYS = f"select {_DAY}, count(*) from articles group by 1 order by 1"
_NAMED = {
    name: f"""select {_MONTH}, {name}, count(*) from articles where coalesce({name}, '') != ''
        group by 1, 2 order by 1, 2"""
    for name in ("section", "show")
}
_LAG = "select {}, count(*) from articles where published is not null group by 1 order by 1"
_AGE = f"""select {{}}, count(*) from pages p join captures c on c.id = p.capture join articles a on a.key = c.key
    where p.{EDITED} group by 1 order by 1"""
_END = "(select epoch from captures where warc = w.id order by offset {} limit 1)"
_GROWN = f"""select min(first, last), max(first, last), sum(size) from
    (select size, {_END.format("")} / 86400 as first, {_END.format("desc")} / 86400 as last
        from warcs w where sha256 != '')
    where first is not null group by 1, 2 order by 1, 2"""
_TOTALS = f"""select (select count(*) from articles), (select count(*) from captures),
    (select coalesce(sum(size), 0) from warcs where sha256 != ''), (select count(*) from pages where {EDITED}),
    (select count(*) from articles where gone is not null), (select max(epoch) from articles)"""


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is."""

    articles: int
    """Article files."""
    captures: int
    """Records of answers, of pictures and listings too."""
    size: int
    """Bytes of sealed WARC files."""
    edits: int
    """Captures of articles with other words than the capture before."""
    gone: int
    """Articles that the site has taken away."""
    newest: datetime | None
    """When the newest version of an article was captured, UTC; None: there is none."""


class Trends(Database):
    """The tables of one archive, over time."""

    def daily(self) -> list[tuple[str, int]]:
        """Return the days that have articles, by the eight digits in their URLs, and how many; oldest first."""
        return list(self._rows(_counted, _DAYS))

    def monthly(self, name: str) -> list[tuple[str, str, int]]:
        """Return month ("2023/10"), name and number of articles, by month.  name: "section" or "show"."""
        made = self._rows(lambda month, what, number: (str(month), str(what), int(number)), _NAMED[name])
        return list(made)

    def lags(self, limits: Sequence[int]) -> list[int]:
        """Return how many articles were first captured less than so many seconds after their publication.

        limits: rising.  One number for each, of those not counted before it, and one for all beyond the last;
        articles without a time of publication are left out.
        """
        return self._sorted(_LAG, "first - published", limits)

    def ages(self, limits: Sequence[int]) -> list[int]:
        """Return how many edits were seen less than so many seconds after the first capture; as `lags`."""
        return self._sorted(_AGE, "p.epoch - a.first", limits)

    def grown(self) -> list[tuple[int, int, int]]:
        """Return first and last day of their records, since 1970, and bytes of sealed WARC files that have any."""
        return list(self._rows(lambda first, last, size: (int(first), int(last), int(size)), _GROWN))

    def totals(self) -> Totals:
        """Return how much there is."""
        return next(self._rows(_totals, _TOTALS))

    def _sorted(self, sql: str, what: str, limits: Sequence[int]) -> list[int]:
        """Return how many of what a query counts fall below each limit, and beyond the last."""
        cases = " ".join(f"when {what} < {int(limit)} then {at}" for at, limit in enumerate(limits))
        found = dict(
            self._rows(lambda at, number: (int(at), int(number)), sql.format(f"case {cases} else {len(limits)} end"))
        )
        return [found.get(at, 0) for at in range(len(limits) + 1)]


def _counted(name: str, number: int) -> tuple[str, int]:
    return str(name), int(number)


def _totals(*row: int) -> Totals:
    articles, captures, size, edits, gone, newest = row
    return Totals(int(articles), int(captures), int(size), int(edits), int(gone), rows.date(newest))
