"""Laws of both engines: PostgreSQL says what SQLite says, whatever either is asked of the same archive."""

import io
import random
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest

from archive import adopting
from archive.adopting import Adopting
from archive.cli import main
from archive.engines import opening
from archive.engines.opening import open_index
from archive.engines.postgres import Postgres
from archive.index import NAME, Index
from archive.intake import Intake
from archive.language.query import Query
from archive.rebuild import rebuild
from archive.records import lenient
from archive.search import search
from archive.store import Archive
from tests.archive import archives, lived
from tests.archive.answers import answers
from tests.archive.archives import CLOCK, CN
from tests.archive.dialects import olds
from tests.archive.outsiders import sha1
from tests.archive.shelving import shelve
from tests.archive.test_adopt import response, revisit
from tests.archive.test_search import HAN, at_random, story

QUERIES = 150


@pytest.fixture
def elsewhere(server, monkeypatch):
    """Let whatever opens an index from now on open one in PostgreSQL."""

    def choose():
        monkeypatch.setenv(opening.SETTING, server.database())

    monkeypatch.delenv(opening.SETTING, raising=False)
    return choose


def brought(root):
    """An archive that has what others made, too: records, of which one waits for its payload, and texts."""
    archives.varied(root)
    file, named = root.parent / "other.warc", (("WARC-Refers-To", "<urn:never>"),)
    file.write_bytes(response(CN[16]) + revisit(CN[17], "2023-10-28T08:09:10Z", *named, digest=sha1(b"never")))
    CLOCK.wait(seconds=5)
    with closing(Archive(root, lenient.PREFIX, CLOCK, adopting.about([file]))) as archive:
        took = Adopting(archive)
        assert [*took.take(file)] == []
        assert len([*took.end()]) == 1
    with closing(archives.open_archive(root, "import")) as archive:
        intake = Intake(root, archive.index, refetch=False)
        for one in olds(5):
            intake.take(one.content)
        intake.finish()


def lived_in(root):
    lived.live(root)


@pytest.mark.slow
@pytest.mark.parametrize("make", [brought, lived_in])
def test_both_say_the_same(tmp_path, elsewhere, make):
    """Law: whatever the index of an archive is asked, it says the same in either engine."""
    root = tmp_path / "archive"
    make(root)
    rebuild(root, CLOCK(), lambda _: None)
    with closing(Index(root / NAME)) as index:
        expected = dict(answers(index))
    elsewhere()

    rebuild(root, CLOCK(), lambda _: None)

    with closing(open_index(root / NAME)) as index:
        found = dict(answers(index))
        assert isinstance(index, Postgres)
    assert len(expected) > 70
    assert found.keys() == expected.keys()
    for question, said in expected.items():
        assert found[question] == said, question
    assert archives.findings(root) == []


def some_queries():
    """Texts of all that a query may hold, some of it longer than two words, some with what must not be there."""
    die = random.Random(3)

    def word():
        return "".join(die.choices(HAN, k=die.randint(1, 4))) + "*" * (die.random() < 0.1)

    for _ in range(QUERIES):
        parts = [word() for _ in range(die.randint(1, 3))]
        joined = die.choice((" ", " OR ", " AND ", " NOT ", " -")).join(parts)
        yield f'"{parts[0]}，{parts[-1]}"' if die.random() < 0.1 else joined
    yield from (
        "macron",
        "Macr*",
        "emmanuel macron",
        '"Emmanuel Mac*"',
        "G20 -macron",
        "(北 OR macron) NOT G20",
        "x" * 40,
    )


def stories():
    yield from at_random()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(30):
        latin = f"Emmanuel Macron au G{number} {'x' * 40} 的{'北' * number}"
        yield story(900 + number, latin, "的" * 300 + "京", f"{latin} " * 5, at=start + timedelta(hours=number))
    yield story(999, "長", "文", "北京的" * 7000 + "發國里", at=start)


@pytest.mark.slow
def test_both_find_the_same(tmp_path, elsewhere):
    """Law: a query finds the same in the same order in either engine: phrases of any length, in texts of any length."""
    queries = [Query(text, order=order) for text in some_queries() for order in ("best", "newest")]
    queries += [Query("北", section="中国", year=2025), Query("", year=2024), Query("", section="中国", order="newest")]
    shelve(tmp_path / "file", stories())
    with closing(Index(tmp_path / "file" / NAME)) as index:
        expected = [search(tmp_path / "file", index, query, limit=50) for query in queries]
    elsewhere()
    shelve(tmp_path / "server", stories())

    with closing(open_index(tmp_path / "server" / NAME)) as index:
        for query, said in zip(queries, expected, strict=True):
            assert search(tmp_path / "server", index, query, limit=50) == said, query

    assert sum(said.total > 0 for said in expected) > QUERIES


@pytest.mark.slow
def test_both_make_the_same_site(tmp_path, elsewhere):
    """Law: the static site of an archive is the same, byte for byte, from either engine."""
    root = archives.varied(tmp_path / "archive")
    with redirect_stdout(io.StringIO()):
        assert main(["export", "site", "--archive", str(root), "--out", str(tmp_path / "file")]) == 0
        elsewhere()
        rebuild(root, CLOCK(), lambda _: None)
        assert main(["export", "site", "--archive", str(root), "--out", str(tmp_path / "server")]) == 0

    assert archives.hashes(tmp_path / "server", ".") == archives.hashes(tmp_path / "file", ".") != {}
