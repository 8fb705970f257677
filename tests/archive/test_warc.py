"""Laws of WARC files: what is written is read back; what is torn, damaged or refused is known, and nothing else is lost."""

import base64
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import warc
from archive.errors import BadRecord, CannotWrite
from archive.exchange import Exchange, from_wire
from archive.files.spool import Spool
from archive.records.record import Place, digests_of, exchange_of, parse_fields
from archive.warcs.seal import seal
from archive.warcs.writer import Writer

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
NAME = "rfi_cn-20261122100000000-00000-host-0123abcd.warc.gz"
URL = "https://www.rfi.fr/cn/"
GET = b"GET /cn/ HTTP/1.1\r\nHost: www.rfi.fr\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
BIN = Path(sys.executable).parent


def gzipped(data):
    """Bytes that are the same whenever the tests are collected."""
    return gzip.compress(data, mtime=0)


ANSWERS = {
    "plain": OK + b"Content-Length: 5\r\n\r\nhello",
    "gzip": OK + b"Content-Encoding: gzip\r\n\r\n" + gzipped(b"hello" * 99),
    "chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunked gzip": OK
    + b"transfer-encoding : chunked\r\nContent-Encoding: gzip\r\n\r\n19\r\n"
    + gzipped(b"hello")
    + b"\r\n0\r\n\r\n",
    "chunked, cut": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "sized, cut": OK + b"Content-Length: 50\r\n\r\nhel",
    "gzip, cut": OK + b"Content-Encoding: gzip\r\nContent-Length: 50\r\n\r\n" + gzipped(b"hello")[:9],
    "no gzip": OK + b"Content-Encoding: gzip\r\n\r\nhello",
    "head cut in a line": OK + b"Content-Le",
    "head cut behind a line": OK + b"Content-Length: 5\r\n",
    "head cut in its end": OK + b"Content-Length: 5\r\n\r",
    "status line only": OK,
    "two bytes": b"HT",
    "only an early head": b"HTTP/1.1 100 Continue\r\n\r\n",
    "early head": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"\r\nhello",
    "no body": OK + b"Content-Length: 0\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "no header": OK + b"\r\nhello",
    "all bytes": bytes(range(256)) * 3,
    "TLS": b"\x16\x03\x01\r\n\r\nhello",
    "HTTP/0.9": b"<html>hello</html>",
    "line feeds": b"HTTP/1.1 200 OK\nA: b\n\nhello",
    "line feeds, body with the other": b"HTTP/1.1 200 OK\nA: b\n\nhe\r\n\r\nllo",
    "line feed, then the other": b"HTTP/1.1 200 OK\nA: b\n\r\nhello",
    "mixed": OK + b"A: b\n\r\nhe\r\n\r\nllo",
    "not ASCII": "HTTP/1.1 200 好\r\nX-Title: 中国\r\n\r\nhello".encode(),
    "Latin-1": b"HTTP/1.1 200 OK\r\nX-Title: \xe9\xff\x85\r\n\r\nhello",
    "no colon": OK + b"nonsense\r\n: nameless\r\n=\r\n\r\nhello",
    "folded": OK + b"X: a\r\n  b\r\n\tc\r\n\r\nhello",
    "folded around nothing": OK + b"X: a\r\n \r\nY: b\r\n\r\nhello",
    "blank line first": b"\r\n" + OK + b"A: b\r\n\r\nhello",
    "blank lines first": b"\r\n\r\n" + OK + b"A: b\r\n\r\nhello",
    "carriage returns": OK + b"X: a\rY: b\r\r\n\r\nhello",
    "nul": OK + b"X: a\0b\r\n\r\nhello",
    "long line": OK + b"X: " + b"x" * 200_000 + b"\r\n\r\nhello",
    "many lines": OK + b"X: x\r\n" * 20_000 + b"\r\nhello",
    "chunked without a status line": b"Transfer-Encoding: chunked\r\nX: y\r\n\r\nhello",
}
"""Answers as they come, and as they should not."""


def taken(received, failed=None):
    return from_wire(url=URL, date=NOW, sent=GET, received=received, ip="192.0.2.1", protocols=("http/1.1", "tls/1.3"), failed=failed)  # fmt: skip


