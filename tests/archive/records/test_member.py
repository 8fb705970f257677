"""Laws of members: whatever is packed comes out of any gzip reader as it was; what is compressed already stays so."""

import gzip
import random
import subprocess
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import warc
from archive.records import member
from archive.warcs.writer import Writer
from tests.archive.archives import START, answer

NAME = "rfi_cn-20261101000000000-00000-host-0123abcd.warc.gz"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
TYPES = [
    *((kind, True) for kind in ("image/jpeg", "image/png", "image/webp", "font/woff2", "font/woff", "video/mp4")),
    *(
        (kind, False)
        for kind in ("image/svg+xml", "image/bmp", "text/css", "application/json", "font/ttf", "text/html")
    ),
]


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=300))
def test_stored_parts_are_read_as_any_other(head, packed):
    """Law: a member with a stored part is one gzip member that holds all of it and ends in END."""
    made = b"".join(member.stored(head, packed))

    assert gzip.decompress(made) == head + packed + member.END
    unzip = zlib.decompressobj(31)
    assert unzip.decompress(made + b"next") == head + packed + member.END
    assert (unzip.eof, unzip.unused_data) == (True, b"next")


@pytest.mark.parametrize("size", [1, 65_534, 65_535, 65_536, 131_070, 131_071, 200_000])
def test_stored_parts_of_any_length(tmp_path, size):
    """Law: where a part takes several blocks, gzip itself finds the member whole; it grows by little."""
    packed = random.Random(size).randbytes(size)
    (path := tmp_path / "a.gz").write_bytes(made := b"".join(member.stored(HEAD, memoryview(packed))))

    assert gzip.decompress(made) == HEAD + packed + member.END
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
    assert len(made) - size < 120


@pytest.mark.parametrize(("kind", "packed"), TYPES)
def test_what_is_compressed_already(kind, packed):
    """Law: a body is stored as it is if it was sent in a coding, or is of a kind that is compressed by itself."""
    assert member.is_packed(answer("https://s.rfi.fr/a", b"short", 200, kind)) is packed
    assert member.is_packed(answer("https://s.rfi.fr/a", b"long " * 100, 200, kind))
    assert member.is_packed(answer("https://s.rfi.fr/a", b"x", 200, kind, "Content-Encoding: identity")) is packed


def test_bodies_in_a_file(tmp_path):
    """Law: a compressed body stands in the file byte for byte, a plain one does not, and both are read back."""
    sent = [answer("https://s.rfi.fr/a", b"plain words " * number, 200, "text/plain") for number in (16, 600)]
    writer = Writer(tmp_path / NAME, START, ())
    for exchange in sent:
        writer.pair(exchange)
    writer.sync()
    left = writer.close()

    read = [record.block for record in warc.walk(left) if record.type == "response"]
    assert [exchange.body in left.read_bytes() for exchange in sent] == [False, True]
    assert read == [exchange.head + exchange.body for exchange in sent]
