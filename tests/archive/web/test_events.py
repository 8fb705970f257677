"""The pages of changes, of what is gone, and of health."""

import json
import re
from contextlib import closing

import pytest

from archive.changes import latest
from archive.index import NAME as INDEX
from archive.index import Index
from archive.web.health import quiet, size
from tests.archive import archives
from tests.archive.archives import CN
from tests.archive.web.reading import Page, reading

pytestmark = pytest.mark.slow


def test_changes_are_shown_in_their_order(news, reader):
    """Law: the page tells of what `changes` tells, the newest first, with the very words that changed."""
    with closing(Index(news / INDEX)) as index:
        expected = [f"{one.captured:%Y-%m-%dT%H:%M:%SZ}" for one in latest(news, index, None, 20)[0]]

    got = reader.ask("/changes")

    times = [one["datetime"] for one in Page(got).all("time")]
    assert times == expected
    assert "<del>鼓掌</del><ins>欢呼</ins>" in got.text
    assert "<script>alert" not in got.text


def test_changes_lead_to_their_comparison(reader):
    """Law: each edit leads to the two versions in full, which are there."""
    links = [a["href"] for a in Page(reader.ask("/changes")).all("a") if "/diff/" in a["href"]]

    assert len(links) == 4
    assert {reader.ask(link).status for link in links} == {200}


def test_a_change_whose_record_is_lost(life, tmp_path):
    """Law: where a record cannot be read its change says so, and the others are shown."""
    root = archives.copied(life[0], tmp_path / "other")
    with closing(Index(root / INDEX)) as index:
        lost = next(one for one in latest(root, index, None, 20)[0] if one.version == 3)
    (root / "warc" / lost.place.file).unlink()

    with reading(root) as reader:
        got, told = reader.ask("/changes", Accept_Language="en"), reader.ask("/api/changes")

    assert (got.status, got.text.count("cannot be read")) == (200, 1)
    assert str(tmp_path) not in got.text + told.text
    assert [bool(one["problem"]) for one in json.loads(told.body)["changes"]].count(True) == 1


def test_what_is_gone_can_still_be_read(reader):
    """Law: the page of what is gone leads to each of its articles here, and tells since when it is gone."""
    got = reader.ask("/gone")
    links = [a["href"] for a in Page(got).all("a") if a["href"].startswith("/article/")]

    assert CN[3].title in got.text
    assert {reader.ask(link).status for link in links} == {200}


@pytest.mark.parametrize("path", ["/changes?before=x", "/gone?before=1", "/gone?before=1-2-3", "/changes?before=-1-2"])
def test_odd_places(reader, path):
    """Law: a place that is none in a list is refused."""
    assert reader.ask(path).status == 400


@pytest.mark.parametrize("path", ["/changes", "/gone"])
def test_far_back_there_is_nothing(reader, path):
    """Law: before everything there is an empty page, and the way back."""
    got = reader.ask(f"{path}?before=0-0")

    assert got.status == 200
    assert path in {a["href"] for a in Page(got).all("a")}


def test_health_names_no_folder(news, reader):
    """Law: health tells of runs, hosts and disk, and nowhere where the archive lies on this machine."""
    got = reader.ask("/health", Accept_Language="en")

    assert got.status == 200
    assert str(news) not in got.text
    assert not re.search(r"(?<![\w\"=/:.])/(?:tmp|home|root|srv)/", got.text)
    assert {"rfi_cn", "rfi_tw"} <= set(re.findall("rfi_[a-z]+", got.text))
    assert all(one.get("scope") for one in Page(got).all("th"))


TEXTS = {
    "cannot write /srv/archive/warc/a.gz: make room": "cannot write a.gz: make room",
    "at /srv/archive/index.sqlite": "at index.sqlite",
    "https://www.rfi.fr/cn/rss answers 503": "https://www.rfi.fr/cn/rss answers 503",
    "3/4 and a/b": "3/4 and a/b",
    "'/a b/c'": "'/a b/c'",
}


@pytest.mark.parametrize(("told", "kept"), TEXTS.items())
def test_a_path_becomes_its_name(told, kept):
    """Law: of an absolute path only the last name is told; a URL stays whole."""
    assert quiet({"line": [told]}) == {"line": [kept]}


def test_sizes_are_for_people():
    """Law: bytes are told in the unit that leaves at most three digits."""
    assert [size(count) for count in (0, 999, 1_000, 1_550_000, 10**16)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "1.6 MB",
        "10,000.0 TB",
    ]


def test_health_of_an_archive_of_nothing(tmp_path):
    """Law: an archive without a run has its health, too; a folder without an index has none yet."""
    archives.close(archives.open_archive(tmp_path / "a"))
    (tmp_path / "b").mkdir()

    with reading(tmp_path / "a") as reader:
        assert [reader.ask(path).status for path in ("/health", "/changes", "/gone", "/api/health")] == [200] * 4
    with reading(tmp_path / "b") as reader:
        assert [reader.ask(path).status for path in ("/health", "/changes", "/gone", "/api/health")] == [503] * 4
