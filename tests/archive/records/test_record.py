"""Laws of records: fields are lines that nothing breaks out of; a head is stored as it came."""

import base64
import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadRecord
from archive.exchange import Exchange
from archive.records.digest import digest
from archive.records.record import (
    Record,
    digests_of,
    entity,
    exchange_of,
    head_fields,
    is_plain,
    new_id,
    parse_fields,
    payload,
    request_fields,
    response_fields,
    stored_head,
    warc_fields,
)

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

PLAIN = [
    HEAD,
    b"HTTP/1.0 404\r\n\r\n",
    "HTTP/1.1 200 好\r\nX-Title: 中国\r\n\r\n".encode(),
    b"HTTP/1.1 200 OK\r\nX: a\r\n\tfolded\r\nno colon\r\n: nameless\r\n\r\n",
]
NOT_PLAIN = [
    b"",
    HEAD[:-1],
    HEAD[:20],
    b"\r\n" + HEAD,
    HEAD.replace(b"\r\n", b"\n"),
    HEAD.replace(b"\r\n", b"\n", 1),
    b"HTTP/1.1 200 OK\r\nX: a\r\n \r\nY: b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\x85\r\nY: b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
    b"<html>\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 32_000 + b"\r\n\r\n",
]


def record(fields, block=b"", file="a.warc.gz"):
    return Record(file, 7, 100, tuple(fields.items()), block)


def pair(**also):
    fields = {"WARC-Type": "response", "WARC-Record-ID": "<a>", "WARC-Date": "2026-11-22T10:00:00Z"}
    request = record({"WARC-Type": "request", "WARC-Concurrent-To": "<a>"}, b"GET / HTTP/1.1\r\n\r\n")
    return record({**fields, **also}, HEAD + b"hello"), request


def test_digest_is_that_of_the_pieces_in_a_row():
    """Law: a digest is "sha1:" and the base32 of SHA-1, however the bytes are cut.  Source: WARC 1.1, annex C.1."""
    named = "sha1:" + base64.b32encode(hashlib.sha1(b"hello").digest()).decode()

    assert (
        digest(b"hello") == digest(b"he", b"", memoryview(b"llo")) == named == "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"
    )


@given(st.lists(st.tuples(st.from_regex(r"[A-Za-z-]{1,9}", fullmatch=True), st.text()), max_size=6))
def test_no_value_breaks_out_of_its_line(fields):
    """Law: any text as a value makes exactly one line; read again it is itself, line breaks as blanks."""
    block = warc_fields(tuple(fields))
    expected = [(n, re.sub("[\r\n]+", " ", v).encode(errors="replace").decode().strip(" \t")) for n, v in fields]

    assert block.count(b"\n") == block.count(b"\r") == len(fields)
    assert list(parse_fields(block)) == expected


@given(st.binary())
def test_any_bytes_are_read_as_fields(text):
    """Law: reading fields never fails, and reads one a line at most."""
    assert len(parse_fields(text)) <= text.count(b"\r\n") + 1


@pytest.mark.parametrize("hostile", ["a\r\nWARC-Type: x", "a\nb: c", "a\r\n\r\nb", "a\rb"])
def test_no_exchange_adds_a_field(hostile):
    """Law: line breaks in a URL, an address or a protocol add no field to a record's header."""
    for fields_of in (partial(response_fields, named=""), request_fields):
        good, bad = (
            parse_fields(warc_fields(fields_of(Exchange(v, NOW, b"", HEAD, b"", v, (v,), None), v)))
            for v in ("a", hostile)
        )
        assert [name for name, _ in good] == [name for name, _ in bad]


@given(
    st.lists(
        st.sampled_from(
            [
                b"Transfer-Encoding",
                b"tRANSFER-eNCODING",
                b"X",
                b"X-Transfer-Encoding",
                b":",
                b" ",
                b"\t",
                b"chunked",
                b"\r\n",
                b"\n",
                b"\xe4",
            ]
        )
    )
)
def test_only_transfer_encoding_is_renamed(tokens):
    """Law: of a stored head only the name Transfer-Encoding at the start of a line differs, whatever its case."""
    head = b"".join(tokens)
    renamed = re.compile(rb"(?i)transfer-encoding\s*:")
    lines = [b"X-Archive-Orig-" + line if renamed.match(line) else line for line in head.split(b"\n")]

    assert stored_head(head) == b"\n".join(lines)
    assert stored_head(stored_head(head)) == stored_head(head)


