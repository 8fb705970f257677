"""Laws of reading again: what a mended parser makes of pages that lie in the WARC is what a whole rebuild makes of them.

The archives are as an older parser would have left them: index and files are edited, the WARC is as it was.
"""

import json
import shutil
from contextlib import closing
from datetime import date
from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import chosen, cli, urls, warc
from archive.doctor import doctor
from archive.errors import Locked, NotFound
from archive.index import NAME, Index
from archive.page import VERSION
from archive.rebuild import rebuild
from archive.reread import FACTS, FILE, KINDS, NEW, NO_PAGE, NONE, PROBLEM, SAME, VERSIONS, reread
from archive.tables.rows import DRIFT
from tests.archive import archives, older
from tests.archive.archives import (
    CLOCK,
    CN,
    answer,
    close,
    copied,
    dump,
    edit,
    findings,
    hashes,
    keep,
    open_archive,
    page,
    shared,
)
from tests.archive.histories import HISTORIES, live
from tests.archive.older import misread, unread

EMPTY = b"<!DOCTYPE html><html lang='zh-Hans'><body><h1></h1></body></html>"


def every(index):
    return chosen.of_days(index, None, None)


def again(root, choose=every, *, dry=False):
    """Read again; return what became of which article, but for those of which nothing is different."""
    CLOCK.wait(hours=1)
    told = list(reread(root, choose, CLOCK(), dry=dry))
    return {one.url: one.became for one in told if one.became != (SAME,)}


def stands(root):
    return dump(root / NAME), hashes(root, "articles", "warc")


def but_for_attempts(root):
    """What stands, without what the index alone does not know: how often a fetch brought nothing."""
    rows, files = stands(root)
    return {**rows, "urls": [row[:5] + row[6:] for row in rows["urls"]]}, files


# What is read again


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
    CLOCK.wait(hours=2)
    keep(archive, answer(CN[0].url, b"gone", 404))
    archive.fail(CN[1].url, "refused")
    close(archive)
    archives.crawl(tmp_path, [page(CN[2]), answer(CN[3].url, EMPTY), answer(CN[4].url, b"x", 404)])
    before = stands(tmp_path)
    for article, attempts in ((CN[0], 5), (CN[1], 3)):
        unread(tmp_path, article.url, attempts=attempts)
    edit(tmp_path, "update urls set state = 'failed' where key = ?", urls.key(CN[1].url))
    edit(tmp_path, "update urls set why = 'not HTML' where key = ?", urls.key(CN[3].url))

    assert again(tmp_path, chosen.pending) == {CN[0].url: (NEW,), CN[1].url: (NEW,), CN[3].url: (FACTS,)}
    assert stands(tmp_path) == before
    assert again(tmp_path, chosen.pending) == again(tmp_path) == {}
    assert list(doctor(tmp_path, CLOCK(), lambda _: None)) == []
    rebuild(tmp_path, CLOCK(), lambda _: None)
    assert stands(tmp_path) == before


def test_articles_of_a_drift_are_made_again(tmp_path):
    """Law: what was captured by a run that told of drift, and in the day before, is made again where it is different."""
    for at, (articles, outcome) in enumerate([(CN[:2], "finished"), (CN[2:4], "finished"), (CN[4:7], DRIFT)]):
        CLOCK.wait(hours=(0, 30, 1)[at])
        archive = open_archive(tmp_path)
        for article in articles:
            keep(archive, page(article))
        close(archive, outcome)
    archives.crawl(tmp_path, [page(CN[8])])
    before = stands(tmp_path)
    for number in (3, 4, 6):
        misread(tmp_path, CN[number].url, "body", "markup")

    assert again(tmp_path, chosen.pending) == {CN[number].url: ("body",) for number in (3, 4, 6)}
    assert stands(tmp_path) == before
    misread(tmp_path, CN[1].url, "body")
    misread(tmp_path, CN[8].url, "body")
    assert again(tmp_path, chosen.pending) == {}


