"""Laws of exchanges: the head byte for byte, the body with its transfer coding undone, never an exception."""

import gzip
import re
import tracemalloc
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import brotli
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from archive.errors import BadAnswer
from archive.exchange import CONTENT_LIMIT, MAX_RATIO_FREE, Exchange, content, from_wire, header_values

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
GET = b"GET /cn/ HTTP/1.1\r\nHost: www.rfi.fr\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def taken(received, sent=GET, failed=None):
    return from_wire(
        url="https://www.rfi.fr/cn/", date=NOW, sent=sent, received=received, ip=None, protocols=(), failed=failed
    )


def gzipped(data):
    """Bytes that are the same whenever the tests are collected."""
    return gzip.compress(data, mtime=0)


def coded(coding, body, **also):
    head = OK + f"Content-Encoding: {coding}\r\n".encode() + b"\r\n"
    return Exchange("https://www.rfi.fr/cn/", NOW, GET, head, body, None, (), None, **also)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zeros(count):
    """That many zeros, gzipped, without ever holding them."""
    packer, block = zlib.compressobj(wbits=31), bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(count >> 20)) + packer.flush()


@st.composite
def framed(draw):
    """A body, one of its chunkings, and how many bytes of that it takes to be whole."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
    out = bytearray()
    for chunk in [*chunks, b""]:
        size = draw(st.sampled_from(["{:x}", "{:X}", "00{:x}", "0000000000000000000{:x}", "{:x} "])).format(len(chunk))
        extension = draw(st.sampled_from([b"", b";a=1", b' ; name="va;l\tue"', b";ieof"]))
        out += size.encode() + extension + b"\r\n" + chunk
        out += b"\r\n" if chunk else b""
    trailers = draw(st.sampled_from([b"", b"X-Sum: 1\r\n", b"A: b\r\nC: d\r\n"]))
    return b"".join(chunks), bytes(out), trailers + b"\r\n"


@pytest.mark.parametrize(
    "early", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2]
)
@pytest.mark.parametrize(
    "head",
    [
        OK + b"sErVer:  a \r\nX: 1\r\nX: 2\r\n\r\n",
        "HTTP/1.1 200 好\r\nX-Title: 中国\r\n\r\n".encode(),
        b"HTTP/1.0 404\nX: \xe9\xff\n\n",
        OK + b"X: a\r\n folded\r\nno colon\r\n: nameless\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
    ],
)
def test_head_is_kept_byte_for_byte(early, head):
    """Law: the head of the final answer is kept as it came; 1xx heads before it are left out, 101 is final."""
    exchange = taken(early + head + b"body")

    assert (exchange.head, exchange.body) == (head, b"body")


def test_only_early_heads_are_no_answer():
    """Law: an answer that ends behind a 1xx head is cut before its head."""
    assert (taken(b"HTTP/1.1 100 Continue\r\n\r\n").head, taken(b"HTTP/1.1 100 Continue\r\n\r\n").truncated) == (
        b"",
        "disconnect",
    )


@given(framed())
@example((b"hello", b"0000000000000005\r\nhello\r\n0\r\n", b"\r\n"))  # more digits than once were read
def test_any_chunking_of_any_body_is_undone(case):
    """Law: a body is the same however it was chunked, with extensions, trailers and odd hex; and it is whole."""
    body, frames, end = case
    exchange = taken(CHUNKED + frames + end, failed="disconnect")

    assert (bytes(exchange.body), exchange.truncated, exchange.head) == (body, None, CHUNKED)


@given(framed())
def test_chunked_answer_cut_at_any_byte_is_known_to_be_cut(case):
    """Law: until the last chunk's line is there the answer is truncated, and what came is a prefix of the body."""
    body, frames, end = case
    answer = CHUNKED + frames + end
    for at in range(len(CHUNKED + frames)):
        exchange = taken(answer[:at])
        assert exchange.truncated == "disconnect", at
        assert body.startswith(bytes(exchange.body)), at
    assert taken(CHUNKED + frames).truncated is None


