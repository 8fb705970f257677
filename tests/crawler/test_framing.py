"""Laws of framing: where an answer ends does not depend on how it arrives, and is where its record ends."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.exchange import from_wire
from crawler.framing import LINE, Framing, Misframed

HEAD = b"HTTP/1.1 200 OK\r\nDate: Thu, 29 Oct 2026 10:00:00 GMT\r\n"
WHOLE = {
    "length": HEAD + b"Content-Length: 5\r\n\r\nhello",
    "length said twice": HEAD + b"Content-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello",
    "no body": HEAD + b"Content-Length: 0\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n",
    "trailers": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\nZ: 1\r\n\r\n",
    "line feeds alone": b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n",
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    + HEAD
    + b"Content-Length: 1\r\n\r\nx",
    "folded lines, and one without a colon": HEAD + b"X: a\r\n b\r\nodd\r\nContent-Length: 1\r\n\r\nx",
}
BROKEN = {
    "no status": b"<html>\n",
    "no number": b"HTTP/1.1 OK\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "a length below nothing": HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "another coding": HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
    "no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nhello\r\n",
    "a chunk too long": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
    "a size without end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * LINE,
}


def heard(data, *cuts):
    """A framing that heard these bytes, cut at these places."""
    framing, places = Framing(), sorted(cut % (len(data) + 1) for cut in cuts)
    for start, end in zip((0, *places), (*places, len(data)), strict=True):
        framing.hear(data[start:end])
    return framing


def recorded(data):
    """What a record makes of the same bytes."""
    now = datetime(2026, 10, 29, tzinfo=UTC)
    return from_wire(
        url="https://www.rfi.fr/", date=now, sent=b"GET", received=data, ip=None, protocols=(), failed="disconnect"
    )


@pytest.mark.parametrize("name", WHOLE)
@given(cuts=st.lists(st.integers(min_value=0), max_size=6))
def test_an_answer_ends_where_its_record_does(name, cuts):
    """Law: however an answer is cut into pieces, it is whole with its last byte, and its record is not cut."""
    data = WHOLE[name]

    framing = heard(data, *cuts)

    assert (framing.done, framing.surplus, framing.kept) == (True, False, True)
    assert recorded(data).truncated is None
    assert framing.head == recorded(data).head


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_is_not_whole_before(name):
    """Law: a byte less, and it is not whole; a byte more, and the connection is of no use."""
    data = WHOLE[name]

    assert not heard(data[:-1]).done
    assert (more := heard(data + b"H")).done
    assert more.surplus
    assert not more.kept
    assert (later := heard(data + b"H", len(data))).surplus
    assert not later.kept


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_framed_says_so(name):
    """Law: an answer whose end nobody can tell is given up at once, in one piece or byte by byte."""
    data = BROKEN[name]

    with pytest.raises(Misframed):
        heard(data)
    with pytest.raises(Misframed):
        heard(data, *range(len(data)))


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0), max_size=4))
def test_any_bytes(data, cuts):
    """Law: any bytes are an answer, the beginning of one, or Misframed; nothing else is raised."""
    for start in (b"", HEAD + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"):
        with suppress(Misframed):
            heard(start + data, *cuts).closed()


@pytest.mark.parametrize(
    ("data", "whole", "until_closed"),
    [
        (b"", False, False),
        (HEAD, False, False),
        (HEAD + b"\r\n", True, True),
        (HEAD + b"\r\nall of it", True, True),
        (HEAD + b"Content-Length: 5\r\n\r\nhell", False, False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", False, False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", True, False),
    ],
)
def test_the_end_of_the_connection(data, whole, until_closed):
    """Law: it ends an answer that says nothing of its length, and chunks whose last one is there; it cuts all others."""
    framing = heard(data)

    assert not framing.done
    assert (framing.closed(), framing.until_closed) == (whole, until_closed)


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
    ],
)
def test_a_connection_is_kept_if_the_answer_lets_it(head, kept):
    """Law: what says that it is the last, or speaks HTTP/1.0, ends its connection; a tunnel lasts whatever opened it."""
    framing, tunnel = heard(head + b"Content-Length: 0\r\n\r\n"), Framing(bodiless=True)
    tunnel.hear(head + b"\r\n")

    assert framing.kept is kept
    assert tunnel.kept


def test_an_answer_to_head_has_no_body():
    """Law: a length in an answer to HEAD is that of another answer."""
    framing = Framing(to_head=True)

    framing.hear(HEAD + b"Content-Length: 5\r\n\r\n")

    assert framing.done


def test_length():
    """Law: what is too long can be told at its head, and else as it comes; framing is not counted."""
    assert heard(HEAD + b"Content-Length: 500\r\n\r\n").length == 500
    assert heard(HEAD + b"\r\n123").length == 3
    assert heard(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n9\r\n12").length == 7
