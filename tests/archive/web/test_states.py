"""Archives in every state that a reader may find one in: nothing breaks it, and it says what is wrong."""

import re

import pytest

from archive import urls
from archive.index import NAME as INDEX
from archive.rebuild import rebuild
from tests.archive import archives, lived
from tests.archive.archives import CLOCK, CN
from tests.archive.web.reading import Page, reading

pytestmark = pytest.mark.slow

LIVED = f"/article/{urls.article_path(lived.URL).rpartition('/')[2].removesuffix('.md')}"
PICTURE = "https://s.rfi.fr/media/display/0123/w:1280/p:16x9/a.png"
NAME = f"/image/{urls.key(urls.canonical(PICTURE)) & (1 << 64) - 1:016x}"
PNG = b"\x89PNG\r\n\x1a\n" + b"a" * 300


@pytest.fixture
def mine(life, tmp_path):
    """A copy of an archive in which an article has five versions, to be broken."""
    return archives.copied(life[0], tmp_path / "mine")


def statuses(root, *paths):
    with reading(root) as reader:
        return [reader.ask(path).status for path in paths]


def test_an_archive_of_nothing(tmp_path):
    """Law: an archive without an article is read too: pages that say so."""
    archives.close(archives.open_archive(tmp_path / "a"))

    assert statuses(tmp_path / "a", "/", "/sections", "/shows", "/authors", "/tags") == [200] * 5
    assert statuses(tmp_path / "a", "/day/2026-10-31", "/article/x", NAME) == [404] * 3


def test_no_index(tmp_path):
    """Law: without an index every page says that, with 503, but those that need none; once it is there, all is well."""
    with reading(tmp_path) as reader:
        assert [reader.ask(p).status for p in ("/", "/tags", LIVED, "/static/style.css")] == [503, 503, 503, 200]
        got = reader.ask("/", Accept_Language="en")
        assert str(tmp_path) not in got.text
        assert got.headers["retry-after"]

        archives.crawl(tmp_path, [archives.page(CN[0])])

        assert CN[0].title in reader.ask("/").text


@pytest.mark.parametrize("damage", [b"", b"no database at all, however one looks at it" * 100])
def test_an_index_that_is_none(mine, damage):
    """Law: an index that cannot be read is as none."""
    (mine / INDEX).write_bytes(damage)

    assert statuses(mine, "/", LIVED) == [503, 503]


def test_an_index_of_another_version(mine):
    """Law: an index of an older program is not read."""
    archives.edit(mine, "pragma user_version = 5")

    assert statuses(mine, "/", LIVED) == [503, 503]


def test_a_rebuild_while_somebody_reads(mine):
    """Law: a reader goes over to a new index as soon as it is in place, in every thread, and shows the same articles."""
    with reading(mine) as reader:
        before = [reader.ask("/").body for _ in range(12)]
        (mine / INDEX).unlink()
        assert reader.ask("/").status == 503
        rebuild(mine, CLOCK(), lambda _: None)
        after = [reader.ask("/").body for _ in range(12)]

    assert {*after} == {*before}


def test_a_file_that_is_missing_or_damaged(mine):
    """Law: without its file an article's page says so, and shows all that the index knows; its versions stay."""
    file = mine / urls.article_path(lived.URL)
    for damage in (None, b"no article", b"\xff\xfe"):
        file.unlink() if damage is None else file.write_bytes(damage)
        with reading(mine) as reader:
            got = reader.ask(LIVED, Accept_Language="en")
            assert got.status == 200
            assert "cannot be read" in got.text
            assert str(mine) not in got.text
            assert [reader.ask(p).status for p in ("/", f"{LIVED}/version/1", f"{LIVED}/diff/1/2")] == [200] * 3
            proof = reader.ask(f"{LIVED}/proof", Accept_Language="en")
            assert proof.status == 200
            assert "Everything agrees" not in proof.text
            assert str(mine) not in proof.text
            assert reader.ask(f"{LIVED}.md").status == (404 if damage is None else 200)