@given(st.binary(max_size=60))
def test_sized_answer_cut_at_any_byte_is_known_to_be_cut(body):
    """Law: with Content-Length, an answer is truncated until the last byte of the body is there, and what came is kept."""
    head = OK + b"Content-Length: %d\r\n\r\n" % len(body)
    answer = head + body
    for at in range(len(answer)):
        exchange = taken(answer[:at])
        assert exchange.truncated == "disconnect"
        assert exchange.head + exchange.body == answer[:at]
    assert (taken(answer).truncated, taken(answer + b"more").body) == (None, body)


@pytest.mark.parametrize("reason", ["length", "time", "disconnect", "unspecified"])
@pytest.mark.parametrize("cut", [CHUNKED + b"5\r\nhel", OK + b"Content-Length: 5\r\n\r\nhel", OK + b"\r\nhel", OK])
def test_reason_of_a_cut_is_kept(reason, cut):
    """Law: a cut answer says why its download gave up."""
    assert taken(cut, failed=reason).truncated == reason


def test_only_the_end_of_the_connection_ends_an_unframed_answer():
    """Law: without a frame, an answer is whole if and only if the download ended well."""
    assert (taken(OK + b"\r\nhel").truncated, taken(OK + b"\r\nhel").body) == (None, b"hel")
    assert taken(OK + b"\r\nhel", failed="time").truncated == "time"


@pytest.mark.parametrize(("rest", "truncated"), [(b"hello", None), (b"hello\r\n", None), (b"hello, you", "length")])
def test_more_than_the_length_says(rest, truncated):
    """Law: what goes on behind its Content-Length is not whole; an empty line behind it says nothing."""
    exchange = taken(OK + b"Content-Length: 5\r\n\r\n" + rest)

    assert (exchange.body, exchange.truncated) == (b"hello", truncated)


