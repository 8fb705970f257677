"""Record: one WARC 1.1 record as values, and what records an exchange becomes.  Pure.

Entity bodies are stored de-chunked and `Transfer-Encoding` is renamed
`X-Archive-Orig-...`: alone this passes every validator of the field at once.  Nothing
else of a head changes.  A payload that an earlier record holds is not stored again: its
record is a `revisit`, all head and no body.  Sources: WARC 1.1 (ISO 28500:2017), by section.
"""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast

from archive.errors import BadRecord
from archive.exchange import Cut, Exchange
from archive.files.spool import Bytes
from archive.language import moment
from archive.records.digest import digest

FIELDS_TYPE = "application/warc-fields"
_RESPONSE_TYPE = "application/http;msgtype=response"
_REQUEST_TYPE = "application/http;msgtype=request"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
"""WARC-Profile of a revisit record of ours.  Source: 6.7.2."""
ANSWERS = frozenset(("response", "revisit"))
"""Types of record that hold an answer of the site, each with its request right behind it."""
_TRANSFER_ENCODING = re.compile(rb"(?im)^(?=transfer-encoding[ \t]*:)")
_BREAKS = re.compile("[\r\n]+")
_HTTP_HEAD_END = re.compile(rb"\n\r?\n")
_PLAIN_HEAD = re.compile(rb"HTTP/[0-9.]+ +[0-9]{3}[^\r\n]*(?:\r\n[ \t]*[!-~][^\r\n]*)*\r\n\r\n")
_PLAIN_LIMIT = 32_000
"""Bytes; FastWARC gives up on a head of 32 KiB."""

Fields = tuple[tuple[str, str], ...]
"""Named fields in order, as in a record's header or an application/warc-fields block."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in a file."""

    file: str
    """Name of the file, without a folder."""
    offset: int
    """Bytes of the file before its gzip member."""
    length: int
    """Bytes of its gzip member."""
    fields: Fields
    """Header fields in order, names as written."""
    block: Bytes
    """`Content-Length` bytes."""

    _first: dict[str, str] = field(init=False, repr=False, compare=False)
    """First value of each field by its name in lower case: asked for some fifteen times a record."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_first", {name.lower(): value for name, value in reversed(self.fields)})

    def get(self, name: str) -> str:
        """Return the first value of a field, "" if it is absent; names compare without case."""
        return self._first.get(name.lower(), "")

    @property
    def type(self) -> str:
        """WARC-Type: "response", "request", "warcinfo", "metadata" ..."""
        return self._first.get("warc-type", "")

    @property
    def id(self) -> str:
        """WARC-Record-ID, angle brackets kept."""
        return self._first.get("warc-record-id", "")

    @property
    def date(self) -> datetime:
        """WARC-Date, UTC.  Raises BadRecord."""
        try:
            return moment.utc(datetime.fromisoformat(self.get("WARC-Date")))
        except (ValueError, OverflowError):
            raise BadRecord(self.file, self.offset, f"WARC-Date is no date: {self.get('WARC-Date')!r}") from None


class Place(NamedTuple):
    """Where a record lies."""

    file: str
    """Name the WARC file has when it is sealed, without a folder."""
    offset: int
    """Bytes of the file before the record's gzip member."""

    @property
    def told(self) -> str:
        """For people: the file relative to the archive, and the offset."""
        return f"warc/{self.file} at offset {self.offset}"


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the record of an answer lies, and what it holds."""

    file: str
    """Name the WARC file has when it is sealed, without a folder."""
    offset: int
    """Bytes of the file before the record's gzip member."""
    length: int
    """Bytes of that member; the request's follows at once."""
    url: str
    """WARC-Target-URI."""
    date: datetime
    """WARC-Date: UTC, whole seconds."""
    digest: str
    """WARC-Payload-Digest: that of the entity body; "" if the head is not plain (see `is_plain`)."""
    status: int
    """Status code of the answer; 0 if its head held none."""
    mime: str
    """Media type that the answer names, see `Exchange.media_type`."""
    refers: Place | None = None
    """Where the response record lies whose payload this one has, too; None if it holds its own."""

    @property
    def place(self) -> Place:
        """Where the record lies."""
        return Place(self.file, self.offset)


def stored_head(head: bytes) -> bytes:
    """Return a response head as it is stored: Transfer-Encoding renamed, since the body is chunked no more."""
    return _TRANSFER_ENCODING.sub(b"X-Archive-Orig-", head)


def is_plain(head: bytes) -> bool:
    """Tell whether every reader finds the end of a response head where we do.

    A head that is torn, longer than readers bear, or whose lines end or begin oddly is
    kept byte for byte all the same, but its record names no payload digest: readers of
    the field would each make another one, and call the file damaged.
    """
    return len(head) <= _PLAIN_LIMIT and _PLAIN_HEAD.fullmatch(head) is not None


def warc_fields(fields: Fields) -> bytes:
    """Return an application/warc-fields block.  Source: 6.2, annex A."""
    return "".join([f"{name}: {_line(value)}\r\n" for name, value in fields]).encode(errors="replace")


def _line(value: str) -> str:
    """Return a value on one line."""
    return _BREAKS.sub(" ", value) if "\n" in value or "\r" in value else value


