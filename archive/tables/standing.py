"""Standing: what an index tells an audit: the listings that are recorded, and how every article's URL stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from archive import urls
from archive.decide import State
from archive.records.record import Place
from archive.tables import coded, rows
from archive.tables.database import Database
from archive.warc import IMPORTED

# One row a payload: what came again is no other listing, so of many records of it the first is read.
_RECORDED = coded.sql("""select u.url, w.name, c.offset, c.length, s.first, s.last, s.times, c.state = 'archived' from (
        select min(coalesce(c.target, c.id)) as id, c.key, min(c.epoch) as first, max(c.epoch) as last,
            count(*) as times from urls u join captures c using (key)
        where u.kind = 'listing' and c.status = 200 and c.epoch >= ?
        group by c.key, c.digest, case when length(c.digest) = 0 then c.id end) s
    join captures c on c.id = s.id join warcs w on w.id = c.warc join urls u on u.key = c.key
    order by c.warc, c.offset""")
_SPANS = coded.sql(f"""select u.url, min(c.epoch), max(c.epoch) from urls u join captures c using (key)
    join warcs w on w.id = c.warc
    where u.kind = 'listing' and c.status = 200 and w.name not glob '{IMPORTED}*' group by u.key order by u.url""")
_STANDING = "url, state, why, attempts, exists (select 1 from imported i where i.key = urls.key)"
_ARTICLES = coded.sql(f"select {_STANDING} from urls where kind = 'article'")
_LAST = """select c.status, w.name, c.offset, tw.name, t.offset from captures c join urls u using (key)
    join warcs w on w.id = c.warc left join captures t on t.id = c.target left join warcs tw on tw.id = t.warc
    where c.key = ? and u.url = ? order by c.epoch desc, c.id desc limit 1"""
_SPIDERS = """select spider, outcome, counts from runs r
    where started = (select max(started) from runs o where o.spider = r.spider) order by spider"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One payload of a listing: the same bytes that came again are the same one."""

    url: str
    """The listing's own canonical URL."""
    place: Place
    """Where the first record lies that holds it."""
    length: int
    """Bytes of that record's gzip member."""
    first: datetime
    """When it first came, UTC."""
    last: datetime
    """When it last came, UTC; an answer 304 is not recorded, and so does not count."""
    times: int
    """How often it came."""
    taken: bool
    """Whether the crawl could read it when it came."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the URL of an article stands."""

    url: str
    """Canonical URL."""
    state: State
    """What has become of it."""
    why: str
    """What its last fetch ended with, one line; "" where nothing went wrong."""
    attempts: int
    """Fetches that failed since the last good one."""
    kept: bool = False
    """Whether another archiver's text of it is here."""


@dataclass(frozen=True, slots=True)
class Last:
    """The latest run of a spider."""

    spider: str
    """Its name."""
    outcome: str
    """Why it ended, in a word."""
    counts: dict[str, int]
    """What it did, by name."""


class Standings(Database):
    """The tables of one archive, as an audit asks for them."""

    def recorded(self, since: datetime | None) -> Iterator[Recorded]:
        """Yield each payload of a listing that was answered with 200, or came again, since then; in order of place."""
        return self._each(_recorded, _RECORDED, (rows.seconds(since) or 0,))

    def spans(self) -> list[tuple[str, datetime, datetime]]:
        """Return the URL of each listing that a crawl of ours was given, when it first came and when last, UTC."""
        return list(self._rows(lambda url, first, last: (str(url), _utc(first), _utc(last)), _SPANS))

    def standings(self) -> Iterator[Standing]:
        """Yield every URL of an article that was listed or fetched."""
        return self._each(_standing, _ARTICLES)

    def standing(self, url: str) -> Standing | None:
        """Return how a URL stands; None if it was never met."""
        return self._row(_standing, f"select {_STANDING} from urls where key = ? and url = ?", (urls.key(url), url))

    def last_answer(self, url: str) -> tuple[int, Place, Place | None] | None:
        """Return status and place of the latest answer of a URL, and where its payload lies if not there."""
        return self._row(
            lambda status, file, at, *refers: (int(status), Place(str(file), int(at)), rows.place(*refers)),
            _LAST,
            (urls.key(url), url),
        )

    def last_runs(self) -> list[Last]:
        """Return the latest run of each spider that ever ran here."""
        made = self._rows(lambda spider, word, told: Last(str(spider), str(word), rows.counts(told)), _SPIDERS)
        return list(made)


def _recorded(url: str, file: str, offset: int, length: int, *row: int) -> Recorded:
    first, last, times, taken = row
    where = Place(str(file), int(offset))
    return Recorded(str(url), where, int(length), _utc(first), _utc(last), int(times), bool(taken))


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _standing(url: str, state: int, why: str, attempts: int, kept: int) -> Standing:
    return Standing(str(url), State(coded.state(state)), str(why), int(attempts), bool(kept))