@pytest.mark.parametrize(
    ("sent", "head"),
    [
        (b"HEAD / HTTP/1.1\r\n\r\n", OK + b"Content-Length: 5\r\n\r\n"),
        (b"HEAD / HTTP/1.1\r\n\r\n", CHUNKED),
        (GET, b"HTTP/1.1 204 No Content\r\n\r\n"),
        (GET, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
    ],
)
def test_answers_without_a_body_are_whole(sent, head):
    """Law: HEAD, 204 and 304 have no body, whatever their head says."""
    exchange = taken(head, sent=sent, failed="disconnect")

    assert (exchange.head, exchange.body, exchange.truncated) == (head, b"", None)


@pytest.mark.parametrize(
    ("fields", "body", "truncated"),
    [
        ("Content-Length: 5\r\nContent-Length: 5", b"hello", "time"),
        ("Content-Length: 5, 5", b"hello", "time"),
        ("Content-Length: 5\r\ncontent-length : 3", b"hello, you", "time"),
        ("Content-Length: 0005", b"hello", "time"),
        ("Content-Length: -5", b"hello, you", "time"),
        ("Content-Length: +5", b"hello, you", "time"),
        ("Content-Length: ٥", b"hello, you", "time"),
        ("Content-Length:", b"hello, you", "time"),
        ("Content-Length: 99999999999999999999999999", b"hello, you", "time"),
        ("Content-Length: " + "9" * 4001, b"hello, you", "time"),
        ("Transfer-Encoding: identity\r\nContent-Length: 5", b"hello, you", "time"),
        ("Transfer-Encoding:\r\nContent-Length: 5", b"hello", "time"),
    ],
)
def test_what_frames_an_answer(fields, body, truncated):
    """Law: one good length counts; where lengths are bad or contradict each other, only the end of the connection does."""
    exchange = taken(OK + fields.encode() + b"\r\n\r\nhello, you", failed="time")

    assert (exchange.body, exchange.truncated) == (body, truncated)


@pytest.mark.parametrize(
    "field", ["Transfer-Encoding: gzip, chunked", "transfer-encoding : CHUNKED,", "Transfer-Encoding: \r\n chunked"]
)
def test_chunked_is_known_however_it_is_spelt(field):
    """Law: the last transfer coding frames the answer, whatever its case, and a length beside it does not count."""
    exchange = taken(OK + field.encode() + b"\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

    assert (exchange.body, exchange.truncated) == (b"hello", None)


def test_absurd_length_is_never_reached():
    """Law: a length beyond all bytes leaves the answer truncated, even if its download ended well."""
    for head in (OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", CHUNKED + b"f" * 30 + b"\r\n"):
        assert (taken(head + b"hello").body, taken(head + b"hello").truncated) == (b"hello", "disconnect")


@pytest.mark.parametrize(
    "frames", [b"5\r\nhelloX\r\n0\r\n\r\n", b"5\r\nhello\r\nfive\r\n0\r\n\r\n", b"5\r\nhello\r\n5 or so\r\n\r\n"]
)
def test_broken_frame_ends_the_body(frames):
    """Law: what stands behind a broken frame is no body, and the answer is truncated."""
    assert (taken(CHUNKED + frames).body, taken(CHUNKED + frames).truncated) == (b"hello", "disconnect")


@pytest.mark.parametrize(
    "secret",
    [
        b"Proxy-Authorization: Basic c2VjcmV0\r\n",
        b"pROXY-aUTHORIZATION:Basic c2VjcmV0\r\n",
        b"Proxy-Authorization : Basic c2VjcmV0\r\n",
        b"Proxy-Authorization: Basic\r\n c2VjcmV0\r\n\tc2VjcmV0\r\n",
        b"Proxy-Authorization: Basic c2VjcmV0\n",
        b"Proxy-Authorization: a\r\nProxy-Authorization: c2VjcmV0\r\n",
    ],
)
def test_proxy_password_is_never_kept(secret):
    """Law: nothing of Proxy-Authorization is kept, wherever the request was cut; all else is."""
    start, end = b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-Proxy-Authorization: stays\r\n\r\n"
    sent = start + secret + end

    assert taken(OK, sent=sent).request == start + end
    for at in range(len(start) + len(b"Proxy-Authorization :"), len(sent)):
        assert not re.search(b"(?i)c2V|Basic", taken(OK, sent=sent[:at]).request)


@given(st.binary(), st.binary(), st.sampled_from([None, "time"]))
@example(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", GET, None)
@example(CHUNKED + b"f" * 5000 + b"\r\nabc", GET, None)
@example(b"HTTP/1.1 200\r\nContent-Encoding: gzip, deflate, br, \xff\r\n\r\n", GET, None)
def test_any_bytes_are_an_exchange(received, sent, failed):
    """Law: whatever came, and in whatever buffer, it is an Exchange, and its content is bytes or BadAnswer."""
    exchange = taken(received, sent, failed)

    assert received.endswith(exchange.head + exchange.body) or b"chunked" in received.lower() or exchange.status
    assert exchange == taken(memoryview(received), sent, failed)
    assert 0 <= exchange.status <= 999
    with suppress(BadAnswer):
        assert isinstance(content(exchange), bytes)


@pytest.mark.parametrize(
    ("head", "status"),
    [(OK, 200), (b"HTTP/2 404\r\n", 404), (b"HTTP/1.1 2000 OK\r\n", 0), (b"", 0), (b"ICY 200 OK\r\n", 0)],
)
def test_status(head, status):
    """Law: a status is three digits behind HTTP/ and a version, else 0."""
    assert taken(head).status == status


def test_headers_are_read_as_they_stand():
    """Law: every value in order, names without case, folds joined, bytes as Latin-1; the last one wins."""
    head = OK + "X: 中\r\nx :  b\r\n\tc \r\nXX: d\r\nno colon\r\n\r\n".encode()

    assert header_values(head, "X") == ["中".encode().decode("latin-1"), "b c"]
    assert (taken(head).header("x"), taken(head).header("y")) == ("b c", None)


@given(st.binary(), st.binary())
def test_content_codings_are_undone(one, two):
    """Law: gzip of any member count, deflate in both its forms, stacked codings and none give back the content."""
    assert content(coded("gzip", gzipped(one))) == one
    assert content(coded("X-GZip", gzipped(one) + gzipped(two))) == one + two
    assert content(coded("deflate", zlib.compress(one))) == one
    assert content(coded("deflate", raw_deflate(one))) == one
    assert content(coded("br", brotli.compress(one))) == one
    assert content(coded("zstd", zstandard.compress(one) + b"P*M\x18\1\0\0\0x" + zstandard.compress(two))) == one + two
    assert content(coded("zstd", zstandard.compress(one) + b"junk")) == one
    assert content(coded("br, zstd", zstandard.compress(brotli.compress(one)))) == one
    assert content(coded("deflate, gzip", gzipped(zlib.compress(one)))) == one
    assert content(coded("gzip\r\nContent-Encoding: gzip", gzipped(gzipped(one)))) == one
    assert content(coded("identity, ,", one)) == content(taken(OK + b"\r\n" + one)) == one


@pytest.mark.parametrize("junk", [b"\0" * 512, b"junk", b"\x1f", b"\0\x1f\x8b"])
def test_junk_behind_a_gzip_member_is_no_content(junk):
    """Law: padding or junk behind the last member is left out.  Source: RFC 1952, 2.2."""
    assert content(coded("gzip", gzipped(b"hello") + junk)) == b"hello"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzipped(b"hello" * 40)),
        ("deflate", zlib.compress(b"hello" * 40)),
        ("deflate", raw_deflate(b"hello" * 40)),
        ("br", brotli.compress(b"hello" * 40)),
        ("zstd", zstandard.compress(b"hello" * 40)),
        ("zstd", zstandard.ZstdCompressor(write_checksum=True, write_content_size=False).compress(b"hello" * 40)),
    ],
)
def test_content_cut_at_any_byte_is_refused(coding, packed):
    """Law: a coded body that is cut anywhere (but before its first byte) is refused, not read in part."""
    assert content(coded(coding, b"")) == b""
    for at in range(1, len(packed)):
        with pytest.raises(BadAnswer, match=r"ends early|broken"):
            content(coded(coding, packed[:at]))


@pytest.mark.parametrize("coding", ["compress", "dcb", "gzip, dcz", "中国", "x" * 500])
def test_unknown_coding_is_refused(coding):
    """Law: an unknown coding is refused in one line that names it and the URL."""
    with pytest.raises(BadAnswer, match=r"is not read: https://www.rfi.fr/cn/$"):
        content(coded(coding, b"hello"))


BOMBS = {
    "gzip": ("gzip", lambda: zeros(64 << 20)),
    "gzip, then none": ("gzip", lambda: zeros(64 << 20) + b"\xff" * (1 << 20)),
    "gzip in members": ("gzip", lambda: zeros(4 << 20) * 20),
    "deflate": ("deflate", lambda: zlib.compress(bytes(40 << 20))),
    "brotli": ("br", lambda: brotli.compress(bytes(64 << 20), quality=3)),
    "zstd": ("zstd", lambda: zstandard.compress(bytes(64 << 20))),
    "zstd of unknown size": (
        "zstd",
        lambda: zstandard.ZstdCompressor(write_content_size=False).compress(bytes(64 << 20)),
    ),
    "raw deflate": ("deflate", lambda: raw_deflate(bytes(40 << 20))),
    "gzip in gzip": ("gzip, gzip", lambda: gzipped(zeros(1 << 30))),
}
"""Coding, and what makes the bytes: only where the test runs, since every process of a run reads this file."""


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_in_bounded_memory(name):
    """Law: what opens to too much, in all or for its size, is refused before it is held."""
    coding, made = BOMBS[name]
    exchange = coded(coding, made())
    tracemalloc.start()
    with pytest.raises(BadAnswer, match="open to more than"):
        content(exchange)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 * CONTENT_LIMIT


def test_limits_are_exact():
    """Law: a body may open to the limit and not to a byte more, coded or plain."""
    assert len(content(coded("gzip", gzipped(bytes(1000))), limit=1000)) == 1000
    for exchange in (coded("gzip", gzipped(bytes(1001))), coded("identity", bytes(1001))):
        with pytest.raises(BadAnswer, match="more than"):
            content(exchange, limit=1000)
    assert len(content(coded("gzip", zeros(MAX_RATIO_FREE)))) == MAX_RATIO_FREE
    with pytest.raises(BadAnswer, match="open to more than"):
        content(coded("gzip", zeros(MAX_RATIO_FREE) + gzipped(b"!")))


def test_many_members_take_no_more_time_than_their_bytes():
    """Law: a body of ever so many empty members is read in one pass."""
    assert content(coded("gzip", gzipped(b"") * 50_000)) == b""