def parse_fields(text: bytes) -> Fields:
    """Read lines of `Name: value`; a line without a colon is passed over."""
    lines = [line.partition(":") for line in text.decode("utf-8", "replace").split("\r\n")]
    return tuple([(name.strip(" \t"), value.strip(" \t")) for name, colon, value in lines if colon])


def new_id() -> str:
    """Return a fresh WARC-Record-ID.  Source: 5.2."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def payload(exchange: Exchange) -> str:
    """Return the labelled digest that names the payload of an answer; "" if its head is not plain."""
    return digest(exchange.body) if is_plain(exchange.head) else ""


def response_fields(exchange: Exchange, info: str, named: str) -> Fields:
    """Return the header fields of a response record that speak of its exchange.  Source: 6.3.

    named: what `payload` says of it.
    """
    return (
        *_of_both(exchange, info),
        *((("WARC-Payload-Digest", named),) if named else ()),
        *((("WARC-Truncated", exchange.truncated),) if exchange.truncated else ()),
        ("Content-Type", _RESPONSE_TYPE),
    )


def revisit_fields(exchange: Exchange, info: str, original: Record) -> Fields:
    """Return those of a revisit record, whose payload is that of an earlier response record.  Source: 6.7.2.

    "length" says there that the payload was left out, not that the answer was cut: a cut one is no revisit.
    """
    return (
        *_of_both(exchange, info),
        ("WARC-Profile", SAME_PAYLOAD),
        ("WARC-Refers-To", original.id),
        ("WARC-Refers-To-Target-URI", original.get("WARC-Target-URI")),
        ("WARC-Refers-To-Date", original.get("WARC-Date")),
        ("WARC-Payload-Digest", original.get("WARC-Payload-Digest")),
        ("WARC-Truncated", "length"),
        ("Content-Type", _RESPONSE_TYPE),
    )


def request_fields(exchange: Exchange, info: str) -> Fields:
    """Return the header fields of a request record that speak of its exchange.  Source: 6.5."""
    return (*_of_both(exchange, info), ("Content-Type", _REQUEST_TYPE))


def _of_both(exchange: Exchange, info: str) -> Fields:
    address = (("WARC-IP-Address", exchange.ip),) if exchange.ip else ()
    protocols = tuple(("WARC-Protocol", name) for name in exchange.protocols)
    return (("WARC-Target-URI", exchange.url), *address, *protocols, ("WARC-Warcinfo-ID", info))


def head_fields(kind: str, record_id: str, date: datetime, fields: Fields) -> Fields:
    """Return all header fields of a record but Content-Length, the mandatory ones first.  Source: 5.2 to 5.5."""
    stamp = moment.stamp(date)
    return (("WARC-Type", kind), ("WARC-Record-ID", record_id), ("WARC-Date", stamp), *fields)


def entity(record: Record) -> tuple[bytes, Bytes]:
    """Split the block of an answer's record into the stored head and the entity body, which a revisit lacks."""
    end = _HTTP_HEAD_END.search(record.block)
    at = end.end() if end else len(record.block)
    return bytes(record.block[:at]), record.block[at:]


def digests_of(record: Record, original: Record | None = None) -> dict[str, str]:
    """Return the digests that a record of ours must bear, by field, made from its bytes again.  Source: 5.8, 5.9.

    original: the response record that a revisit refers to; without it nothing is said of a revisit's payload.
    """
    made = {"WARC-Block-Digest": digest(record.block)}
    held = original if record.type == "revisit" else record
    if held and held.type == "response":
        head, body = entity(held)
        made |= {"WARC-Payload-Digest": digest(body)} if is_plain(head) else {}
    return made


def exchange_of(answer: Record, request: Record, original: Record | None = None) -> Exchange:
    """Make the Exchange of a pair of records; its head keeps Transfer-Encoding renamed.  Raises BadRecord.

    original: the response record that a revisit refers to, which holds its body.
    """
    if answer.type not in ANSWERS or request.type != "request" or request.get("WARC-Concurrent-To") != answer.id:
        raise BadRecord(answer.file, answer.offset, "no response with its request right behind it")
    if answer.type == "revisit" and original is None:
        raise BadRecord(answer.file, answer.offset, "a revisit, and no record that holds its payload")
    return Exchange(
        url=answer.get("WARC-Target-URI"),
        date=answer.date,
        request=bytes(request.block),
        head=entity(answer)[0],
        body=entity(original or answer)[1],
        ip=answer.get("WARC-IP-Address") or None,
        protocols=tuple(value for name, value in answer.fields if name.lower() == "warc-protocol"),
        truncated=cast("Cut | None", answer.get("WARC-Truncated") or None) if original is None else None,
    )


def capture_of(answer: Record, exchange: Exchange, refers: Place | None = None) -> Capture:
    """Make the Capture that the record of an answer stands for."""
    return Capture(
        file=answer.file,
        offset=answer.offset,
        length=answer.length,
        url=exchange.url,
        date=exchange.date,
        digest=answer.get("WARC-Payload-Digest"),
        status=exchange.status,
        mime=exchange.media_type,
        refers=refers,
    )
