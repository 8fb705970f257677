"""Borrowed: what the index keeps of captures that other tools made: what their records are called, which wait.

A revisit waits while the record that holds its payload is not here.  What it finds then
follows from the dates of the records that are here, not from the order in which they came.
"""

from datetime import datetime

from archive import rows, urls
from archive.lately import Lately
from archive.record import Capture, Place

_HOLDS = """c.target is null and c.state != 'listed' and coalesce(b.waits, 0) = 0"""
"""Of a capture that holds its own payload."""
# Digests of two kinds (sha1 and sha256, base 32 and hex) tell nothing of each other; of one kind they must be equal.
_AGREES = """(c.digest = :digest or '' in (c.digest, :digest) or length(c.digest) != length(:digest)
    or substr(c.digest, 1, instr(c.digest, ':')) != substr(:digest, 1, instr(:digest, ':')))"""
_ORDER = "order by c.digest != :digest, c.key != :key, c.epoch, c.digest, c.key, w.name, c.offset limit 1"
_FROM = "from captures c join warcs w on w.id = c.warc left join borrowed b on b.capture = c.id"
_OF_RECORD = f"""select w.name, c.offset {_FROM} where {_HOLDS} and {_AGREES} and b.record = :record {_ORDER}"""
_OF_DATE = f"""select w.name, c.offset {_FROM} where {_HOLDS} and {_AGREES} and c.key = :key and c.epoch = :epoch
    {_ORDER}"""
_OF_URL = f"select w.name, c.offset {_FROM} where {_HOLDS} and c.key = :key and c.digest = :digest {_ORDER}"
_OF_PAYLOAD = f"""select w.name, c.offset from borrowed b join captures c on c.id = b.capture
    join warcs w on w.id = c.warc where {_HOLDS} and b.digest = :digest {_ORDER}"""
_WAITING = """select c.id, w.name, c.offset from borrowed b join captures c on c.id = b.capture
    join warcs w on w.id = c.warc where b.waits != 0 order by c.epoch, w.name, c.offset"""
_KNOWN = f"""select 1 {_FROM} where c.key = :key and c.epoch = :epoch
    and (c.digest = :digest or (b.record = :record and :record != '')) and
    (c.target is not null or coalesce(b.waits, 0) != 0) = :revisit limit 1"""
_ADOPTED = "update urls set state = 'archived', why = '' where key = ? and url = ? and state != 'archived'"


class Borrowed(Lately):
    """The table of captures that other tools made, and what is written of them."""

    def has(self, url: str, record: str, capture: Capture, *, revisit: bool) -> bool:
        """Tell whether an answer of a canonical URL is here: by its record's id, or its date and payload."""
        values = {"key": urls.key(url), "epoch": rows.seconds(capture.date), "digest": capture.digest}
        return self._row(bool, _KNOWN, {**values, "record": record, "revisit": revisit}) or False

    def unmet(self) -> list[tuple[int, Place]]:
        """Return the revisits whose payload is not here, each with the number of its capture, by their dates."""
        return list(self._rows(lambda number, *place: (int(number), Place(*place)), _WAITING))

    def holder(self, record: str, url: str, date: datetime | None, digest: str, own: str) -> Place | None:
        """Return where the record lies that holds a revisit's payload; None if it is not here.

        record: id that the revisit names.  url, date: canonical URL and date of the capture that it
        names.  digest: of the payload.  own: its own canonical URL.  "" and None: it does not say.
        """
        asked = urls.key(url or own)
        values = {"key": asked, "record": record, "digest": digest, "epoch": rows.seconds(date)}
        ways = (_OF_RECORD, record), (_OF_DATE, url and date), (_OF_URL, digest), (_OF_PAYLOAD, digest)
        places = (self._row(rows.place, sql, values) for sql, told in ways if told)
        return next(filter(None, places), None)

    def holds_page(self, number: int) -> bool:
        """Tell whether a capture, by its number, holds an article."""
        return self._row(bool, "select 1 from pages where capture = ?", (number,)) or False

    # What is written

    def adopted(self, url: str) -> None:
        """Note that a URL is archived by another tool's answer; how our own fetches went stays as it is."""
        self._db.execute(_ADOPTED, (urls.key(url), url))

    def borrow(self, number: int, record: str, digest: str, *, waits: bool) -> None:
        """Note that another tool made a capture, by its number."""
        self._db.execute("insert into borrowed values (?, ?, ?, ?)", (number, record, digest, int(waits)))

    def met(self, number: int, holder: Place) -> None:
        """Note where the payload of a revisit lies that waited for it."""
        target = "select c.id from captures c join warcs w on w.id = c.warc where w.name = ? and c.offset = ?"
        self._db.execute(f"update captures set target = ({target}) where id = ?", (*holder, number))
        self._db.execute("update borrowed set waits = 0 where capture = ?", (number,))