@pytest.mark.parametrize(("head", "plain"), [(h, True) for h in PLAIN] + [(h, False) for h in NOT_PLAIN])
def test_payload_digest_is_named_where_every_reader_makes_the_same(head, plain):
    """Law: a response record names its payload digest if and only if its head is plain; a check asks for just that."""
    exchange = Exchange("https://a/", NOW, b"", head, b"", None, (), None)
    fields = dict(response_fields(exchange, "<i>", payload(exchange)))

    assert is_plain(head) is is_plain(stored_head(head)) is plain
    assert fields.get("WARC-Payload-Digest") == (digest(b"") if plain else None)
    assert ("WARC-Payload-Digest" in digests_of(record({"WARC-Type": "response"}, head))) is plain


def test_digests_a_record_must_bear():
    """Law: every record bears a block digest; a response one of its entity body, too."""
    assert digests_of(record({"WARC-Type": "metadata"}, b"x: y")) == {"WARC-Block-Digest": digest(b"x: y")}
    made = digests_of(record({"WARC-Type": "response"}, memoryview(HEAD + b"hello")))
    assert made == {"WARC-Block-Digest": digest(HEAD, b"hello"), "WARC-Payload-Digest": digest(b"hello")}


@given(st.binary())
def test_block_is_split_without_loss(block):
    """Law: head and entity body of any block are the block, and a block without the end of a head is all head."""
    head, body = entity(record({}, block))

    assert head + bytes(body) == block
    assert not body or re.search(rb"\r?\n\r?\n\Z", head)


def test_mandatory_fields_come_first():
    """Law: type, id and date stand first; the date is UTC in whole seconds, whatever zone it is given in."""
    fields = head_fields("response", "<a>", datetime.fromisoformat("2026-11-22T18:00:00.9+08:00"), (("X", "y"),))

    assert fields == (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<a>"),
        ("WARC-Date", "2026-11-22T10:00:00Z"),
        ("X", "y"),
    )


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00", "2026-11-22T18:00:00+08:00", "2026-11-22T10:00:00.000000000Z"],
)
def test_date_is_read_as_utc(text):
    """Law: a WARC-Date is UTC, also where it does not say so.  Source: WARC 1.1, 5.4."""
    assert record({"warc-date": text}).date == NOW
    assert record({"WARC-Date": text}).date.utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize("text", ["", "yesterday", "0001-01-01T00:00:00+23:00", "2026-13-01T00:00:00Z"])
def test_bad_date_is_a_bad_record(text):
    """Law: a date that cannot be read is BadRecord, which names the file and the offset."""
    with pytest.raises(BadRecord, match=r"^a.warc.gz at offset 7: WARC-Date is no date"):
        _ = record({"WARC-Date": text}).date


@given(st.text())
def test_any_text_is_a_date_or_a_bad_record(text):
    """Law: no text in WARC-Date raises anything else."""
    with suppress(BadRecord):
        assert record({"WARC-Date": text}).date.tzinfo


def test_pair_is_an_exchange():
    """Law: the records of a pair hold all of its exchange."""
    response, request = pair(**{"WARC-Target-URI": "https://a/", "WARC-IP-Address": "::1", "WARC-Truncated": "time"})
    exchange = Exchange("https://a/", NOW, b"GET / HTTP/1.1\r\n\r\n", HEAD, b"hello", "::1", (), "time")

    assert exchange_of(response, request) == exchange


@pytest.mark.parametrize("other", [{"WARC-Type": "request"}, {"WARC-Record-ID": "<b>"}, {"WARC-Date": ""}])
def test_strangers_are_no_pair(other):
    """Law: only a response and the request that names it are a pair."""
    with pytest.raises(BadRecord):
        exchange_of(*pair(**other))


def test_ids_differ():
    """Law: every record has an id of its own, a UUID in angle brackets."""
    ids = {new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", i) for i in ids)
