"""Laws of the table of header fields: each row is obeyed, on every type of record, whatever else is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.finding import STANDARD
from archive.records import record, rules
from archive.records.digest import digest
from archive.records.record import Record
from archive.records.rules import FIELDS, TYPES

ID = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
VALUES = {
    "WARC-Record-ID": ID,
    "WARC-Date": "2026-11-01T00:00:02Z",
    "WARC-Concurrent-To": ID,
    "WARC-Payload-Digest": digest(b"body"),
    "WARC-IP-Address": "2001:db8::1",
    "WARC-Refers-To": ID,
    "WARC-Refers-To-Target-URI": "https://www.rfi.fr/cn/%E5%9B%BD%E9%99%85/?a=b|c",
    "WARC-Refers-To-Date": "2026-10-31T23:59:59Z",
    "WARC-Target-URI": "http://cn.rfi.fr/rss",
    "WARC-Truncated": "length",
    "WARC-Warcinfo-ID": ID,
    "WARC-Filename": "rfi_cn-20261101000005000-00000-x-12345678.warc.gz",
    "WARC-Profile": record.SAME_PAYLOAD,
    "WARC-Identified-Payload-Type": 'text/html; charset="utf-8"',
    "WARC-Segment-Number": "1",
    "WARC-Segment-Origin-ID": ID,
    "WARC-Segment-Total-Length": "1",
    "WARC-Protocol": "tls/1.3",
}
"""A value that has the form of each field."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
INFO = tuple((name, "x") for name in sorted(rules.INFO))
BLOCKS = {
    "warcinfo": (record.FIELDS_TYPE, record.warc_fields(INFO)),
    "metadata": (record.FIELDS_TYPE, b"a: b\r\n"),
    "request": ("application/http;msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
    "response": ("application/http;msgtype=response", HEAD + b"body"),
    "revisit": ("application/http;msgtype=response", HEAD),
}


def good(kind):
    """A record of a type with all fields that it must have."""
    content, block = BLOCKS[kind]
    made = {"WARC-Type": kind, "Content-Type": content, "Content-Length": str(len(block))}
    made["WARC-Block-Digest"] = digest(block)
    asked = [field.name for field in FIELDS if kind in field.required or (kind, field.name) == PAYLOAD]
    return Record("a.warc.gz", 7, 1, tuple((name, (VALUES | made)[name]) for name in asked), block)


PAYLOAD = "response", "WARC-Payload-Digest"
"""Not asked for by the table: some heads have none."""


def wrong(one, fields):
    """The rules that a record breaks with other fields."""
    return {found.rule for found in rules.broken(Record(one.file, one.offset, one.length, tuple(fields), one.block))}


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_record_with_all_that_it_must_have(kind):
    """Law: nothing is wrong with it; names may be written in any case, and unknown fields are passed over."""
    one = good(kind)
    assert wrong(one, one.fields) == set()
    assert wrong(one, [(name.lower(), value) for name, value in one.fields]) == set()
    assert wrong(one, [*one.fields, ("X-Mine", ""), ("WARC-JSON-Metadata", "{}")]) == set()


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])
def test_each_row_of_the_table(kind, field):
    """Law: a field is missed where it is required, told where it is forbidden, and neither where it is free."""
    one, rows = good(kind), [pair for pair in good(kind).fields if pair[0] != field.name]
    given, misplaced, once = rules.given(field.name), rules.misplaced(field.name), rules.once(field.name)
    value = one.get(field.name) or VALUES[field.name]

    if field.name != "WARC-Type":
        assert (given.name in wrong(one, rows)) == (kind in field.required)
        assert (misplaced.name in wrong(one, [*rows, (field.name, value)])) == (kind in field.forbidden)
    assert (once.name in wrong(one, [*rows, (field.name, value), (field.name.upper(), value)])) == (not field.many)
    assert rules.formed(field.name).name not in wrong(one, [*rows, (field.name, value)])
    for bad in ("", " ", "a b\x00", "<>", value + "\n", value + " x"):
        assert rules.formed(field.name).name in wrong(one, [*rows, (field.name, bad)])
    assert field.section.startswith("5.")
    assert given.source == f"{STANDARD}, {field.section}"


def test_a_record_without_a_type():
    """Law: what every record must have is missed on one of no type, or of one that is not ours, too."""
    one = good("metadata")
    everywhere = {rules.given(field.name).name for field in FIELDS if field.required == TYPES}
    assert wrong(one, []) >= everywhere
    assert wrong(one, [("WARC-Type", "resource")]) >= everywhere - {rules.given("WARC-Type").name}


def test_an_answer_that_was_cut():
    """Law: an answer may end in mid-line only if it says that it was cut; a head that readers differ on has no digest."""
    block = b"HTT"
    fields = dict(good("response").fields) | {"WARC-Block-Digest": digest(block), "Content-Length": "3"}
    one = Record("a.warc.gz", 7, 1, (), block)
    bare = {name: value for name, value in fields.items() if name != "WARC-Payload-Digest"}

    assert wrong(one, (bare | {"WARC-Truncated": "disconnect"}).items()) == set()
    assert wrong(one, bare.items()) == {rules.ANSWER.name}
    assert rules.PAYLOAD_DIGEST.name in wrong(one, fields.items())


@given(st.lists(st.tuples(st.sampled_from([*VALUES, "WARC-Type", "x"]) | st.text(), st.text())), st.binary())
def test_any_header_can_be_judged(fields, block):
    """Law: whatever a record says, what is wrong is told and nothing else happens."""
    for kind in (*TYPES, "", "resource"):
        found = list(rules.broken(Record("a.warc.gz", 7, 1, (("WARC-Type", kind), *fields), block)))
        assert found
        assert all(one.file == "warc/a.warc.gz" and one.offset == 7 and one.source for one in found)
