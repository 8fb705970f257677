"""Articles: what the index keeps of articles: their files, the pages that were captured of each, how each stands.

A page captured of an article is a version of it if it says something that the page
captured before it did not say (content.py).  All of this follows from the captures and
their dates, in whatever order they came.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from archive import urls
from archive.article import Article
from archive.decide import State
from archive.pages.facts import Facts
from archive.records.record import Place
from archive.tables import coded, rows
from archive.tables.searching import Searching
from archive.tables.stood import Stood, stood
from archive.tables.texts import Words
from archive.warc import IMPORTED

TARGET = "left join captures t on t.id = c.target left join warcs tw on tw.id = t.warc"
ASKED = "coalesce(c.asked, u.url)"
PAGE = f"{rows.HEX.format('p.sha256')}, {rows.HEX.format('p.content')}, p.changed, p.parser"
DIGEST = rows.DIGEST.format("c")
_FILED = f"""select u.url, a.path, {rows.HEX.format("a.sha256")}, a.epoch, a.title, {ASKED},
    w.name, c.offset, tw.name, t.offset from articles a join urls u using (key) join captures c on c.id = a.capture
    join warcs w on w.id = c.warc {TARGET}"""
# Not "or replace", which is two writes to SQLite: before such a statement FTS5 writes out all the words that it holds.
_PAGE = """insert into pages values (?, ?, ?, ?, ?, ?) on conflict (capture) do update set
    epoch = excluded.epoch, sha256 = excluded.sha256, content = excluded.content, changed = excluded.changed,
    parser = excluded.parser"""
_PAGES = f"""select c.id, c.epoch, {DIGEST}, {PAGE} from captures c join pages p on p.capture = c.id
    where c.key = ?"""
_COLUMNS = "key", "capture", *rows.ARTICLE
_FILE = f"""insert into articles ({", ".join(_COLUMNS)}, first, looked)
    values ({", ".join(f":{name}" for name in _COLUMNS)}, :epoch, :looked)
    on conflict (key) do update set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}"""
_PLACE = f"""select w.name, c.offset, tw.name, t.offset from captures c join warcs w on w.id = c.warc {TARGET}
    where c.id = ?"""
_FIRST = "(select min(p.epoch) from captures c join pages p on p.capture = c.id where c.key = articles.key)"
_GONE = coded.sql("""(select min(g.epoch) from captures g where g.key = articles.key and g.state = 'gone' and g.epoch >
    coalesce((select max(c.epoch) from captures c where c.key = articles.key and c.state = 'archived'), 0))""")
_LOOKED = coded.sql(f"""coalesce((select max(c.epoch) from captures c join warcs w on w.id = c.warc
    where c.key = articles.key and c.state in ('archived', 'gone', 'moved') and w.name not glob '{IMPORTED}*'), 0)""")
_STAND = f"""update articles set first = coalesce({_FIRST}, first), gone = {_GONE}, looked = max(looked, {_LOOKED})
    where key = ?"""
# A look that brought no capture is no later than the last fetch.
MISTOLD = f"""select path, 'first is not when its first page was captured' from articles where first is not {_FIRST}
    union all select path, 'gone is not what its captures say' from articles where gone is not {_GONE}
    union all select path, 'looked is not what its captures say' from articles left join urls using (key)
        where looked not between {_LOOKED} and max({_LOOKED}, coalesce(last, 0))"""
_NOTED = """select u.state, u.why, u.attempts, a.capture, a.first, a.looked, a.gone
    from urls u left join articles a using (key) where u.key = ? and u.url = ?"""
_OF_DAYS = """select u.url, a.path from articles a join urls u using (key)
    where a.path > ? and a.path < ? order by a.path limit 500"""
_REJECTED = coded.sql("""select u.url from urls u where u.kind = 'article' and u.key in
    (select c.key from captures c where c.status = 200 and c.state = 'rejected') order by u.url""")
_HISTORIES = f"""select c.key, c.id, c.epoch, {DIGEST}, {PAGE} from captures c join pages p on p.capture = c.id
    order by c.key"""
_STOOD = """select u.url, a.path, a.title, a.capture, p.changed, a.epoch, a.first, a.looked, a.gone, a.modified, u.rank,
    u.attempts, u.last from articles a join urls u using (key) join pages p on p.capture = a.capture"""
_YOUNG = f"""{_STOOD} where a.edition = ? and a.first >= ? and a.looked < a.first + ? and u.rank >= a.first - ?
    order by u.rank desc, u.url"""
_UNRECORDED = "select path, epoch, title, sha256 from imported where key = ? order by epoch, path"
# Of each time an article was seen gone, the capture behind it that shows it there again.
_BACK = coded.sql("""select (select n.id from captures n where n.key = g.key and n.state = 'archived'
        and (n.epoch, n.digest) > (g.epoch, g.digest) order by n.epoch, n.digest limit 1)
    from captures g where g.state = 'gone' and g.epoch < :until""")
# The first condition is that of the index pages_edited, word for word, or SQLite would not use it; then captures_gone.
_EDITS = coded.sql(f"""with found (id) as (
    select capture from pages where changed not in ('', 'markup', 'first') and epoch >= :since and epoch < :until
    union select id from captures where state = 'gone' and epoch >= :since and epoch < :until union {_BACK})
    select u.url, c.id from found join captures c using (id) join articles a using (key) join urls u using (key)
    where c.epoch >= :since and c.epoch < :until order by c.epoch, u.url, c.digest, c.id""")


class Articles(Searching):
    """The tables of articles."""

    # What is known

    def filed(self, *, url: str = "", path: str = "") -> rows.Filed | None:
        """Return the article of a URL, or that of a path relative to the archive."""
        if url:
            return self._row(rows.filed, f"{_FILED} where a.key = ? and u.url = ?", (urls.key(url), url))
        return self._row(rows.filed, f"{_FILED} where a.path = ?", (path,))

    def is_filed(self, path: str) -> bool:
        """Tell whether a path relative to the archive is that of an article's file."""
        return self._row(bool, "select 1 from articles where path = ?", (path,)) is not None

    def articles(self, *, edition: str | None = None, newest: int = -1) -> Iterator[rows.Filed]:
        """Yield article files, newest capture first, of one second the newest day first; -1: all of them."""
        where, values = (" where a.edition = ?", [edition]) if edition else ("", [])
        return self._each(rows.filed, f"{_FILED}{where} order by a.epoch desc, a.path desc limit ?", [*values, newest])

    def pages(self, url: str) -> list[rows.Paged]:
        """Return the captures of an article's URL that hold the article, in their order."""
        return sorted(self._rows(rows.paged, _PAGES, (urls.key(url),)), key=lambda page: page.order)

    def place(self, number: int) -> tuple[Place, Place | None]:
        """Return where the record of a capture, by its number, lies; and, of a revisit, where its payload does."""
        found = self._row(lambda file, at, *refers: (Place(file, at), rows.place(*refers)), _PLACE, (number,))
        with self._refusing():
            if found is None:
                raise ValueError(f"capture {number} is in no file")
            return found

    def is_alone(self, url: str, number: int) -> bool:
        """Tell whether a capture, by its number, is the only one of its URL."""
        sql = "select 1 from captures where key = ? and id != ? limit 1"
        return self._row(bool, sql, (urls.key(url), number)) is None

    def made_from(self, url: str) -> int | None:
        """Return the number of the capture that an article's file is made from; None if there is no file."""
        return self._row(int, "select capture from articles where key = ?", (urls.key(url),))

    def noted(self, url: str) -> tuple[Any, ...]:
        """Return all that is known of an article beside its captures, to be held against the same, later."""
        return self._row(lambda *row: row, _NOTED, (urls.key(url), url)) or ()

    def of_days(self, since: date | None, until: date | None) -> Iterator[str]:
        """Yield the articles whose URL's day lies between these, both included, by day; None: no end there.

        They are read in steps, so that each may be written to meanwhile.
        """
        last, beyond = (urls.day_path(since) if since else ""), (urls.day_path(until) + "." if until else "b")
        while some := list(self._rows(lambda url, path: (str(url), str(path)), _OF_DAYS, (last, beyond))):
            yield from (url for url, _ in some)
            last = some[-1][1]

    def rejected(self) -> list[str]:
        """Return the articles' URLs of which a page was captured that was no article."""
        return list(self._rows(str, _REJECTED))

    def histories(self) -> Iterator[list[rows.Paged]]:
        """Yield the pages of one article after the other, in their order."""
        found = self._each(lambda key, *row: (key, rows.paged(*row)), _HISTORIES)
        for _, pages in groupby(found, key=lambda row: row[0]):
            yield sorted((page for _, page in pages), key=lambda page: page.order)

    def stood(self, wanted: Iterable[str]) -> dict[str, Stood]:
        """Return how those of these canonical URLs stand that are archived articles."""
        found = dict[str, Stood]()
        for url in wanted:
            if one := self._row(stood, f"{_STOOD} where a.key = ? and u.url = ?", (urls.key(url), url)):
                found[url] = one
        return found

    def young(self, edition: str, since: datetime, span: timedelta, recent: timedelta) -> list[Stood]:
        """Return the articles of an edition that were first captured since then, those published last first.

        Left out are those that were looked at when they were older than `span`, and those that
        were published more than `recent` before their first capture.
        """
        limits = rows.seconds(since), int(span.total_seconds()), int(recent.total_seconds())
        return list(self._rows(stood, _YOUNG, (edition, *limits)))

    def unrecorded(self, url: str) -> list[rows.Unrecorded]:
        """Return the texts of an article that were imported without a record, by date."""
        return list(self._rows(rows.unrecorded, _UNRECORDED, (urls.key(url),)))

    def edits(self, since: datetime, until: datetime) -> Iterator[tuple[str, int]]:
        """Yield URL and capture of what may be news of an article, from `since` on and before `until`, by date.

        That is: other words, gone, there again.
        """
        values = {"since": rows.seconds(since), "until": rows.seconds(until)}
        return self._each(lambda url, number: (str(url), int(number)), _EDITS, values)

    # What is written

    def page(self, page: rows.Paged) -> None:
        """Note that a capture holds an article."""
        said = bytes.fromhex(page.sha256), bytes.fromhex(page.content)
        row = page.number, page.epoch, *said, page.changed, page.parser
        self._db.execute(_PAGE, row)

    def changed(self, number: int, changed: str) -> None:
        """Note what a page, by the number of its capture, says that the one before it did not."""
        self._db.execute("update pages set changed = ? where capture = ?", (changed, number))

    def judged(self, number: int, state: State) -> None:
        """Note what a capture, by its number, makes of its URL, read again."""
        self._db.execute("update captures set state = ? where id = ?", (coded.number(state), number))
        if state is not State.ARCHIVED:
            self._db.execute("delete from pages where capture = ?", (number,))

    def file(  # noqa: PLR0913 - all that a row is made of
        self,
        article: Article,
        facts: Facts,
        path: str,
        sha256: str,
        capture: int,
        words: Words | None = None,
        *,
        looked: int = 0,
    ) -> None:
        """Note an article file and the capture it was made from, which is there already; an older version gives way.

        words: of its texts, where they are known already.  looked: of a new one, as the index has it; else see `stand`.
        """
        key, row = urls.key(article.url), rows.article_row(article, facts, path, sha256)
        self._db.execute("delete from articles where path = ? and key != ?", (path, key))
        self._db.execute(
            _FILE, {**row, "sha256": bytes.fromhex(sha256), "key": key, "capture": capture, "looked": looked}
        )
        self.enter(key, row, (article.title, facts.lead, facts.body), words)

    def stand(self, url: str) -> None:
        """Note how an archived article stands by its captures: when first captured, last looked at, gone or not."""
        self._db.execute(_STAND, (urls.key(url),))

    def look(self, url: str, at: datetime) -> None:
        """Note that a crawl was told, without a capture, that an archived article stands as it was."""
        key, when = urls.key(url), rows.seconds(at)
        self._db.execute("update articles set looked = max(looked, ?) where key = ?", (when, key))
        sql = "update urls set attempts = 0, last = max(coalesce(last, 0), ?) where key = ? and url = ?"
        self._db.execute(sql, (when, key, url))

    def restate(self, url: str, state: State, why: str, attempts: int) -> None:
        """Note what is known of a URL whose captures were read again."""
        sql = "update urls set state = ?, why = ?, attempts = ? where key = ? and url = ?"
        self._db.execute(sql, (coded.number(state), why, attempts, urls.key(url), url))

    def unfile(self, url: str) -> None:
        """Note that a URL has no article file any more."""
        self.leave(urls.key(url))
        self._db.execute("delete from articles where key = ?", (urls.key(url),))
