"""Index: what is archived and where, in SQLite.  Made from the WARC alone; delete it and rebuild.

Writes belong inside `with index:`, which keeps all of them or none.  Tables: schema.sql.
A key is the first 8 bytes of a URL's SHA-256, so that look-ups stay small.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from typing import TypeVar

from archive import urls
from archive.decide import FAILURES, SAME_ATTEMPT, Known, State
from archive.records.record import Capture, Place
from archive.tables import coded, rows
from archive.tables.articles import ASKED, DIGEST, MISTOLD, PAGE, TARGET
from archive.tables.borrowed import SAME, Borrowed
from archive.tables.database import BATCH, batches
from archive.tables.imports import NAMED, UNEVEN, Imports
from archive.tables.texts import UNLIKE
from archive.tables.trends import Trends
from archive.versions import content
from archive.warc import IMPORTED

NAME = "index.sqlite"
T = TypeVar("T")

_OF_ARTICLE = ", ".join(rows.HEX.format("a.sha256") if name == "sha256" else f"a.{name}" for name in rows.ARTICLE)
_CAPTURE_COLUMNS = f"""w.name, c.offset, c.length, {ASKED}, c.epoch, {DIGEST}, c.status, {rows.MIME.format("c")},
    tw.name, t.offset"""
_FROM = f"from warcs w join captures c on c.warc = w.id join urls u on u.key = c.key {TARGET}"
_CAPTURED = f"""select {_CAPTURE_COLUMNS}, c.state, p.capture, {PAGE},
    (select x.said from texts x where x.key = a.key), {_OF_ARTICLE} {_FROM}
    left join pages p on p.capture = c.id left join articles a on a.key = c.key and a.capture = c.id"""
_FEW = 100
"""Captures that one statement reads: what a stretch of `verify` has no use for is read for nothing."""
_IN = "where w.name = ? and c.offset > ? order by c.offset limit"
_CAPTURED_IN = f"{_CAPTURED} {_IN} {_FEW}"
_RECORDS_IN = f"select {_CAPTURE_COLUMNS} {_FROM} {_IN} {BATCH}"
_CAPTURED_OF = f"{_CAPTURED.replace('w.name', 'c.id, w.name', 1)} where c.key = ? and u.url = ? order by c.epoch, c.id"
_UNEVEN = coded.sql("""select u.url, 'it is archived, but no article file is noted' from urls u
        left join articles a using (key) where u.kind = 'article' and u.state = 'archived' and a.key is null
    union all select a.path, 'its URL is not archived' from articles a left join urls u using (key)
        where u.state is not 'archived'
    union all select a.path, 'its newest version is another capture' from articles a where a.capture is not
        (select p.capture from captures c join pages p on p.capture = c.id
         where c.key = a.key and p.changed not in ('', 'markup')
         order by p.epoch desc, c.digest desc, p.sha256 desc limit 1)
    union all select w.name || ' at offset ' || c.offset, 'a page of an article that is not there' from pages p
        join captures c on c.id = p.capture join warcs w on w.id = c.warc left join articles a using (key)
        where a.key is null
    union all select 'pages', 'of capture ' || p.capture || ', which is not there' from pages p
        left join captures c on c.id = p.capture where c.id is null
    union all select w.name || ' at offset ' || c.offset, 'its page has another date' from pages p
        join captures c on c.id = p.capture join warcs w on w.id = c.warc where c.epoch != p.epoch""")
_LIST = f"""insert into urls (key, url, kind, state, rank) values (?, ?, ?, ?, ?)
    on conflict (key) do update set rank = excluded.rank, why = ''
    where urls.why = '{NAMED}' and urls.url = excluded.url"""
_SETTLE = coded.sql("""insert into urls (key, url, kind, state, why, attempts, last, rank)
    values (:key, :url, :kind, :state, :why, :failed, :last, :rank)
    on conflict (key) do update set last = :last,
    state = case when urls.state = 'archived' then urls.state else :state end,
    why = case when urls.state = 'archived' then urls.why else :why end,
    attempts = case when :failed = 0 or (urls.state = 'archived' and :state = 'gone') then 0
        when urls.last is null or :last - urls.last >= :same then urls.attempts + 1 else urls.attempts end
    where urls.url = :url""")
_PLACED = """select c.id from captures c join warcs w on w.id = c.warc
    where w.name = :target_file and c.offset = :target_offset"""
_CAPTURE = f"""insert into captures (key, epoch, warc, offset, length, digest, status, mime, state, asked, target)
    values (:key, :epoch, (select id from warcs where name = :file), :offset, :length, :digest, :status,
            (select id from mimes where mime = :mime), :state, nullif(:asked, :url), ({_PLACED})) returning id"""
_WARC_ID = "select id from warcs where name = ?"
# Without the number that could go in brackets: SQLite 3.46 takes it for the name of a table.
_FLAWS = "select integrity_check from pragma_integrity_check where integrity_check != 'ok' limit 10"
_MOVE = f"""update captures set warc = ({_WARC_ID.replace("?", ":file")}), offset = offset + :start
    where warc = ({_WARC_ID.replace("?", ":source")})"""
_SEAL = """insert into warcs (name, size, sha256) values (:name, :size, :sha256)
    on conflict (name) do update set size = :size, sha256 = :sha256"""


class Index(Borrowed, Imports, Trends):
    """The tables of one archive."""

    VERSION = 7

    def schema(self) -> str:
        """Return the SQL that makes the tables."""
        return coded.sql(files("archive.tables").joinpath("schema.sql").read_text("utf-8"))

    # What is known

    def known(self, wanted: Iterable[str]) -> dict[str, Known]:
        """Return what is known of each of these canonical URLs; those never met are left out."""
        found = dict[str, Known]()
        for some in batches(wanted):
            keys = {urls.key(url): url for url in some}
            marks = ",".join("?" * len(keys))
            sql = f"select url, key, state, attempts, last from urls where key in ({marks})"
            met = self._rows(lambda url, key, *row: (url, key, rows.known(*row)), sql, [*keys])
            found.update({url: known for url, key, known in met if keys.get(key) == url})
        return found

    def named(self, key: int) -> str | None:
        """Return the URL of a key; None for one never met."""
        return self._row(str, "select url from urls where key = ?", (key,))

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """Return ETag and Last-Modified of a listing's last good answer."""
        sql = "select etag, last_modified from validators join urls using (key) where key = ? and url = ?"
        return self._row(lambda etag, last_modified: (etag, last_modified), sql, (urls.key(url), url)) or (None, None)

    def offsets(self, file: str) -> frozenset[int]:
        """Return where in one WARC file the captures lie."""
        sql = "select c.offset from captures c join warcs w on w.id = c.warc where w.name = ?"
        return frozenset(self._rows(int, sql, (file,)))

    def taken(self, file: str) -> int:
        """Return how many captures of one WARC file there are."""
        return self._row(int, f"select count(*) from captures where warc = ({_WARC_ID})", (file,)) or 0

    def next_offset(self, file: str, start: int) -> int | None:
        """Return where in one WARC file the first capture at `start` or behind lies; None if there is none."""
        sql = f"select offset from captures where warc = ({_WARC_ID}) and offset >= ? order by offset limit 1"
        return self._row(int, sql, (file, start))

    def captured(self, file: str, start: int = 0) -> Iterator[rows.Captured]:
        """Yield the captures in one WARC file by offset, from `start` on.

        They are read in steps, so that no writer waits for the reader.
        """
        return self._in_steps(rows.captured, _CAPTURED_IN, file, start, lambda row: row.capture.offset)

    def records(self, file: str) -> Iterator[Capture]:
        """Yield the same captures without what their answers made, in steps, too."""
        return self._in_steps(rows.capture, _RECORDS_IN, file, 0, lambda row: row.offset)

    def _in_steps(
        self, make: Callable[..., T], sql: str, file: str, start: int, offset: Callable[[T], int]
    ) -> Iterator[T]:
        last = start - 1
        while some := list(self._rows(make, sql, (file, last))):
            yield from some
            last = offset(some[-1])

    def captures(self, url: str) -> list[tuple[int, rows.Captured]]:
        """Return the captures of a URL with their numbers, by date."""
        made = self._rows(lambda number, *row: (int(number), rows.captured(*row)), _CAPTURED_OF, (urls.key(url), url))
        return list(made)

    def original(self, url: str, digest: str, *, file: str = "", date: datetime | None = None) -> Place | None:
        """Return where the first response record of a URL with this payload lies: one that will stay.

        It is one of ours, in a sealed file, or in `file`.  date: of this second only.
        """
        sql = f"""select w.name, c.offset from captures c join warcs w on w.id = c.warc
            where c.key = :key and {SAME} and c.target is null and (w.sha256 != '' or w.name = :file)
            and w.name not glob '{IMPORTED}*' {"and c.epoch = :epoch" if date else ""} order by c.id limit 1"""
        values = {"key": urls.key(url), "digest": coded.packed(digest), "file": file, "epoch": rows.seconds(date)}
        return self._row(rows.place, sql, values)

    def warcs(self) -> list[rows.Warc]:
        """Return the sealed WARC files, oldest first as they were sealed."""
        return list(self._rows(rows.warc, "select name, size, sha256 from warcs where sha256 != '' order by id"))

    def capture_count(self) -> int:
        """Return how many captures there are."""
        return next(self._rows(int, "select count(*) from captures"))

    def flaws(self) -> Iterator[str]:
        """Yield what SQLite finds wrong with its file, a line each."""
        yield from self._rows(lambda line: " ".join(str(line).split()), _FLAWS)
        yield from self.garbled()

    def uneven(self) -> Iterator[tuple[str, str]]:
        """Yield the URLs and paths at which the tables contradict each other, and how."""
        for sql in (_UNEVEN, UNEVEN, MISTOLD, UNLIKE):
            yield from self._rows(lambda name, how: (str(name), str(how)), sql)
        with self._refusing():
            yield from self._told_otherwise()

    def _told_otherwise(self) -> Iterator[tuple[str, str]]:
        """Yield the captures of which something else is noted as new than the page before them tells."""
        for pages in self.histories():
            for page, change in zip(pages, content.changes([page.content for page in pages]), strict=True):
                if page.changed != change:
                    place, _ = self.place(page.number)
                    what = f"its page says anew {change or 'nothing'!r}, noted is {page.changed!r}"
                    yield f"{place.file} at offset {place.offset}", what

    # What is written

    def list_urls(self, found: Iterable[tuple[str, int]]) -> None:
        """Note URLs that something named, each with its rank; what is known of a URL stays as it is.

        But one that only an imported file had named is now as if that had come later.
        """
        rows = (
            (urls.key(url), url, coded.number(urls.kind(url)), coded.number(State.LISTED), rank) for url, rank in found
        )
        self._db.executemany(_LIST, rows)

    def settle(self, url: str, state: State, why: str, at: datetime, rank: int) -> None:
        """Note what a fetch made of a URL.  An archived one stays archived, whatever a later fetch says."""
        self._db.execute(
            _SETTLE,
            {
                "key": urls.key(url),
                "url": url,
                "kind": coded.number(urls.kind(url)),
                "state": coded.number(state),
                "why": why,
                "failed": int(state in FAILURES),
                "last": rows.seconds(at),
                "rank": rank,
                "same": int(SAME_ATTEMPT.total_seconds()),
            },
        )

    def capture(self, capture: Capture, url: str, state: State) -> int:
        """Note the record of an answer of a URL that has a row, and what it made of it; return the capture's number."""
        self._once("insert or ignore into warcs (name, size, sha256) values (?, 0, '')", capture.file)
        self._once("insert or ignore into mimes (mime) values (?)", capture.mime)
        written = self._db.execute(
            _CAPTURE,
            {
                "key": urls.key(url),
                "epoch": rows.seconds(capture.date),
                "file": capture.file,
                "offset": capture.offset,
                "length": capture.length,
                "digest": coded.packed(capture.digest),
                "status": capture.status,
                "mime": capture.mime,
                "state": coded.number(state),
                "asked": capture.url,
                "url": url,
                "target_file": capture.refers and capture.refers.file,
                "target_offset": capture.refers and capture.refers.offset,
            },
        )
        number = int(written.fetchone()[0])
        self.stand(url)
        return number

    def validate(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Note what a listing's answer said of its version."""
        self._db.execute("insert or replace into validators values (?, ?, ?)", (urls.key(url), etag, last_modified))

    def seal(self, name: str, size: int, sha256: str) -> None:
        """Note that a WARC file is sealed."""
        self._db.execute(_SEAL, {"name": name, "size": size, "sha256": sha256})

    def merge(self, file: rows.Warc, sources: Iterable[tuple[str, int]]) -> None:
        """Note, in one step, that a sealed file has taken the place of others.

        sources: name of each, and how many bytes of the new file lie before it.
        """
        with self.lasting():
            self.seal(file.name, file.size, file.sha256)
            for name, start in sources:
                self._db.execute(_MOVE, {"file": file.name, "start": start, "source": name})
                self._db.execute("delete from warcs where name = ?", (name,))

    def run(self, run: rows.Run) -> None:
        """Note a crawl that has ended."""
        row = rows.run_row(run)
        self._db.execute(
            f"insert or replace into runs ({', '.join(row)}) values ({', '.join('?' * len(row))})", [*row.values()]
        )
