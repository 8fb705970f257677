"""Trends: what an index tells over time: articles by month and label, how soon, edited when, how much.

Each is one query that adds up in SQL, so what comes back grows with months and names, never
with articles.  Those that look at each article take a tenth of a second for 200,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.tables import coded, rows
from archive.tables.texts import SLOTS, Texts

EDITED = "changed not in ('', 'markup', 'first')"
"""The condition of the index pages_edited, word for word, or SQLite would not use it."""
# Texts have the minute of publication in their number: texts.py.
_NAMED = f"""select strftime('%Y-%m', l.text / {SLOTS} * 60, 'unixepoch'), n.name, count(*)
    from labels n join labelled l on l.label = n.id where n.kind = ? group by 1, 2 order by 1, 2"""
_LAG = "select {}, count(*) from articles where published is not null group by 1 order by 1"
_AGE = f"""select {{}}, count(*) from pages p join captures c on c.id = p.capture join articles a on a.key = c.key
    where p.{EDITED} group by 1 order by 1"""
_END = "(select epoch from captures where warc = w.id order by offset {} limit 1)"
_GROWN = f"""select min(first, last), max(first, last), sum(size) from
    (select size, {_END.format("")} / 86400 as first, {_END.format("desc")} / 86400 as last
        from warcs w where sha256 != '') s
    where first is not null group by 1, 2 order by 1, 2"""
_TOTALS = coded.sql(f"""select (select count(*) from articles), (select count(*) from captures),
    (select coalesce(sum(size), 0) from warcs where sha256 != ''), (select count(*) from pages where {EDITED}),
    (select count(*) from articles where gone is not null and key in (select key from captures where state = 'gone')),
    (select max(epoch) from articles)""")


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


class Trends(Texts):
    """The tables of one archive, over time."""

    def monthly(self, kind: str) -> list[tuple[str, str, int]]:
        """Return month ("2023-10", by the clock of Paris), name and number of articles, by month.

        kind: of label, as card.LABELS has them.
        """
        made = self._rows(lambda month, name, number: (str(month), str(name), int(number)), _NAMED, (kind,))
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


def _totals(*row: int) -> Totals:
    articles, captures, size, edits, gone, newest = row
    return Totals(int(articles), int(captures), int(size), int(edits), int(gone), rows.date(newest))