def test_records_that_are_missing(mine):
    """Law: without the WARC files articles are read all the same; what needs a record says which is missing."""
    for file in mine.glob("warc/*"):
        file.unlink()
    with reading(mine) as reader:
        got = reader.ask(LIVED, Accept_Language="en")
        assert (got.status, "The record cannot be read" in got.text) == (200, True)
        assert lived.FIRST.title in got.text
        for path in (f"{LIVED}/version/1", f"{LIVED}/diff/1/2"):
            missing = reader.ask(path)
            assert missing.status == 404
            assert ".warc.gz at offset" in missing.text
        proof = reader.ask(f"{LIVED}/proof", Accept_Language="en")
        assert (proof.status, "It cannot be proved" in proof.text) == (200, True)
        assert str(mine) not in got.text + proof.text


def test_a_file_that_was_changed(mine):
    """Law: a file that is not what its record makes is no proof."""
    file = mine / urls.article_path(lived.URL)
    file.write_text(file.read_text("utf-8").replace("鼓掌", "拍手"), "utf-8")

    with reading(mine) as reader:
        got = reader.ask(f"{LIVED}/proof", Accept_Language="en")

    assert "Something disagrees" in got.text
    assert "Everything agrees" not in got.text


# Pictures

ANSWERS = {
    "a picture": (archives.answer(PICTURE, PNG, 200, "image/png"), 200),
    "called by another name": (archives.answer(PICTURE, PNG, 200, "image/webp"), 200),
    "an SVG": (archives.answer(PICTURE, b"<svg xmlns='http://www.w3.org/2000/svg'/>", 200, "image/svg+xml"), 404),
    "an SVG that says PNG": (archives.answer(PICTURE, b"<svg/>", 200, "image/png"), 404),
    "a page": (archives.answer(PICTURE, b"<script>alert(1)</script>"), 404),
    "a page that begins as a picture": (archives.answer(PICTURE, PNG), 404),
    "cut": (archives.answer(PICTURE, PNG, 200, "image/png", cut="disconnect"), 404),
    "gone": (archives.answer(PICTURE, b"gone", 410), 404),
    "too large": (archives.answer(PICTURE, PNG + b"\0" * (5 << 20), 200, "image/png"), 404),
}


@pytest.mark.parametrize(("exchange", "status"), ANSWERS.values(), ids=ANSWERS)
def test_what_is_shown_as_a_picture(tmp_path, exchange, status):
    """Law: only a whole picture, of a kind that holds no script, that came as one."""
    archives.crawl(tmp_path / "a", [exchange])
    with reading(tmp_path / "a") as reader:
        got = reader.ask(NAME)

    assert got.status == status
    assert got.headers["content-type"] == ("image/png" if status == 200 else "text/html; charset=utf-8")
    assert status != 200 or got.body == PNG


def test_the_newest_picture_is_shown(tmp_path):
    """Law: of a picture that was captured again the newest is shown; of one that is gone now the last."""
    new = PNG + b"new" * 200
    archives.crawl(tmp_path / "a", [archives.answer(PICTURE, PNG, 200, "image/png")])
    archives.crawl(tmp_path / "a", [archives.answer(PICTURE, new, 200, "image/png")])
    archives.crawl(tmp_path / "a", [archives.answer(PICTURE, b"", 404)])

    with reading(tmp_path / "a") as reader:
        assert reader.ask(NAME).body == new


def test_pictures_that_are_not_archived_are_not_asked_for(life):
    """Law: a page of an article whose pictures are not archived loads none."""
    with reading(life[0]) as reader:
        for path in ("/", LIVED):
            assert Page(reader.ask(path)).all("img") == []


def test_replay_is_linked_where_there_is_one(news):
    """Law: an article leads to the replay of its capture, by time and by the address that was asked for; else nowhere."""
    from archive.web.links import Links

    with reading(news, Links("http://127.0.0.1:1/")) as reader:
        links = [a["href"] for a in Page(reader.ask(LIVED)).all("a") if "/rfi/" in a["href"]]
    with reading(news) as reader:
        assert not re.search("/rfi/", reader.ask(LIVED).text)

    assert len(links) == 1
    assert re.fullmatch(r"http://127\.0\.0\.1:1/rfi/20\d{12}/" + re.escape(lived.URL), links[0])
