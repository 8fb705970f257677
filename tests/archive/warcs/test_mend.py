"""Laws of mending: wherever a file is cut, the whole pairs before the cut stay, the rest is kept aside, and it is said."""

import hashlib
import os
import random
import shutil
import signal
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from archive import warc
from archive.errors import CannotWrite
from archive.exchange import from_wire
from archive.index import NAME as INDEX
from archive.records.record import ANSWERS, digests_of, parse_fields
from archive.warcs import mend
from archive.warcs.seal import seal
from archive.warcs.writer import Writer
from tests.archive import archives
from tests.archive.archives import CN, FEED, START, died, dump, findings, keep, page, short

NAME = "rfi_cn-20261122100000000-00000-host-0123abcd.warc.gz"
OK = b"HTTP/1.1 200 OK\r\n"
MEMORY = Path("/dev/shm")
BODIES = [
    OK + b"Content-Length: 5\r\n\r\nhello",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    OK + b"Content-Le",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"\x16\x03\x01\r\n\r\nhello",
    OK + b"\r\n" + bytes(range(40)),
    OK + b"\r\n" + b"a" * 4000,
    b"HTTP/1.1 404 Not Found\r\n\r\ngone",
]


def taken(received):
    return from_wire(url=FEED, date=START, sent=b"GET", received=received, ip=None, protocols=(), failed=None)


