"""Laws of the index: it keeps all or nothing, tells states truly, and fails in one clear line."""

import json
import os
import random
import shutil
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from archive.errors import ArchiveError, CannotWrite, NotFound
from archive.index import NAME, Index
from archive.rebuild import rebuild
from archive.urls import Kind
from tests.archive import archives
from tests.archive.archives import CN, FEED
from tests.archive.contract import Contract, article_url


class Files:
    """Indexes in files of SQLite."""

    def __init__(self, folder):
        self._folder, self._names = folder, count()

    def name(self):
        return f"{next(self._names)}.sqlite"

    def opened(self, name, *, create=False):
        return Index(self._folder / name, create=create)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("indexes"))


class TestContract(Contract):
    """An index in a file keeps the laws of an index."""


@pytest.fixture
def index(tmp_path):
    with_tables = Index(tmp_path / NAME, create=True)
    yield with_tables
    with_tables.close()


# What cannot be used


def test_no_index(tmp_path):
    """Law: a reader makes no index."""
    with pytest.raises(NotFound, match="rebuild"):
        Index(tmp_path / NAME)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database, but a text\n" * 50, b"SQLite format 3\0", b"\0" * 5000])
@pytest.mark.parametrize("create", [True, False])
def test_what_is_no_index_is_refused(tmp_path, content, create):
    """Law: a file that is no index gives one clear line, for readers and writers."""
    (tmp_path / NAME).write_bytes(content)
    refused = pytest.raises(CannotWrite, match=r"^the index .* cannot be used .*rebuild`$")
    with refused, closing(Index(tmp_path / NAME, create=create)) as index:
        index.counts()
    assert (tmp_path / NAME).read_bytes() == content


def test_an_index_whose_maker_died_early_is_made(tmp_path):
    """Law: a file without a table is no obstacle to the next writer, and a reader adds none."""
    (tmp_path / NAME).touch()
    reader = Index(tmp_path / NAME)
    with pytest.raises(CannotWrite):
        reader.counts()
    reader.close()
    assert (tmp_path / NAME).stat().st_size == 0
    archives.died(lambda: Index(tmp_path / NAME, create=True)._db.execute("pragma application_id = 0"))
    Index(tmp_path / NAME, create=True).close()
    index = Index(tmp_path / NAME)
    assert index.capture_count() == 0
    index.close()


def read_all(index: Index, warc: str) -> None:
    """Read by every way there is."""
    index.known([article.url for article in CN])
    for kind in Kind:
        list(index.open_urls(kind))
    index.validators(FEED)
    index.filed(url=CN[0].url)
    index.filed(path="articles/x")
    list(index.articles())
    list(index.articles(edition="cn", newest=300))
    index.offsets(warc)
    list(index.captured(warc))
    index.warcs()
    index.capture_count()
    list(index.flaws())
    list(index.uneven())
    json.dumps(index.counts())


def test_a_damaged_index_gives_values_or_one_clear_line(tmp_path):
    """Law: wherever bytes of an index are damaged, reading gives values or an ArchiveError, nothing else."""
    root = archives.varied(tmp_path / "good")
    good, damaged, rng = (root / NAME).read_bytes(), tmp_path / NAME, random.Random(1)
    warc = next((root / "warc").glob("*.gz")).name
    lines: list[int] = []
    for _ in range(300):
        data, at = bytearray(good), rng.randrange(len(good))
        data[at : at + 16] = rng.randbytes(16)
        damaged.write_bytes(data)
        index = None
        try:
            index = Index(damaged)
            read_all(index, warc)
        except ArchiveError as error:
            lines.append(str(error).count("\n"))
        if index:
            index.close()
    assert len(lines) > 10
    assert set(lines) == {0}


def test_a_full_disk_leaves_the_index_as_it_was(index):
    """Law: when SQLite gives a transaction up by itself, the error is clear and the next one works."""
    with index:
        index.list_urls([(article_url(0), 0)])
    limit = index._db.execute("pragma page_count").fetchone()[0]
    index._db.execute(f"pragma max_page_count = {limit}")
    with pytest.raises(CannotWrite, match="full"), index:
        index.list_urls((article_url(number), number) for number in range(5000))
    index._db.execute("pragma max_page_count = 100000")
    assert len(index.known(map(article_url, range(5000)))) == 1
    with index:
        index.list_urls([(article_url(1), 0)])
    assert len(index.known(map(article_url, range(5000)))) == 2


def test_a_second_writer_waits_and_is_told(index):
    """Law: a writer that cannot begin says so in one line, and changes nothing."""
    other = Index(index.path, create=True)
    other._db.execute("pragma busy_timeout = 1")
    with index, pytest.raises(CannotWrite, match="locked"), other:
        other.list_urls([(article_url(2), 2)])
    with other:
        other.list_urls([(article_url(3), 3)])
    other.close()
    assert set(index.known(map(article_url, range(5)))) == {article_url(3)}


@pytest.mark.skipif(os.getuid() != 0, reason="gives up root's rights to try it")
def test_an_archive_that_may_only_be_read(tmp_path):
    """Law: an index in a folder without the right to write, as on a read-only disk, can be read."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        shutil.copy(archives.crawl(tmp_path, [archives.page(CN[0])]) / NAME, folder / NAME)
        (folder / NAME).chmod(0o444)
        folder.chmod(0o555)

        def read() -> None:
            os.setuid(65534)
            os._exit(0 if Index(folder / NAME).capture_count() == 1 else 1)

        assert archives.died(read) == 0
        assert [path.name for path in folder.iterdir()] == [NAME]
    finally:
        shutil.rmtree(folder)


def test_an_index_of_another_version_is_refused(tmp_path):
    """Law: tables that this code does not know are neither read nor written; a rebuild makes those it knows."""
    archives.crawl(tmp_path, [archives.page(CN[0])])
    archives.edit(tmp_path, "pragma user_version = 1")

    for create in (False, True):
        with pytest.raises(CannotWrite, match=r"version 1, not .*rebuild"):
            Index(tmp_path / NAME, create=create)
    rebuild(tmp_path, archives.CLOCK(), lambda _: None)
    assert archives.findings(tmp_path) == []
