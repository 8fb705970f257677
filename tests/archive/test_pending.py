"""Laws of reading again: what a mended parser makes of pages that lie in the WARC is what a whole rebuild makes of them.

The archives are as an older parser would have left them: index and files are edited, the WARC is as it was.
"""

import json
from contextlib import closing

import pytest

from archive import cli, urls, warc
from archive.doctor import doctor
from archive.errors import Locked, NotFound
from archive.index import NAME, Index
from archive.pending import PROBLEM, read_again
from archive.rebuild import rebuild
from archive.rows import DRIFT
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, close, dump, edit, findings, hashes, keep, open_archive, page

EMPTY = b"<!DOCTYPE html><html lang='zh-Hans'><body><h1></h1></body></html>"


def again(root):
    CLOCK.wait(hours=1)
    return list(read_again(root, CLOCK()))


def unread(root, url, why="empty template: no title", attempts=1):
    """Leave a URL as a parser does that found no article in its pages."""
    edit(root, "delete from articles where key = ?", urls.key(url))
    edit(
        root,
        "update urls set state = 'rejected', why = ?, attempts = ? where key = ?",
        why,
        attempts,
        urls.key(url),
    )
    (root / urls.article_path(url)).unlink()


def misread(root, url):
    """Leave a URL as a parser does that lost half of its article."""
    path = root / urls.article_path(url)
    path.write_bytes(path.read_bytes()[:200])
    edit(root, "update articles set sha256 = 'other', image = null where key = ?", urls.key(url))


def test_pages_become_articles_as_in_a_rebuild(tmp_path):
    """Law: a page that is an article by today's parser gets the file and the row that a rebuild makes, from the first
    capture of its text, whatever came before, between and after: attempts, state and reason too; nothing else moves."""
    archive = open_archive(tmp_path)
    keep(archive, answer(CN[0].url, EMPTY))
    for number in (0, 0, 1):
        CLOCK.wait(hours=2)
        keep(archive, page(CN[number]))
    CLOCK.wait(hours=2)
    keep(archive, page(CN[1].revised(1)))
    keep(archive, answer(CN[0].url, b"busy", 503))
    archive.fail(CN[1].url, "refused")
    close(archive)
    archives.crawl(tmp_path, [page(CN[0]), page(CN[2]), answer(CN[3].url, EMPTY), answer(CN[4].url, b"x", 404)])
    before = dump(tmp_path / NAME), hashes(tmp_path)
    for article, attempts in ((CN[0], 5), (CN[1], 3)):
        unread(tmp_path, article.url, attempts=attempts)
    edit(tmp_path, "update urls set state = 'failed' where key = ?", urls.key(CN[1].url))
    edit(tmp_path, "update urls set why = 'not HTML' where key = ?", urls.key(CN[3].url))

    told = again(tmp_path)
    assert {(one.url, one.became) for one in told} == {(CN[n].url, "archived") for n in (0, 1)}
    assert (dump(tmp_path / NAME), hashes(tmp_path)) == before
    assert again(tmp_path) == []
    assert list(doctor(tmp_path, CLOCK(), lambda _: None)) == []
    rebuild(tmp_path, CLOCK(), lambda _: None)
    assert (dump(tmp_path / NAME), hashes(tmp_path)) == before


def test_articles_of_a_drift_are_made_again(tmp_path):
    """Law: what was captured by a run that told of drift, and in the day before, is made again where it is different."""
    for at, (articles, outcome) in enumerate([(CN[:2], "finished"), (CN[2:4], "finished"), (CN[4:7], DRIFT)]):
        CLOCK.wait(hours=(0, 30, 1)[at])
        archive = open_archive(tmp_path)
        for article in articles:
            keep(archive, page(article))
        close(archive, outcome)
    archives.crawl(tmp_path, [page(CN[8])])
    before = dump(tmp_path / NAME), hashes(tmp_path, "articles")
    for number in (3, 4, 6):
        misread(tmp_path, CN[number].url)

    told = again(tmp_path)
    assert {(one.url, one.became) for one in told} == {(CN[number].url, "changed") for number in (3, 4, 6)}
    assert (dump(tmp_path / NAME), hashes(tmp_path, "articles")) == before
    misread(tmp_path, CN[1].url)
    misread(tmp_path, CN[8].url)
    assert again(tmp_path) == []