@pytest.mark.parametrize("later", [False, True])
def test_a_look_during_a_drift_is_read_again(tmp_path, later):
    """Law: so is a page that was captured of an archived article: taken for none, or for one that says something else."""
    archives.crawl(tmp_path, [page(CN[0])])
    CLOCK.wait(days=3)
    archive = open_archive(tmp_path)
    keep(archive, page(CN[0].revised(1)))
    close(archive, DRIFT)
    CLOCK.wait(days=3)
    archives.crawl(tmp_path, [page(CN[0].revised(2))] if later else [])
    before = stands(tmp_path)
    second = "(select id from captures where status = 200 order by epoch limit 1 offset 1)"
    if later:
        sql = f"update pages set content = cast(x'78' || substr(content, 2) as blob), changed = 'lead' where capture = {second}"
        edit(tmp_path, sql)
    else:
        edit(tmp_path, f"update captures set state = 'rejected' where id = {second}")
        edit(tmp_path, f"delete from pages where capture = {second}")
        edit(tmp_path, "update articles set epoch = first, capture = (select min(capture) from pages)")

    again(tmp_path, chosen.pending)

    assert stands(tmp_path) == before


def test_a_later_page_of_an_article_is_pending_too(tmp_path):
    """Law: where an article is archived, but not a later page of it that is one by today's parser, it is read again."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[0].revised(1))])
    before = stands(tmp_path)
    edit(tmp_path, "update captures set state = 'rejected' where id = 2")
    edit(tmp_path, "delete from pages where capture = 2")
    edit(tmp_path, "update articles set capture = 1")

    told = again(tmp_path, chosen.pending)
    assert told == {CN[0].url: ("body", VERSIONS)}
    assert stands(tmp_path) == before


@pytest.fixture(scope="module")
def ten(tmp_path_factory):
    """An archive of ten articles, and one URL whose page is none."""
    root = tmp_path_factory.mktemp("ten") / "archive"
    return archives.crawl(root, [*map(page, CN[:10]), answer(CN[10].url, EMPTY)])


@pytest.mark.parametrize(("since", "until"), [(0, None), (None, 5), (3, 7), (8, 3), (None, None)])
def test_days_are_those_of_the_urls(ten, since, until):
    """Law: a range holds each article whose URL's day lies in it, by day, and pages that are none; no other."""
    days = sorted(date.fromisoformat(urls.day(article.url)) for article in CN[:11])
    first, last = (days[at] if at is not None else None for at in (since, until))
    with closing(Index(ten / NAME)) as index:
        found = list(chosen.of_days(index, first, last))

    inside = (first or date.min), (last or date.max)
    wanted = {one.url for one in CN[:11] if inside[0] <= date.fromisoformat(urls.day(one.url)) <= inside[1]}
    assert set(found) == wanted
    assert len(found) == len(wanted)
    archived = [url for url in found if url != CN[10].url]
    assert archived == sorted(archived, key=urls.article_path)
    assert list(chosen.within(wanted, first, last)) == list(wanted)


def test_a_list_of_urls():
    """Law: a list may have any spelling of an article's URL; other lines are told."""
    good, bad = chosen.listed(f"# a\n{CN[0].url}\n{CN[0].url}#a\nhttps://www.rfi.fr/cn/\nhttps://example.org/\n")

    assert good == [CN[0].url]
    assert [line.partition(":")[0] for line in bad] == ["line 5", "not an article's URL"]


# What is told


def test_each_field_that_is_read_otherwise_is_told(ten, tmp_path):
    """Law: what an article would become is told field by field, markup if it is that alone."""
    names = ("title", "date", "lead", "body", "image", "authors", "tags")
    root = copied(ten, tmp_path / "a")
    before = stands(root)
    for number, name in enumerate(names):
        misread(root, CN[number].url, name, "markup")
    misread(root, CN[7].url, "markup")
    misread(root, CN[8].url, "title", "tags", "markup", row=", image = null")
    misread(root, CN[9].url, text=b"", row=", image = 'x', first = 1")
    expected: dict[str, tuple[str, ...]] = {CN[number].url: (name,) for number, name in enumerate(names)}
    expected |= {CN[7].url: ("markup",), CN[8].url: ("title", "tags"), CN[9].url: (FACTS,)}

    assert again(root, dry=True) == expected
    assert again(root) == expected
    assert stands(root) == before


def test_an_older_version_number_alone_is_no_difference(ten, tmp_path):
    """Law: what today's parser reads as the older one did is the same, and is known to be read by today's."""
    root = copied(ten, tmp_path / "a")
    before = stands(root)
    misread(root, CN[0].url, text=b"")

    assert again(root, dry=True) == {}
    assert stands(root) != before
    assert again(root) == {}
    assert stands(root) == before


def test_a_file_that_is_missing_or_changed_is_made_again(ten, tmp_path):
    """Law: reading again leaves the article's file as its record makes it."""
    root = copied(ten, tmp_path / "a")
    before = stands(root)
    (root / urls.article_path(CN[0].url)).unlink()
    (root / urls.article_path(CN[1].url)).write_text("x")

    assert again(root) == {CN[0].url: (FILE,), CN[1].url: (FILE,)}
    assert stands(root) == before


