"""Laws of the memory: what is written is read back; no bytes but ours are believed, and none make a run fail."""

import json
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.manners.guest import SLOWEST, Host
from archive.runs import memory
from archive.runs.memory import NAME, End, Memory

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
COUNTS = st.integers(0, 1 << 31)
WORDS = st.sampled_from(["", "HTTP 403", "a challenge"])
HOSTS = st.builds(Host, COUNTS, st.none() | TIMES, WORDS, st.floats(0, SLOWEST))
ENDS = st.builds(End, COUNTS, TIMES, COUNTS, COUNTS)
MEMORIES = st.builds(Memory, st.dictionaries(st.text(max_size=20), HOSTS), st.dictionaries(st.text(max_size=20), ENDS))
TIME = datetime(2026, 11, 23, 5, tzinfo=UTC)
ONE = Memory({"www.rfi.fr": Host(2, TIME, "HTTP 403", 5.0)}, {"rfi_cn": End(11, TIME, 3, 11)})


@given(MEMORIES)
def test_what_is_written_is_read_back(one):
    """Law: a memory survives its file, and the same memory is the same bytes."""
    assert memory.read(memory.write(one)) == one
    assert memory.write(memory.read(memory.write(one))) == memory.write(one)


def test_the_file_is_for_people_too(tmp_path):
    """Law: one file of JSON in the archive's root, times in UTC."""
    memory.save(tmp_path, ONE)

    assert memory.load(tmp_path) == ONE
    assert json.loads((tmp_path / NAME).read_text()) == {
        "version": 1,
        "hosts": {"www.rfi.fr": {"rests": 2, "until": "2026-11-23T05:00:00Z", "why": "HTTP 403", "delay": 5.0}},
        "ends": {"rfi_cn": {"code": 11, "since": "2026-11-23T05:00:00Z", "runs": 3, "told": 11}},
    }


def test_without_a_file_nothing_is_known(tmp_path, caplog):
    """Law: an archive that has no memory has an empty one, and that is nothing to warn of."""
    assert memory.load(tmp_path) == Memory()
    assert caplog.records == []


def test_a_cut_at_any_byte_is_found(tmp_path, caplog):
    """Law: a file cut anywhere is forgotten with one warning, never half-believed."""
    whole = memory.write(ONE).rstrip()
    for size in range(len(whole)):
        caplog.clear()
        (tmp_path / NAME).write_bytes(whole[:size])
        assert memory.load(tmp_path) == Memory()
        assert [record.levelno for record in caplog.records] == [logging.WARNING]


@given(st.integers(0, len(memory.write(ONE)) - 1), st.integers(0, 255))
def test_a_changed_byte_is_forgotten_or_read(at, byte):
    """Law: any byte for any other gives a memory or ValueError."""
    content = bytearray(memory.write(ONE))
    content[at] = byte
    believed_or_not(bytes(content))


@given(st.binary())
def test_garbage_is_forgotten(content):
    """Law: any bytes give a memory or ValueError."""
    believed_or_not(content)


def believed_or_not(content: bytes) -> None:
    """Read; whatever is believed could be written."""
    try:
        found = memory.read(content)
    except ValueError:
        return
    assert memory.read(memory.write(found)) == found


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("hosts", "rests", -1),
        ("hosts", "rests", 1.5),
        ("hosts", "rests", True),
        ("hosts", "rests", "3"),
        ("hosts", "rests", 10**400),
        ("hosts", "until", 17),
        ("hosts", "until", "tomorrow"),
        ("hosts", "until", "2026-11-23T05:00:00"),
        ("hosts", "until", "0001-01-01T00:00:00+23:59"),
        ("hosts", "why", None),
        ("hosts", "why", "a\nline"),
        ("hosts", "why", "\x1b[31m"),
        ("hosts", "why", "x" * 10_000),
        ("hosts", "delay", "5"),
        ("hosts", "delay", None),
        ("hosts", "delay", float("nan")),
        ("hosts", "delay", float("inf")),
        ("hosts", "delay", 10**400),
        ("ends", "code", None),
        ("ends", "since", None),
        ("ends", "runs", []),
        ("ends", "told", {}),
    ],
)
def test_hostile_values_are_forgotten(tmp_path, table, field, value):
    """Law: a value that we never write makes the whole file worth nothing."""
    told = json.loads(memory.write(ONE))
    next(iter(told[table].values()))[field] = value
    (tmp_path / NAME).write_text(json.dumps(told))

    assert memory.load(tmp_path) == Memory()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"hosts": {}}',
        b'{"hosts": [], "ends": {}}',
        b"[" * 100_000,
        b"\xff",
        b" " * (2 << 20),
    ],
    ids=range(9),
)
def test_what_is_no_memory_is_forgotten(tmp_path, content):
    """Law: what has not our tables is no memory, however it is nested or long."""
    (tmp_path / NAME).write_bytes(content)
    assert memory.load(tmp_path) == Memory()


def test_a_memory_that_cannot_be_opened_is_forgotten(tmp_path, caplog):
    """Law: where the file is something else, the run goes on without a memory, and says so."""
    (tmp_path / NAME).mkdir()

    assert memory.load(tmp_path) == Memory()
    assert "is forgotten" in caplog.text


def test_delays_are_bounded_and_later_keys_passed_over():
    """Law: no file makes us wait longer than a robots.txt could, and one of a later version is read."""
    told = json.loads(memory.write(ONE))
    told["hosts"]["www.rfi.fr"] |= {"delay": 1e9, "colour": "red"}
    told["more"] = 1

    assert memory.read(json.dumps(told).encode()).hosts["www.rfi.fr"].delay == SLOWEST