@pytest.fixture
def folder(tmp_path):
    """A folder in memory, if this machine has one: mending thousands of files would else be waiting for the disk."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        yield Path(made)


@pytest.fixture
def twenty(folder):
    """A left-open file of twenty records of every type: its path, its bytes, and behind which bytes it may end."""
    writer = Writer(folder / NAME, START, (("software", "test/1"),))
    left = folder / (NAME + warc.OPEN)
    for body in BODIES[:5]:
        writer.pair(taken(body))
    writer.metadata(START, (("fetch-failed", "TimeoutError"),), FEED)
    writer.pair(taken(BODIES[0]), next(record for record in warc.walk(left) if record.type in ANSWERS))
    for body in BODIES[5:]:
        writer.pair(taken(body))
    records = list(warc.walk(left))
    assert len(records) == 20
    assert {record.type for record in records} == {"warcinfo", "response", "request", "revisit", "metadata"}
    ends = [0, *(record.offset + record.length for record in records if record.type not in ANSWERS)]
    return left, left.read_bytes(), ends


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.slow
def test_a_file_cut_at_any_byte(twenty):
    """Law: mend keeps the whole pairs before a cut by hash, keeps the rest aside byte for byte, says so, and is done once."""
    left, data, ends = twenty
    for at in range(len(data) + 1):
        left.write_bytes(data[:at])
        end = max(end for end in ends if end <= at)
        named = mend.mend(left, START)
        aside = sorted((left.parent / "torn").glob("*"))
        assert b"".join(path.read_bytes() for path in aside) == data[end:at]
        for path in aside:
            path.unlink()
        if not end:
            assert (named, left.exists()) == (None, False)
            continue
        mended, records = left.read_bytes(), list(warc.walk(left))
        assert (named, sha256(mended[:end])) == (sha256(mended), sha256(data[:end]))
        assert all(digests_of(record).items() <= dict(record.fields).items() for record in records)
        added = [record for record in records if record.offset >= end]
        assert [record.type for record in added] == ["metadata"] * (end < at)
        if added:
            cut = dict(parse_fields(bytes(added[0].block)))
            assert cut["cut-sha256"] == sha256(data[end:at])
            assert (cut["cut-bytes"], cut["cut-kept-in"]) == (str(at - end), f"torn/{aside[0].name}")
        assert mend.last_whole_pair(left) == (len(mended), None)


def test_a_mended_file_is_mended_once(twenty):
    """Law: mending a mended file changes no byte and sets nothing aside."""
    left, data, ends = twenty
    left.write_bytes(data[: ends[4] + 40])
    named, mended = mend.mend(left, START), left.read_bytes()
    assert (mend.mend(left, START), left.read_bytes()) == (named, mended)
    assert len(list((left.parent / "torn").iterdir())) == 1


def test_mend_that_is_killed_is_mended(twenty):
    """Law: a kill inside mend, wherever its closing record has come, loses nothing set aside and leaves no cut untold."""
    left, data, ends = twenty
    torn = data[: ends[-1] - 40]
    left.write_bytes(torn)
    mend.mend(left, START)
    mended, end = left.read_bytes(), ends[-2]
    for at in range(end + 1, len(mended), 7):
        left.write_bytes(mended[:at] + torn[at:])
        assert mend.mend(left, START) == sha256(left.read_bytes())
        records = [record for record in warc.walk(left) if record.offset >= end]
        assert records
        for record in records:
            cut = dict(parse_fields(bytes(record.block)))
            assert sha256((left.parent / cut["cut-kept-in"]).read_bytes()) == cut["cut-sha256"]
        assert torn[end:] in {path.read_bytes() for path in (left.parent / "torn").iterdir()}


def test_a_torn_file_is_never_written_behind(twenty):
    """Law: no writer opens a file that is there, torn or whole, and none is given its name once it is sealed."""
    left, data, ends = twenty
    left.write_bytes(data[: ends[3] + 10])
    with pytest.raises(CannotWrite, match="exists"):
        Writer(left.with_name(NAME), START, ())
    assert left.read_bytes() == data[: ends[3] + 10]
    mend.mend(left, START)
    seal(left)
    before = left.with_name(NAME).read_bytes()
    with pytest.raises(CannotWrite, match="exists"):
        Writer(left.with_name(NAME), START, ())
    assert (left.with_name(NAME).read_bytes(), left.exists()) == (before, False)


def test_a_large_tail_takes_little_memory(tmp_path):
    """Law: a tail of many MB is kept aside in pieces."""
    noise = random.Random(7)
    writer = Writer(tmp_path / NAME, START, ())
    writer.pair(taken(OK + b"\r\n"))
    end = writer.size
    for _ in range(160):
        writer.pair(taken(OK + b"\r\n" + noise.randbytes(100_000)))
    left = tmp_path / (NAME + warc.OPEN)
    with left.open("r+b") as file:  # damage behind the first pair: all the rest is the tail
        file.seek(end)
        file.write(bytes(50))
        file.seek(0)
        tail = sha256(file.read()[end:])
    tracemalloc.start()
    mend.mend(left, START)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (aside,) = (tmp_path / "torn").iterdir()
    assert sha256(aside.read_bytes()) == tail
    assert peak < 4 << 20


# --- a cut inside an archive ---


def die_with(root, kept, recorded):
    """A run that archives some answers, records others, and dies."""
    archive = archives.open_archive(root)
    for exchange in kept:
        keep(archive, exchange)
    for exchange in recorded:
        archive.record(exchange)


def test_an_archive_cut_at_many_bytes(tmp_path):
    """Law: wherever a dead run's file is cut behind its last row, the next run takes in what is whole, and all agree."""
    root, cut = tmp_path / "dead", tmp_path / "cut"
    kept, recorded = [page(CN[0]), page(CN[1])], [page(CN[2]), short(1), page(CN[0]), short(2)]
    assert died(lambda: die_with(root, kept, recorded)) == -signal.SIGKILL
    (left,) = root.glob("warc/*.open")
    ends = [r.offset + r.length for r in warc.walk(left) if r.type == "request"]
    edges = {end + by for end in ends[2:] for by in (-1, 0, 1)} - {ends[-1] + 1}
    for at in {*range(ends[1], ends[-1], 701), *edges}:
        shutil.copytree(root, cut)
        with (cut / left.relative_to(root)).open("r+b") as file:
            file.truncate(at)
        archives.crawl(cut, [])
        assert findings(cut) == [], at
        pairs = sum(end <= at for end in ends)
        assert len(dump(cut / INDEX)["captures"]) == pairs, at
        shutil.rmtree(cut)
