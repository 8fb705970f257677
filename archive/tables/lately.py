"""Lately: what became of articles, the newest first, a page at a time.

A page costs by its length and by how many articles were ever gone, not by how far back it lies.
"""

from archive.tables import coded
from archive.tables.articles import Articles
from archive.tables.card import Card

Before = tuple[int, int]
"""Seconds since 1970 and a number of the index: a page goes on with what comes before it."""
_NOW = 2**62, 2**62
_NEWS = "changed not in ('', 'markup', 'first')"  # word for word as the index pages_edited has it
# Of each time an article was seen gone, the capture behind it that shows it there again.
_BACK = coded.sql("""select (select n.id from captures n where n.key = g.key and n.state = 'archived'
        and (n.epoch, n.digest) > (g.epoch, g.digest) order by n.epoch, n.digest limit 1)
    from captures g where g.state = 'gone' and g.epoch <= :epoch""")
_LATEST = coded.sql(f"""with found (id) as (
    select * from (select capture from pages p where {_NEWS}
        and epoch <= :epoch and (epoch, capture) < (:epoch, :number)
        and exists (select 1 from captures c join articles using (key) where c.id = p.capture)
        order by epoch desc, capture desc limit :limit) e
    union select * from (select id from captures c where state = 'gone' and epoch <= :epoch
        and (epoch, id) < (:epoch, :number) and exists (select 1 from articles a where a.key = c.key)
        order by epoch desc, id desc limit :limit) g
    union {_BACK})
    select u.url, c.id, c.epoch from found join captures c using (id) join articles a using (key)
    join urls u using (key) where (c.epoch, c.id) < (:epoch, :number) order by c.epoch desc, c.id desc limit :limit""")
_GONE = """select x.id, a.gone from articles a join texts x using (key) where a.gone is not null and a.gone <= :epoch
    and (a.gone, x.id) < (:epoch, :number) order by a.gone desc, x.id desc limit :limit"""


class Lately(Articles):
    """The tables of articles, the newest events first."""

    def latest_edits(self, before: Before | None, limit: int) -> list[tuple[str, int, Before]]:
        """Return URL and capture of what may be news of an article, the newest first, and where it stands.

        That is: other words, gone, there again.  before: only what stands before it.
        """
        return list(self._rows(_edit, _LATEST, _values(before, limit)))

    def gone_cards(self, before: Before | None, limit: int) -> tuple[list[Card], Before | None]:
        """Return the articles that are gone, the last to go first, at most so many; and where the next page begins."""
        found = list(self._rows(_place, _GONE, _values(before, limit + 1)))
        cards = self.cards([number for _, number in found[:limit]])
        return cards, found[limit - 1] if len(found) > limit else None


def _values(before: Before | None, limit: int) -> dict[str, int]:
    epoch, number = before or _NOW
    return {"epoch": epoch, "number": number, "limit": limit}


def _edit(url: str, number: int, epoch: int) -> tuple[str, int, Before]:
    return str(url), int(number), (int(epoch), int(number))


def _place(number: int, epoch: int) -> Before:
    return int(epoch), int(number)