def written(folder, exchanges, name=NAME):
    """Seal a file of these exchanges; its path, and the capture of each."""
    writer = Writer(folder / name, NOW, (("software", "test/1"),))
    captures = [writer.pair(exchange) for exchange in exchanges]
    seal(writer.close())
    return folder / name, captures


@pytest.fixture
def eight(tmp_path):
    """A left-open file of eight records of several kinds: its path, its bytes, and where its members end."""
    writer = Writer(tmp_path / NAME, NOW, (("software", "test/1"),))
    for answer in ("plain", "chunked, cut"):
        writer.pair(taken(ANSWERS[answer]))
    writer.metadata(NOW, (("fetch-failed", "TimeoutError"),), URL)
    writer.pair(taken(ANSWERS["head cut in a line"]))
    left = tmp_path / (NAME + warc.OPEN)
    return left, left.read_bytes(), [record.offset + record.length for record in warc.walk(left)]


def said(record):
    return record.fields, bytes(record.block)


def walked(path):
    """What the records of a file say, and what ends them before the file does."""
    found: list = []
    try:
        found.extend(said(record) for record in warc.walk(path))
    except BadRecord as error:
        return found, error
    return found, None


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def labelled(data):
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")).map(lambda text: text.strip(" \t"))
LINES = [
    OK,
    b"Transfer-Encoding: chunked\r\n",
    b"tRANSFER-eNCODING :a\n",
    b"X: \xe4\xb8\xad\r\n",
    b"Y\r\n",
    b"\r\n",
    b" ",
    b"\0",
]
HEADS = st.lists(st.sampled_from(LINES) | st.binary(max_size=9)).map(b"".join)
EXCHANGES = st.builds(
    lambda head, body, **also: replace(taken(head + b"\r\n\r\n" + body), **also),
    HEADS,
    st.binary(),
    request=st.binary(),
    url=TEXT,
    ip=st.sampled_from([None, "192.0.2.1", "2001:db8::1"]),
    protocols=st.lists(TEXT.filter(bool), max_size=3).map(tuple),
    truncated=st.sampled_from([None, "length", "time", "disconnect", "unspecified"]),
    date=st.integers(0, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)


@given(EXCHANGES)
@example(taken(OK + b"\r\n\r\n\r\nhello\r\n\r\n"))
def test_what_is_written_is_read_back(tmp_path_factory, exchange):
    """Law: any exchange is read back equal, but for the name Transfer-Encoding; offsets, lengths and digests are right."""
    path, captures = written(tmp_path_factory.mktemp("warc"), [exchange, exchange])

    renamed = re.compile(rb"(?i)transfer-encoding[ \t]*:")
    stored = b"\n".join(
        b"X-Archive-Orig-" + line if renamed.match(line) else line for line in exchange.head.split(b"\n")
    )
    for capture in captures:
        record, back = warc.read_pair(path.parent, Place(path.name, capture.offset))
        assert back == replace(exchange, head=stored)
        assert (capture.file, capture.length, capture.status) == (path.name, record.length, exchange.status)
        assert (capture.url, capture.date) == (exchange.url, exchange.date)
        assert capture.digest == record.get("WARC-Payload-Digest")
        assert capture.digest in ("", labelled(exchange.body))
        assert record.get("WARC-Block-Digest") == labelled(stored + bytes(exchange.body))
    for record in warc.walk(path):
        assert digests_of(record).items() <= dict(record.fields).items()


def test_file_is_records_of_one_member_each(eight):
    """Law: every record is one gzip member of its own at its offset; warcinfo comes first and names the sealed file."""
    left, data, ends = eight
    records = list(warc.walk(left))

    assert [r.type for r in records] == "warcinfo response request response request metadata response request".split()
    assert ([r.offset for r in records], len(data)) == ([0, *ends[:-1]], ends[-1])
    for record in records:
        opened = gzip.decompress(data[record.offset : record.offset + record.length])
        assert opened.startswith(b"WARC/1.1\r\nWARC-Type: ")
        assert opened.endswith(b"\r\n\r\n" + bytes(record.block) + b"\r\n\r\n")
        assert record.get("WARC-Warcinfo-ID") == (records[0].id if record is not records[0] else "")
        assert record.file == NAME
    assert records[0].get("warc-filename") == NAME
    assert parse_fields(bytes(records[0].block)) == (("software", "test/1"),)
    assert records[5].get("WARC-Target-URI") == URL
    assert (records[4].get("WARC-Concurrent-To"), records[3].get("WARC-Truncated")) == (records[3].id, "disconnect")


def test_sha256_is_that_of_the_file(tmp_path):
    """Law: size and SHA-256 of a writer are those of its file at any time, and sealing changes no byte."""
    writer, data = Writer(tmp_path / NAME, NOW, ()), b""
    for answer in ("plain", "gzip", "TLS"):
        writer.pair(taken(ANSWERS[answer]))
        data = (tmp_path / (NAME + warc.OPEN)).read_bytes()
        assert (writer.size, writer.sha256) == (len(data), sha256(data))
    seal(writer.close())

    assert (tmp_path / NAME).read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("there", ["open", "sealed"])
def test_file_that_is_there_is_never_written_to(tmp_path, there):
    """Law: a second writer of a name is refused, whether the first has sealed it or not, and changes no byte."""
    first = Writer(tmp_path / NAME, NOW, ())
    if there == "sealed":
        seal(first.close())
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    with pytest.raises(CannotWrite, match="exists"):
        Writer(tmp_path / NAME, NOW, ())

    assert ([*tmp_path.iterdir()], path.read_bytes()) == ([path], before)


def test_sealing_replaces_no_sealed_file(tmp_path):
    """Law: a file that bears the sealed name already is not replaced."""
    writer = Writer(tmp_path / NAME, NOW, ())
    (tmp_path / NAME).write_bytes(b"sealed")
    with pytest.raises(CannotWrite, match="exists"):
        seal(writer.close())

    assert (tmp_path / NAME).read_bytes() == b"sealed"


@pytest.mark.parametrize("host", ["host", "a.example.org", "a-b_c", "中国", "", "../../etc"])
def test_name_of_a_file(host):
    """Law: prefix, 17 digits of UTC, 5 of a serial, a host, something random; nothing in it is a path."""
    zone = datetime.fromisoformat("2026-11-22T18:00:00.123456+08:00")
    names = {warc.file_name("rfi_cn", zone, 7, host) for _ in range(50)}

    assert len(names) == 50
    assert all(re.fullmatch(r"rfi_cn-20261122100000123-00007-[A-Za-z0-9.]+-[0-9a-f]{8}\.warc\.gz", n) for n in names)
    assert not any("/" in n or ".." in n for n in names)


def test_files_sort_in_the_order_they_were_begun(tmp_path):
    """Law: sealed files are listed by time, then serial, whatever spider and host; open and strange ones apart."""
    names = [
        warc.file_name(("rfi_tw", "rfi_cn", "a")[i % 3], NOW + timedelta(milliseconds=i // 2), i, "zyx"[i % 3])
        for i in range(12)
    ]
    for name in [*random.Random(7).sample(names, 12), NAME + warc.OPEN]:
        (tmp_path / name).touch()

    assert [path.name for path in warc.sealed(tmp_path)] == names


@pytest.mark.parametrize("hostile", ["https://a/\r\nWARC-Type: evil", "https://a/\n\nGET", "a\r\n\r\n", "a\rb"])
def test_no_value_makes_another_field(tmp_path, hostile):
    """Law: line breaks in a URL, an address, a protocol or a warcinfo value add no field to any record."""
    writer = Writer(tmp_path / NAME, NOW, (("operator", hostile),))
    writer.pair(Exchange(hostile, NOW, GET, OK + b"\r\n", b"", hostile, (hostile,), None))
    writer.metadata(NOW, (("why", hostile),), hostile)
    seal(writer.close())

    records = list(warc.walk(tmp_path / NAME))
    flat = re.sub("[\r\n]+", " ", hostile).strip()
    assert [r.type for r in records] == ["warcinfo", "response", "request", "metadata"]
    assert all(len({n for n, _ in r.fields}) == len(r.fields) for r in records)
    assert {r.get("WARC-Target-URI") for r in records[1:]} == {flat}
    assert parse_fields(bytes(records[0].block)) == (("operator", flat),)


@pytest.mark.parametrize("offset", [1, 5, 10**9])
def test_wrong_offset_is_a_bad_record(eight, offset):
    """Law: only the offset of a response with its request behind it is a pair; the rest is BadRecord."""
    left, data, ends = eight
    for at in (offset, 0, len(data), len(data) - 1, *(e for i, e in enumerate(ends) if i not in (0, 2, 5))):
        with pytest.raises(BadRecord, match=re.escape(left.name.removesuffix(warc.OPEN))):
            warc.read_pair(left.parent, Place(left.name.removesuffix(warc.OPEN), at))
    for i in (0, 2, 5):
        assert warc.read_pair(left.parent, Place(left.name.removesuffix(warc.OPEN), ends[i]))[0].type == "response"


def test_missing_file_is_a_bad_record(tmp_path):
    """Law: a pair of a file that is not there is BadRecord."""
    with pytest.raises(BadRecord, match="No such file"):
        warc.read_pair(tmp_path, Place(NAME, 0))


@pytest.mark.parametrize("framed", [False, True])
def test_large_bodies_take_little_memory(tmp_path, framed):
    """Law: a body of 20 MB is taken, written, walked and hashed in a few MB."""
    spool, noise, whole = Spool(), random.Random(7), hashlib.sha1()
    spool.write(OK + (b"Transfer-Encoding: chunked\r\n\r\n" if framed else b"\r\n"))
    tracemalloc.start()
    for _ in range(320):
        block = noise.randbytes(1 << 16)
        whole.update(block)
        spool.write(b"10000\r\n" + block + b"\r\n" if framed else block)
    spool.write(b"0\r\n\r\n" if framed else b"")
    path, _ = written(tmp_path, [taken(spool.view())])
    response = [*warc.walk(path)][1]
    made, named = digests_of(response), dict(response.fields)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert made.items() <= named.items()
    assert made["WARC-Payload-Digest"] == "sha1:" + base64.b32encode(whole.digest()).decode()
    assert peak < 5 << 20


@pytest.mark.parametrize(
    "check",
    [[BIN / "warcio", "check"], [BIN / "fastwarc", "check", "-p"], ["gzip", "-t"]],
    ids=["warcio", "fastwarc", "gzip"],
)
@pytest.mark.parametrize("names", [["plain", "gzip", "chunked", "chunked gzip", "204"], ANSWERS], ids=["good", "odd"])
def test_readers_of_the_field_agree(tmp_path, check, names):
    """Law: whatever the site answered, the sealed file passes the validators of the field, apart and together."""
    path, _ = written(tmp_path, [taken(ANSWERS[name]) for name in names])
    done = subprocess.run([*check, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail" not in done.stdout.lower()

    if check[0] == BIN / "fastwarc":
        assert f"{1 + 2 * len(names)} records were verified successfully" in done.stdout


def test_good_answers_have_payload_digests(tmp_path):
    """Law: an ordinary answer's record, whole or cut in its body, names its payload digest."""
    path, captures = written(tmp_path, [taken(ANSWERS[n]) for n in ("plain", "chunked, cut", "not ASCII", "no body")])

    assert [c.digest for c in captures] == [labelled(b"hello"), labelled(b"hel"), labelled(b"hello"), labelled(b"")]
    assert len(list(warc.walk(path))) == 9


def test_file_cut_at_any_byte(eight):
    """Law: of a file cut anywhere, walk yields exactly the whole members, then BadRecord where the last of them ends."""
    left, data, ends = eight
    records = [said(record) for record in warc.walk(left)]
    for at in range(len(data) + 1):
        left.write_bytes(data[:at])
        whole = sum(end <= at for end in ends)
        found, problem = walked(left)
        assert found == records[:whole], at
        last = ends[whole - 1] if whole else 0
        assert (problem.offset if problem else at) == last, at
        assert (problem is None) == (at in (0, *ends)), at


def test_any_flipped_bit_is_found_or_changes_nothing(tmp_path):
    """Law: a flipped bit stops walk at its member, or no record differs by a byte: then the file's SHA-256 tells.

    The bits that change nothing are those of gzip's header that are for people (one flag, time, level, system),
    and in the stream padding, or another way to say the same bytes.  Source: RFC 1952, 2.3.1.
    """
    path, _ = written(tmp_path, [taken(ANSWERS["chunked"])])
    data, records = path.read_bytes(), list(warc.walk(path))
    harmless = set()
    for bit in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        whole = sum(record.offset + record.length <= bit // 8 for record in records)
        found, problem = walked(path)
        if problem:
            assert problem.offset == records[whole].offset
            assert found == [said(record) for record in records[:whole]]
        else:
            assert found == [said(record) for record in records]
            harmless.add(bit)

    heads = {8 * r.offset + bit for r in records for bit in range(80)}
    assert harmless & heads == {8 * r.offset + bit for r in records for bit in (24, *range(32, 80))}
    assert len(harmless - heads) < 16 * len(records)


FULL = """
import json, random, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from archive.errors import CannotWrite
from archive.exchange import Exchange
from archive.warcs.writer import Writer

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
said, pairs, writer = [], 0, None
for size in (int(sys.argv[2]), 10**9):
    limit(size)
    try:
        writer = writer or Writer(Path(sys.argv[1]), now, (("software", "test/1"),))
        for serial in range(5):
            body = random.Random(serial).randbytes(3000)
            writer.pair(Exchange("https://a/", now, b"GET", b"HTTP/1.1 200 OK\\r\\n\\r\\n", body, None, (), None))
            pairs += 1
    except CannotWrite as error:
        said.append((str(error), pairs, writer.size if writer else None))
print(json.dumps([said, pairs, writer.size, writer.sha256]))
"""


@pytest.mark.parametrize("limit", [0, 1, 100, 300, 400, 3000, 3600, 3700, 3900, 7000, 9999, 15_000])
def test_full_disk_leaves_whole_records(tmp_path, limit):
    """Law: where bytes are refused, CannotWrite is raised, the file ends in a whole pair, and writing can go on later."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / NAME, str(limit)], capture_output=True, text=True, check=True
    )
    refusals, pairs, size, digest = json.loads(done.stdout)
    ((message, before, kept),) = refusals
    data = (tmp_path / (NAME + warc.OPEN)).read_bytes()

    assert "file-size limit is reached" in message
    assert (pairs, len(data), sha256(data)) == (before + 5, size, digest)
    ends = [r.offset + r.length for r in warc.walk(tmp_path / (NAME + warc.OPEN))]
    assert len(ends) == 1 + 2 * pairs
    assert kept is None or kept in ends[::2]


def test_file_that_cannot_be_begun_leaves_nothing(tmp_path):
    """Law: where not even the warcinfo fits, or the folder is missing, no file is left."""
    ended = FULL.replace("10**9)", ")").replace("writer.size, writer.sha256", "0, 0")
    subprocess.run([sys.executable, "-c", ended, tmp_path / NAME, "100"], capture_output=True, check=True)
    with pytest.raises(CannotWrite, match="cannot write"):
        Writer(tmp_path / "missing" / NAME, NOW, ())
    with pytest.raises(CannotWrite, match="cannot write"):
        Writer(Path("/proc") / NAME, NOW, ())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"WARC/1.1\r\n\r\n",
        gzipped(b""),
        gzipped(b"hello"),
        gzipped(b"WARC/1.1\r\nContent-Length: 5\r\n\r\nhell\r\n\r\n"),
        gzipped(b"WARC/1.1\r\nContent-Length: 1\r\n\r\na\r\n"),
        gzipped(b"WARC/1.1\r\n\r\n\r\n\r\n"),
    ],
)
def test_what_is_no_record_is_a_bad_record(tmp_path, content):
    """Law: a file without a byte has no record; any other that is none is BadRecord at 0."""
    (tmp_path / NAME).write_bytes(content)
    if not content:
        assert list(warc.walk(tmp_path / NAME)) == []
        return
    with pytest.raises(BadRecord, match="at offset 0") as caught:
        next(warc.walk(tmp_path / NAME))
    assert caught.value.offset == 0


@given(st.binary())
def test_any_file_is_walked_or_bad(tmp_path_factory, content):
    """Law: any bytes, bare or in a gzip member, are records or BadRecord."""
    path = tmp_path_factory.mktemp("any") / NAME
    for data in (content, gzipped(content), gzipped(b"WARC/1.1\r\n" + content)):
        path.write_bytes(data)
        try:
            for record in warc.walk(path):
                exchange_of(record, record)
        except BadRecord as error:
            assert 0 <= error.offset <= len(data)  # noqa: PT017 - which of them raise is no part of the law