def test_other_versions_are_told(tmp_path):
    """Law: where a parser takes other captures for versions, that is told, and the file is of the newest one."""
    archive = open_archive(tmp_path)
    for exchange in (page(CN[0]), shared(CN[0]), page(CN[1]), page(CN[1].revised(1)), page(CN[1].revised(1))):
        keep(archive, exchange)
    close(archive)
    before = stands(tmp_path)
    assert older.changes(tmp_path, CN[0].url) == ["first", "markup"]
    for number, changes in ((1, "first"), (2, "lead markup")):
        edit(tmp_path, "update pages set changed = ? where capture = ?", changes, number)
    edit(tmp_path, "update articles set capture = 2, epoch = epoch + 2 where capture = 1")
    edit(tmp_path, "update pages set changed = 'title body markup' where capture = 4")

    assert again(tmp_path) == {CN[0].url: ("markup", VERSIONS), CN[1].url: (VERSIONS,)}
    assert stands(tmp_path) == before


def test_an_article_that_is_none_any_more_goes_to_quarantine(tmp_path):
    """Law: what is no article by today's parser is told and loses its row; its file is kept, with the reason."""
    archives.crawl(tmp_path, [page(CN[0]), answer(CN[1].url, EMPTY), answer(CN[1].url, b"x", 404)])
    before = stands(tmp_path)
    columns = "path, sha256, edition, epoch, title, section, authors, tags"
    path = tmp_path / urls.article_path(CN[1].url)
    sql = f"""insert into articles (key, capture, first, looked, {columns})
        select ?, 2, 0, 0, ?, sha256, edition, epoch, title, section, authors, tags from articles"""
    edit(tmp_path, sql, urls.key(CN[1].url), urls.article_path(CN[1].url))
    edit(tmp_path, "insert into pages select 2, epoch, sha256, content, changed, 0 from pages")
    edit(tmp_path, "update captures set state = 'archived' where id = 2")
    edit(tmp_path, "update urls set state = 'archived', why = '', attempts = 0 where key = ?", urls.key(CN[1].url))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("text of old")
    assert again(tmp_path, dry=True) == {CN[1].url: (NONE,)}
    assert path.read_text() == "text of old"

    (told,) = (one for one in reread(tmp_path, every, CLOCK()) if one.became != (SAME,))
    assert str(told) == f"no article: {CN[1].url}: empty template: no title"
    assert stands(tmp_path) == before
    (kept,) = (tmp_path / "quarantine").rglob("*.md-????????")
    assert kept.read_text() == "text of old"
    assert "its record makes no article: empty template: no title" in kept.with_name(f"{kept.name}.note").read_text()
    assert again(tmp_path) == {}


def test_a_url_of_which_nothing_was_captured(ten, tmp_path):
    """Law: what was never captured is told, and no row is made of it."""
    root = copied(ten, tmp_path / "a")
    before = stands(root)

    assert again(root, lambda _: [CN[20].url]) == {CN[20].url: (NO_PAGE,)}
    assert stands(root) == before


# What always holds


def test_nothing_is_different_in_a_good_archive(good, tmp_path):
    """Law: where the parser has not changed, nothing changes, and nothing is written."""
    root = copied(good, tmp_path / "archive")
    before, at = (dump(root / NAME), hashes(root)), (root / NAME).read_bytes()

    assert again(root) == again(root, chosen.pending) == again(root, dry=True) == {}
    assert (dump(root / NAME), hashes(root)) == before
    assert (root / NAME).read_bytes() == at


def test_a_dry_run_tells_the_same_and_writes_nothing(good, tmp_path):
    """Law: --dry-run tells what is done without it, and leaves index and files as they are."""
    root = older.aged(copied(good, tmp_path / "archive"))
    unread(root, CN[5].url)
    before = stands(root), hashes(root, "lists", "cdxj")

    told = again(root, dry=True)
    assert (stands(root), hashes(root, "lists", "cdxj")) == before
    assert again(root) == told
    assert again(root) == {}
    assert findings(root) == []


