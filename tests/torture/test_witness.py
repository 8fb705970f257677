"""Laws of the witness: what it is there for, it sees; else a torture that finds nothing would say nothing."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawler import evidence
from tests.crawler.crawling import crawl
from tests.site import Site, serve
from tests.torture import witness


@pytest.fixture(scope="module")
def site():
    return Site()


@pytest.fixture(scope="module")
def good(site, tmp_path_factory):
    archive = tmp_path_factory.mktemp("good") / "a"
    with serve(site) as running:
        crawl(archive, running).was_clean()
        wanted = evidence.pages(running.log)
    return archive, wanted


@pytest.fixture
def archive(good, tmp_path):
    return shutil.copytree(good[0], tmp_path / "a")


def warc(archive):
    return next(archive.glob("warc/*.warc.gz"))


def unlisted(archive):
    with closing(sqlite3.connect(archive / "index.sqlite")) as db:
        db.execute("delete from articles where key = (select min(key) from articles)")
        db.commit()


def cut(archive):
    data = warc(archive).read_bytes()
    warc(archive).write_bytes(data[: random.Random(7).randrange(len(data))])


def flipped(archive):
    data = bytearray(warc(archive).read_bytes())
    data[len(data) // 2] ^= 8
    warc(archive).write_bytes(data)


def first(archive):
    return next(archive.glob("articles/*/*/*.md"))


DEFECTS = {
    "a file is missing": ("lost", lambda archive: first(archive).unlink()),
    "a file is another": ("lost", lambda archive: first(archive).write_text("words")),
    "a row is missing": ("lost", unlisted),
    "a file too many": ("article files", lambda archive: shutil.copy(first(archive), first(archive).with_stem("x"))),
    "a torn file": ("torn", cut),
    "a flipped bit": ("torn", flipped),
    "a file left open": ("left over", lambda archive: shutil.copy(warc(archive), f"{warc(archive)}.open")),
    "a temporary name": ("left over", lambda archive: first(archive).with_name(".x.md.new").touch()),
    "a sealed file changed": ("changed", lambda archive: shutil.copy(first(archive), warc(archive))),
}


def seen(archive, site, wanted, sealed):
    return [
        *witness.lost(archive, site, wanted),
        *witness.torn(archive, {}),
        *witness.changed(sealed, witness.sealed(archive)),
        *witness.left(archive),
    ]


@pytest.mark.parametrize("defect", DEFECTS)
def test_every_defect_is_seen(archive, site, good, defect):
    """Law: of a good archive nothing is said, of a broken one what is wrong with it."""
    sealed, (word, breaks) = witness.sealed(archive), DEFECTS[defect]
    assert seen(archive, site, good[1], sealed) == []
    breaks(archive)
    assert any(word in line for line in seen(archive, site, good[1], sealed))


def test_what_is_asked_for_again_is_seen():
    """Law: an article that was archived, or was asked for already, is named."""
    assert witness.asked_again(["a", "b"], {"c"}) == []
    assert witness.asked_again(["a", "b", "b"], {"a"}) == ["fetched again: a", "fetched again: b"]


def test_whole_pairs_of_an_open_file_count_as_recorded(archive, good):
    """Law: what stands whole in a file that was left open is known, up to the tear."""
    whole = warc(archive)
    whole.rename(f"{whole}.open")
    assert witness.recorded(archive) >= set(good[1])
    left = Path(f"{whole}.open")
    left.write_bytes(left.read_bytes()[: left.stat().st_size // 2])
    some = witness.recorded(archive) & set(good[1])
    assert some < set(good[1])
    assert some