def test_an_article_that_is_none_any_more_stays(tmp_path):
    """Law: reading again takes nothing away; it says that a whole rebuild would."""
    archive = open_archive(tmp_path)
    for exchange in (page(CN[0]), answer(CN[1].url, EMPTY)):
        keep(archive, exchange)
    close(archive, DRIFT)
    columns = "path, sha256, edition, epoch, title, section, authors, tags"
    sql = f"insert into articles (key, capture, first, looked, {columns}) select ?, 2, 0, 0, 'articles/x.md', sha256, edition, epoch, title, section, authors, tags from articles"
    edit(tmp_path, sql, urls.key(CN[1].url))
    rows = dump(tmp_path / NAME)

    (told,) = again(tmp_path)
    assert str(told) == f"no article: {CN[1].url}: empty template: no title: it stays until `rfi-archive rebuild`"
    assert dump(tmp_path / NAME) == rows


def test_nothing_is_pending_in_a_good_archive(root):
    """Law: where the parser has not changed, nothing changes."""
    before = dump(root / NAME), hashes(root)
    assert again(root) == []
    assert (dump(root / NAME), hashes(root)) == before


def test_a_damaged_record_is_told(tmp_path):
    """Law: a page that cannot be read is told with its place, and the others are read."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[1])])
    for article in CN[:2]:
        unread(tmp_path, article.url)
    (path,) = warc.sealed(tmp_path / "warc")
    record = next(record for record in warc.walk(path) if record.get("WARC-Target-URI") == CN[0].url)
    data = bytearray(path.read_bytes())
    data[record.offset + record.length // 2] ^= 1
    path.write_bytes(data)

    told = {one.url: one for one in again(tmp_path)}
    assert {url: one.became for url, one in told.items()} == {CN[0].url: PROBLEM, CN[1].url: "archived"}
    assert f"{path.name} at offset {record.offset}" in str(told[CN[0].url])
    assert cli.main(["rebuild", "--pending", "--archive", str(tmp_path)]) == 1


def test_a_death_between_file_and_row_is_made_good(tmp_path):
    """Law: a file that stands before its row is no obstacle to the next try."""
    archives.crawl(tmp_path, [page(CN[0])])
    before, file = dump(tmp_path / NAME), (tmp_path / urls.article_path(CN[0].url)).read_bytes()
    unread(tmp_path, CN[0].url)
    (tmp_path / urls.article_path(CN[0].url)).write_bytes(file)

    assert [one.became for one in again(tmp_path)] == ["archived"]
    assert dump(tmp_path / NAME) == before


def test_the_verb(tmp_path, capsys):
    """Law: one line for each URL that is different, lists and CDXJ brought up to date, exit code 0; as JSON too."""
    archives.crawl(tmp_path, map(page, CN[:3]))
    for words, shown in ((["--json"], json.loads), ([], str)):
        unread(tmp_path, CN[1].url)
        for path in (tmp_path / "lists").iterdir():
            path.unlink()
        assert cli.main(["rebuild", "--pending", "--archive", str(tmp_path), *words]) == 0
        out, err = capsys.readouterr()
        path = urls.article_path(CN[1].url)
        told = {"url": CN[1].url, "became": "archived", "detail": path} if words else f"archived: {CN[1].url}: {path}\n"
        assert (shown(out), err) == (told, "different: 1\n")
        assert findings(tmp_path) == []
    assert cli.main(["rebuild", "--pending", "--archive", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("", "nothing is different\n")


def test_not_without_an_index_nor_beside_a_run(tmp_path):
    """Law: it makes neither archive nor index, and waits its turn."""
    with pytest.raises(NotFound, match="no archive"):
        again(tmp_path)
    (tmp_path / "warc").mkdir()
    with pytest.raises(NotFound, match="no index"):
        again(tmp_path)
    assert not (tmp_path / NAME).exists()
    archive = open_archive(tmp_path)
    with pytest.raises(Locked):
        again(tmp_path)
    close(archive)


def test_it_says_what_the_index_says(tmp_path):
    """Law: rows of captures are told by URL in the order of recording, as they are told by file."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[1]), page(CN[0])])

    with closing(Index(tmp_path / NAME)) as index:
        (file,) = index.warcs()
        by_file = [row for row in index.captured(file.name) if row.capture.url == CN[0].url]
        assert [row for _, row in index.captures(CN[0].url)] == by_file
        assert [number for number, _ in index.captures(CN[0].url)] == [1, 3]