@settings(max_examples=30, deadline=None)
@given(HISTORIES, st.integers(5_000, 60_000), st.booleans())
@example(history=[("challenge", CN[0]), ("fail", CN[0])], rotate=5_000, rejected=False)
def test_any_history_is_read_again_as_it_is_rebuilt(tmp_path_factory, history, rotate, rejected):
    """Law: whatever happened, and whatever an older parser made of it, reading again makes what a rebuild makes."""
    root = live(tmp_path_factory.mktemp("history"), history, rotate)
    before, but = stands(root), but_for_attempts(root)
    with closing(Index(root / NAME)) as index:
        found = [filed.url for filed in index.articles()]
    older.aged(root)
    edit(root, "update pages set changed = 'lead' where capture % 3 = 0")
    for url in found if rejected else ():
        unread(root, url)

    told = again(root, chosen.pending if rejected else every)
    assert set(told) == set(found)
    assert (but_for_attempts(root) if rejected else stands(root)) == (but if rejected else before)
    assert findings(root) == []
    shutil.rmtree(root)


def test_a_damaged_record_is_told(tmp_path):
    """Law: a page that cannot be read is told with its place, and the others are read."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[1])])
    for article in CN[:2]:
        unread(tmp_path, article.url)
    place = damage(tmp_path, CN[0].url)

    told = {one.url: one for one in reread(tmp_path, chosen.pending, CLOCK())}
    assert {url: one.became for url, one in told.items()} == {CN[0].url: (PROBLEM,), CN[1].url: (NEW,)}
    assert place in str(told[CN[0].url])
    assert cli.main(["rebuild", "--pending", "--archive", str(tmp_path)]) == 1


def damage(root, url, number=0):
    """Make one record of a URL unreadable; return where it lies."""
    (path,) = warc.sealed(root / "warc")
    found = [r for r in warc.walk(path) if r.get("WARC-Target-URI") == url and r.type == "response"]
    data = bytearray(path.read_bytes())
    data[found[number].offset + found[number].length // 2] ^= 1
    path.write_bytes(data)
    return f"{path.name} at offset {found[number].offset}"


@pytest.mark.parametrize("number", [0, 1])
def test_what_cannot_be_read_keeps_what_was_known(tmp_path, number):
    """Law: a damaged record takes nothing away: an article whose newest version it is stays, of an older one the row."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[0].revised(1))])
    misread(tmp_path, CN[0].url, row=", title = 'older'")
    before = dump(tmp_path / NAME), hashes(tmp_path, "articles")
    place = damage(tmp_path, CN[0].url, number)

    (told,) = reread(tmp_path, every, CLOCK())
    stood = (dump(tmp_path / NAME), hashes(tmp_path, "articles")) == before
    assert place in told.detail
    assert (told.became[0], stood) == (PROBLEM, bool(number))
    assert ("older" in str(dump(tmp_path / NAME)["articles"])) is bool(number)
    if not number:
        assert {row[6] for row in dump(tmp_path / NAME)["pages"]} == {older.VERSION, VERSION}


def test_a_death_between_file_and_row_is_made_good(tmp_path):
    """Law: a file that stands before its row is no obstacle to the next try."""
    archives.crawl(tmp_path, [page(CN[0])])
    before, file = stands(tmp_path), (tmp_path / urls.article_path(CN[0].url)).read_bytes()
    unread(tmp_path, CN[0].url)
    (tmp_path / urls.article_path(CN[0].url)).write_bytes(file)

    assert again(tmp_path, chosen.pending) == {CN[0].url: (NEW,)}
    assert stands(tmp_path) == before


def test_killed_anywhere_it_can_begin_again(good, tmp_path):
    """Law: a kill leaves each article as it was or as it becomes, and the next try does the rest."""
    root = copied(good, tmp_path / "archive")
    before = stands(root)
    older.aged(root)
    number = len(again(root, dry=True))
    for step in range(1, number, 3):
        work = reread(root, every, CLOCK())
        assert archives.died(lambda: list(islice(work, step))) == -9  # noqa: B023 - at once
        assert len(again(root, dry=True)) <= number - step

    again(root)
    assert stands(root) == before


# The command


def test_the_verb(ten, tmp_path, capsys):
    """Law: one line for each article of which something is different, lists and CDXJ brought up to date, exit code 0;
    as JSON an object for each."""
    root = copied(ten, tmp_path / "a")
    for words, shown in ((["--json"], json.loads), ([], str)):
        unread(root, CN[1].url)
        for path in (root / "lists").iterdir():
            path.unlink()
        assert cli.main(["rebuild", "--pending", "--archive", str(root), *words]) == 0
        lines, err = capsys.readouterr()
        file = urls.article_path(CN[1].url)
        told = {"url": CN[1].url, "became": [NEW], "detail": file} if words else f"{NEW}: {CN[1].url}: {file}"
        assert told in map(shown, lines.splitlines())
        assert len(lines.splitlines()) == 1 + bool(words)
        assert err == "read again: 2 (new article 1, same 1)\n"
        assert findings(root) == []
    assert cli.main(["rebuild", "--pending", "--archive", str(root)]) == 0
    assert capsys.readouterr() == ("", "read again: 1 (same 1)\n")


