"""Laws of the index in PostgreSQL: those of every index; and many writers leave what one would have left."""

import multiprocessing
import os
import random
import socket
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import chain, count

import psycopg
import pytest

from archive.doctor import doctor
from archive.engines.opening import open_index
from archive.engines.postgres import Postgres, put_in_place
from archive.errors import BadUsage, CannotWrite, Locked
from archive.index import NAME, Index
from archive.rebuild import rebuild
from tests.archive import archives, writers
from tests.archive.answers import answers
from tests.archive.archives import CLOCK
from tests.archive.contract import Contract, article_url


class Schemas:
    """Indexes in schemas of one database."""

    def __init__(self, url):
        self._url, self._names = url, count()

    def name(self):
        return f"index_{next(self._names)}"

    def opened(self, name, *, create=False):
        return Postgres(self._url, schema=name, create=create)


@pytest.fixture(scope="module")
def engine(server):
    return Schemas(server.database())


class TestContract(Contract):
    """An index in PostgreSQL keeps the laws of an index."""

    @pytest.fixture
    def root(self, server, tmp_path, monkeypatch):
        monkeypatch.setenv("INDEX_URL", server.database())
        return tmp_path / "archive"


# Many writers

WRITERS = 8
JOBS = 240


def rooted(folder, warc):
    """An archive of its own with the same records."""
    folder.mkdir()
    (folder / "warc").symlink_to(warc)
    return folder


@pytest.mark.slow
def test_many_writers_leave_what_one_would_have_left(server, tmp_path):
    """Law: what eight processes do at once to the same articles, in whatever turns, is as if one had done it all."""
    url, warc = server.database(), tmp_path / "archive" / "warc"
    work = writers.jobs(warc.parent, JOBS, random.Random(7))
    with psycopg.connect(url) as db:
        db.execute("create sequence turns")
    Postgres(url, create=True).close()

    with ProcessPoolExecutor(WRITERS, multiprocessing.get_context("spawn")) as pool:
        roots = [rooted(tmp_path / f"writer-{number}", warc) for number in range(WRITERS)]
        done = [
            pool.submit(writers.write, url, roots[number], range(number, JOBS, WRITERS), work, number)
            for number in range(WRITERS)
        ]
        turns = sorted(chain.from_iterable(one.result() for one in done))

    assert sorted(chain.from_iterable(some for _, some in turns)) == list(range(JOBS))
    assert len({number % WRITERS for number in (some[0] for _, some in turns[: len(turns) // 4])}) > 1
    alone = rooted(tmp_path / "alone", warc)
    with closing(Index(alone / NAME, create=True)) as index, closing(Postgres(url)) as shared:
        writers.again(index, alone, [some for _, some in turns], work)
        expected, found = dict(answers(index)), dict(answers(shared))
    assert found.keys() == expected.keys()
    for question, said in expected.items():
        assert found[question] == said, question
    assert expected["totals"].edits > WRITERS


# A connection that is lost


def test_a_lost_connection(server):
    """Law: what was lost between two transactions comes back; in one, and where nothing answers, it is one line."""
    url = server.database()
    with closing(Postgres(url, create=True)) as index:
        cut(url)
        with index:
            index.list_urls([(article_url(1), 1)])
        cut(url)
        assert index.known([article_url(1)])

        def write():
            with index:
                index.list_urls([(article_url(2), 2)])
                cut(url)
                index.list_urls([(article_url(3), 3)])

        with pytest.raises(CannotWrite, match=r"^no connection to postgresql://.*: see that it runs, and run again$"):
            write()
        with index:
            index.list_urls([(article_url(4), 4)])
        assert set(index.known(map(article_url, range(5)))) == {article_url(1), article_url(4)}
        with pytest.raises(Locked):  # it is a writer still
            put_in_place(url, "archive_new")


def cut(url):
    """End all other connections to a database, as a network or an operator may."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()"
            " and pid != pg_backend_pid()"
        )


REFUSED = {
    "postgresql://me:s3cret@127.0.0.1:{port}/archive": CannotWrite,
    "postgresql://me:s3cret@no-such-host.invalid/archive": CannotWrite,
    "postgresql://me:s3cret/x@127.0.0.1/archive": BadUsage,
    "postgresql://me:s3cret@127.0.0.1:port/archive": BadUsage,
    "postgres s3cret": BadUsage,
}


@pytest.mark.parametrize("form", REFUSED)
@pytest.mark.parametrize("create", [True, False])
def test_a_refused_connection(form, create):
    """Law: a database that cannot be reached, or is none, is told in one line without the password."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(REFUSED[form]) as refused:
        Postgres(form.format(port=port), create=create)

    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_tables_of_another_version(server):
    """Law: tables that this code does not know are neither read nor written."""
    url = server.database()
    Postgres(url, create=True).close()
    with psycopg.connect(url) as db:
        db.execute("update archive.version set number = 1")

    for create in (True, False):
        with pytest.raises(CannotWrite, match=r"version 1, not .*rebuild"):
            Postgres(url, create=create)


def test_a_value_that_nobody_wrote(server):
    """Law: damage is told in one line."""
    url = server.database()
    with closing(Postgres(url, create=True)) as index:
        with index:
            index.list_urls([(article_url(1), 1)])
        index.session.raw("update urls set last = 9223372036854775807")
        with pytest.raises(CannotWrite, match="cannot be used"):
            index.known([article_url(1)])


# A rebuild


@pytest.mark.slow
def test_a_rebuild_beside_readers_and_writers(server, tmp_path, monkeypatch):
    """Law: a rebuild puts its index in the old one's place in one step; readers go on; writers are never overwritten."""
    monkeypatch.setenv("INDEX_URL", server.database())
    root = archives.varied(tmp_path / "archive")
    reader = Postgres(os.environ["INDEX_URL"])
    before = dict(answers(reader))
    with closing(open_index(root / NAME, create=True)), pytest.raises(Locked, match="another process writes"):
        rebuild(root, CLOCK(), lambda _: None)
    reader.session.raw("delete from archive.pages")

    with reader.reading():
        assert reader.parsers() == {}
        rebuild(root, CLOCK(), lambda _: None)
        assert reader.parsers() == {}

    after = dict(answers(reader))
    reader.close()
    assert {name: said for name, said in after.items() if said != before[name]} == {}
    rebuild(root, CLOCK(), lambda _: None)
    with psycopg.connect(os.environ["INDEX_URL"]) as db:
        schemas = db.execute("select nspname from pg_namespace where nspname like 'archive%'").fetchall()
    assert schemas == [("archive",)]
    assert archives.findings(root) == []


@pytest.mark.slow
def test_a_doctor(server, tmp_path, monkeypatch):
    """Law: the doctor tells what an index in PostgreSQL and the records disagree about, and mends it."""
    monkeypatch.setenv("INDEX_URL", server.database())
    root = archives.varied(tmp_path / "archive")
    with closing(Postgres(os.environ["INDEX_URL"], create=True)) as index:
        index.session.raw("insert into labels (kind, name, articles) values ('tag', 'ghost', 3)")
        index.session.raw("update search set words = ' other ' where rowid = (select max(rowid) from search)")

    dry = list(map(str, doctor(root, CLOCK(), lambda _: None, dry=True)))
    told = list(map(str, doctor(root, CLOCK(), lambda _: None)))

    assert told == dry
    assert any("ghost" in line for line in told)
    assert any("others are found" in line for line in told)
    assert list(doctor(root, CLOCK(), lambda _: None)) == []
