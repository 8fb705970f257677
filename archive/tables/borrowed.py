"""Borrowed: what the index keeps of captures that other tools made: what their records are called, which wait.

A revisit waits while the record that holds its payload is not here.  What it finds then
follows from the dates of the records that are here, not from the order in which they came.
"""

from datetime import datetime
from typing import Any

from archive import urls
from archive.records.record import Capture, Place
from archive.tables import coded, rows
from archive.tables.lately import Lately

SAME = "substr(c.digest, 1, 4) = substr(:digest, 1, 4) and c.digest = :digest"
"""The condition that a capture has this payload, by as much of its digest as the index captures_of has."""
_HOLDS = coded.sql("c.target is null and c.state != 'listed' and coalesce(b.waits, 0) = 0")
"""Of a capture that holds its own payload."""
# Digests of two kinds (sha1 and sha256, base 32 and hex) tell nothing of each other; of one kind they must be equal.
_LENGTH = "case length(c.digest) when 20 then 37 else length(c.digest) end"
_LABEL = "case length(c.digest) when 20 then :ours else substr(c.digest, 1, instr(c.digest, :colon)) end"
"""Both of the text of a payload digest; 20 bytes of ours stand for 37 letters: coded.packed."""
_AGREES = f"""(c.digest = :digest or length(c.digest) = 0 or :length = 0
    or {_LENGTH} != :length or {_LABEL} != :label)"""
_ORDER = "order by c.digest != :digest, c.key != :key, c.epoch, c.digest, c.key, w.name, c.offset limit 1"
_FROM = "from captures c join warcs w on w.id = c.warc left join borrowed b on b.capture = c.id"
_OF_RECORD = f"""select w.name, c.offset {_FROM} where {_HOLDS} and {_AGREES} and b.record = :record {_ORDER}"""
_OF_DATE = f"""select w.name, c.offset {_FROM} where {_HOLDS} and {_AGREES} and c.key = :key and c.epoch = :epoch
    {_ORDER}"""
_OF_URL = f"select w.name, c.offset {_FROM} where {_HOLDS} and c.key = :key and {SAME} {_ORDER}"
_OF_PAYLOAD = f"""select w.name, c.offset from borrowed b join captures c on c.id = b.capture
    join warcs w on w.id = c.warc where {_HOLDS} and b.digest = :stated {_ORDER}"""
_WAITING = """select c.id, w.name, c.offset from borrowed b join captures c on c.id = b.capture
    join warcs w on w.id = c.warc where b.waits != 0 order by c.epoch, w.name, c.offset"""
_KNOWN = f"""select 1 {_FROM} where c.key = :key and c.epoch = :epoch
    and (c.digest = :digest or (b.record = :record and :record != '')) and
    (c.target is not null or coalesce(b.waits, 0) != 0) = :revisit limit 1"""
_ADOPTED = coded.sql("update urls set state = 'archived', why = '' where key = ? and url = ? and state != 'archived'")


class Borrowed(Lately):
    """The table of captures that other tools made, and what is written of them."""

    def has(self, url: str, record: str, capture: Capture, *, revisit: bool) -> bool:
        """Tell whether an answer of a canonical URL is here: by its record's id, or its date and payload."""
        values = {"key": urls.key(url), "epoch": rows.seconds(capture.date), "digest": coded.packed(capture.digest)}
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
        values = {"key": asked, "record": record, "epoch": rows.seconds(date), **_told(digest)}
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


def _told(digest: str) -> dict[str, Any]:
    """Return what `holder` asks with of a payload digest."""
    label = digest[: digest.find(":") + 1].encode("utf-8", "replace")
    return {
        "digest": coded.packed(digest),
        "stated": digest,
        "length": len(digest),
        "label": label,
        "ours": b"sha1:",
        "colon": b":",
    }