def test_a_dry_run_of_the_verb(ten, tmp_path, capsys):
    """Law: --dry-run alone is of all articles; it ends with how many become what, and writes nothing."""
    root = copied(ten, tmp_path / "a")
    misread(root, CN[1].url, "title", "lead", "markup")
    misread(root, CN[2].url, "lead", "markup")
    before = stands(root), hashes(root, "lists", "cdxj")

    assert cli.main(["rebuild", "--dry-run", "--archive", str(root)]) == 0
    out, err = capsys.readouterr()
    assert set(out.splitlines()) == {
        f"title, lead: {CN[1].url}: {urls.article_path(CN[1].url)}",
        f"lead: {CN[2].url}: {urls.article_path(CN[2].url)}",
    }
    assert err == "read again: 11 (title 1, lead 2, same 9)\nnothing was changed; without --dry-run it is\n"
    assert (stands(root), hashes(root, "lists", "cdxj")) == before


def test_some_articles_by_the_verb(ten, tmp_path, capsys):
    """Law: --urls and the days say which articles are read; together they narrow each other."""
    root, names = copied(ten, tmp_path / "a"), tmp_path / "urls.txt"
    names.write_text(f"{CN[0].url}\n{CN[1].url}\nhttps://www.rfi.fr/cn/\n")
    day = urls.day(CN[0].url)
    of_day = ["--since", f"{day[:4]}-{day[4:6]}-{day[6:]}", "--until", f"{day[:4]}-{day[4:6]}-{day[6:]}"]
    same_day = sum(urls.day(article.url) == day for article in CN[:11])

    for words, number in (
        (["--urls", str(names)], 2),
        (of_day, same_day),
        ([*of_day, "--urls", str(names)], 1 + (urls.day(CN[1].url) == day)),
    ):
        assert cli.main(["rebuild", "--archive", str(root), *words]) == 0
        said = capsys.readouterr().err.splitlines()
        assert said[-1] == f"read again: {number} (same {number})"
        assert ("--urls" in words) == (said[0] == f"{names}: not an article's URL: https://www.rfi.fr/cn/")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--pending", "--urls", "FILE"], "exclude each other"),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "is later than"),
        (["--urls", "FILE"], "no article's URL in it: line 1"),
    ],
)
def test_words_that_make_no_sense(ten, tmp_path, capsys, words, says):
    """Law: what cannot be meant is refused in one line, with exit code 2."""
    (tmp_path / "FILE").write_text("nonsense\n")

    named = [str(tmp_path / word) if word == "FILE" else word for word in words]
    assert cli.main(["rebuild", "--archive", str(ten), *named]) == 2
    assert says in capsys.readouterr().err


def test_not_without_an_index_nor_beside_a_run(tmp_path):
    """Law: it makes neither archive nor index, and waits its turn."""
    with pytest.raises(NotFound, match="no archive"):
        again(tmp_path)
    (tmp_path / "warc").mkdir()
    with pytest.raises(NotFound, match="no index"):
        again(tmp_path)
    assert not (tmp_path / NAME).exists()
    archive = open_archive(tmp_path)
    for dry in (False, True):
        with pytest.raises(Locked):
            again(tmp_path, dry=dry)
    close(archive)


def test_it_says_what_the_index_says(tmp_path):
    """Law: rows of captures are told by URL in the order of recording, as they are told by file."""
    archives.crawl(tmp_path, [page(CN[0]), page(CN[1]), page(CN[0])])

    with closing(Index(tmp_path / NAME)) as index:
        (file,) = index.warcs()
        by_file = [row for row in index.captured(file.name) if row.capture.url == CN[0].url]
        assert [row for _, row in index.captures(CN[0].url)] == by_file
        assert [number for number, _ in index.captures(CN[0].url)] == [1, 3]


def test_every_kind_says_what_it_is():
    """Law: what may become of an article has a word each, and each word its meaning."""
    assert {PROBLEM, NO_PAGE, NEW, NONE, VERSIONS, FACTS, FILE, SAME} < KINDS.keys()
    assert all(KINDS.values())
