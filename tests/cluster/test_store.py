"""Laws of the store and of what reads from it: S3 as moto plays it, and a folder."""

import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import warc
from archive.errors import BadRecord, BadUsage, CannotWrite
from archive.files import cloud, reach
from archive.records.record import Place
from archive.warcs import holdings, salvage, shipping
from archive.warcs.writer import Writer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAME = "rfi_cn-20261101000000000-00000-host-00000000.warc.gz"
BYTES = random.Random(0).randbytes(300_000)


@pytest.fixture
def root(tmp_path):
    """An archive's folder."""
    for name in ("warc", "articles/2026/11", "lists", "cdxj"):
        (tmp_path / "here" / name).mkdir(parents=True)
    return tmp_path / "here"


def sealed(root):
    """A WARC file of three records, sealed; gives its path, its bytes and where its records are."""
    writer = Writer(root / "warc" / NAME, NOW, (("software", "x"),))
    for number in range(2):
        writer.metadata(NOW, (("number", str(number) * 50_000),))
    path = writer.close().rename(root / "warc" / NAME)
    return path, path.read_bytes(), [record.offset for record in warc.walk(path)]


@pytest.mark.usefixtures("store")
def test_what_is_sent_is_dropped_here_and_read_there(root):
    """Law: a sealed file that was sent is here no more, and reads as it did, whole and record by record."""
    path, content, offsets = sealed(root)

    assert shipping.warcs(root) == 1

    assert not path.exists()
    assert holdings.sealed(root / "warc") == [path]
    assert (reach.read(path), reach.size(path), reach.is_file(path)) == (content, len(content), True)
    assert reach.sha256(path) == hashlib.sha256(content).hexdigest()
    assert [record.offset for record in warc.walk(path)] == offsets
    assert warc.read_record(root / "warc", Place(NAME, offsets[2])).offset == offsets[2]
    assert shipping.warcs(root) == 0


def test_a_crash_between_sending_and_dropping_is_mended(store, root):
    """Law: a run that died when its file had been sent, and not dropped yet, leaves both; the next one drops its own."""
    path, content, _ = sealed(root)
    store.add(f"warc/{NAME}", path)

    assert shipping.warcs(root) == 1

    assert not path.exists()
    assert reach.read(path) == content


def test_no_file_takes_anothers_place(store, root):
    """Law: a sealed file never changes in the store: another of its name is refused, and stays here."""
    path, content, _ = sealed(root)
    store.put(f"warc/{NAME}", b"another's")

    with pytest.raises(CannotWrite, match=NAME):
        shipping.warcs(root)

    assert path.read_bytes() == content
    assert store.read(f"warc/{NAME}", 0, 100) == b"another's"


@pytest.mark.usefixtures("store")
def test_the_newest_version_of_an_article_is_there(root):
    """Law: an article file in the store is the one that was sent last; one that a dead run left on its way is sent, too."""
    path = root / "articles/2026/11/20261101-0123456789ab.md"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        shipping.article(path)
        assert reach.read(path) == content
    path.with_name(f".{path.name}.leaving").write_bytes(b"third")

    assert shipping.articles(root) == 1

    assert reach.read(path) == b"third"
    assert [*reach.names(root / "articles")] == [path]
    assert not [file for file in (root / "articles").rglob("*") if file.is_file()]


def test_lists_stay_and_are_there(store, root):
    """Law: what is made from the index stays here, and the store has the newest of it."""
    (root / "lists/rfi_cn.md").write_bytes(b"new")
    (root / "cdxj/a.cdxj").write_bytes(b"x")
    store.put("lists/rfi_cn.md", b"old")

    shipping.lists(root)

    assert {name: store.read(name, 0, 9) for folder in ("lists", "cdxj") for name, _ in store.names(folder)} == {
        "lists/rfi_cn.md": b"new",
        "cdxj/a.cdxj": b"x",
    }
    assert (root / "lists/rfi_cn.md").exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(BYTES) + 10), st.integers(1, 200_000)), min_size=1, max_size=6))
def test_a_range_is_what_the_file_has_there(store, asked):
    """Law: whatever stretches are read, in whatever order, they are what a local file would give."""
    store.put("warc/x", BYTES)

    with reach.opened(Path("/nowhere/warc/x")) as file:
        for start, length in asked:
            file.seek(start)
            assert file.read(length) == BYTES[start : start + length]


def test_ranges_are_few(store):
    """Law: one record is one short range; a whole file is few long ones, and never held whole."""
    asked = []
    store.put("warc/x", BYTES)

    class Counted(cloud.Store):
        def read(self, name, start, end):
            asked.append(end - start)
            return super().read(name, start, end)

    far = reach.Ranged(Counted(cloud.url()), "warc/x")
    assert far.read(100) == BYTES[:100]
    assert asked == [reach.FIRST]
    assert far.read() == BYTES[100:]
    assert asked == [reach.FIRST << number for number in range(3)]


def test_damage_there_is_found_as_here(store, root):
    """Law: behind a damaged record in the store reading goes on, as it would here."""
    path, content, offsets = sealed(root)
    damaged = bytearray(content)
    damaged[offsets[1] + 40] ^= 255
    path.unlink()
    store.put(f"warc/{NAME}", bytes(damaged))

    with pytest.raises(BadRecord):
        list(warc.walk(path))
    assert salvage.behind(path, offsets[1]) == offsets[2]
    assert salvage.behind(path, offsets[2]) is None


@pytest.mark.usefixtures("store")
def test_what_is_nowhere_is_told(root):
    """Law: a file that is neither here nor there is a bad record, as ever."""
    with pytest.raises(BadRecord, match="cannot be read"):
        warc.read_record(root / "warc", Place(NAME, 0))
    assert not reach.is_file(root / "warc" / NAME)
    assert holdings.sealed(root / "warc") == []


def test_a_store_is_named_right():
    """Law: an address that is no store's is wrong usage."""
    with pytest.raises(BadUsage, match="STORE_URL"):
        cloud.Store("ftp://x/y")
