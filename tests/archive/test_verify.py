"""Laws of verify: nothing is wrong with a good archive, and no single defect goes unnamed."""

import json
import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from archive import cli, urls, warc
from archive.commit import draft
from archive.compare import first_difference
from archive.errors import BadRecord, NotFound
from archive.finding import Finding
from archive.index import NAME, Index
from archive.page import VERSION
from archive.verify import verify
from tests.archive import archives, older
from tests.archive.archives import CLOCK, CN, crawl, edit, findings, keep, page, short
from tests.site import expected


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << at % 8
    path.write_bytes(data)


def article_file(root):
    return root / urls.article_path(CN[4].url)


def named(root, file, rule=""):
    """The findings on a file; there must be some, each in one line, and the command says 1."""
    every = findings(root)
    found = [finding for finding in every if finding.file == file and rule in finding.rule]
    assert found, (file, rule, every)
    assert all("\n" not in str(finding) and finding.source for finding in every)
    return found


def test_nothing_is_wrong_with_a_good_archive(good):
    """Law: no finding without a fault, and progress is told to the last byte."""
    told: list[int] = []
    assert list(verify(good, told.append, step=20_000)) == []
    assert sum(told) == sum(path.stat().st_size for path in warc.sealed(good / "warc"))
    assert len(told) > len(warc.sealed(good / "warc"))


def test_reading_changes_nothing(root):
    """Law: verify writes nothing."""
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert findings(root) == []
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == before


def test_every_flipped_byte_of_an_article_file(tmp_path):
    """Law: one bit anywhere in an article file is found, and told where."""
    root = crawl(tmp_path, [short(1)])
    path = next(root.glob("articles/**/*.md"))
    name, content = path.relative_to(root).as_posix(), path.read_bytes()
    for at in range(len(content)):
        flip(path, at)
        (finding,) = findings(root)
        assert finding.file == name
        assert finding.rule == "an article file equals what its record makes"
        assert f"from byte {at} on" in finding.what
        path.write_bytes(content)


def test_every_flipped_byte_of_a_small_warc_file(tmp_path):
    """Law: one bit anywhere in a WARC file is found, and the file is named."""
    root = crawl(tmp_path, [short(1)])
    path = warc.sealed(root / "warc")[0]
    content = path.read_bytes()
    for at in range(0, len(content), 3):
        flip(path, at)
        named(root, f"warc/{path.name}", "a sealed file never changes")
        path.write_bytes(content)
    assert findings(root) == []


def reads_alike(path, records):
    """Tell whether a file still holds these records."""
    try:
        return list(warc.walk(path)) == records
    except BadRecord:
        return False


def test_flipped_bytes_of_members(root):
    """Law: damage to a member is found by the member alone, at its offset; what stands behind it is checked all the same."""
    rng = random.Random(5)
    for _ in range(200):
        path = rng.choice(warc.sealed(root / "warc"))
        content, records = path.read_bytes(), list(warc.walk(path))
        at = rng.randrange(len(content))
        member = next(record for record in reversed(records) if record.offset <= at)
        flip(path, at)
        if reads_alike(path, records):
            path.write_bytes(content)
            continue  # time, flags and system of a gzip head, and the bits that fill up a byte, mean nothing
        found = named(root, f"warc/{path.name}")
        assert found[0].rule == "a sealed file never changes"
        assert any(finding.offset == member.offset for finding in found[1:]), (at, member.offset, found)
        assert len(found) <= 3
        path.write_bytes(content)


def stray(root):
    path = root / "articles/2026/10/20261001-0123456789ab.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("stray")


def replaced(root):
    one, two = warc.sealed(root / "warc")[:2]
    shutil.copy(one, two)


def swapped_names(root):
    one, two = warc.sealed(root / "warc")[:2]
    one.rename(root / "other")
    two.rename(one)
    (root / "other").rename(two)


def append(content):
    def do(path):
        path.write_bytes(path.read_bytes() + content)

    return do


def one_warc(root):
    return warc.sealed(root / "warc")[0]


def copied(root):
    one = one_warc(root)
    shutil.copy(one, one.with_name("rfi_cn-20301231000000000-00000-x-12345678.warc.gz"))


DEFECTS = {
    "article file deleted": (
        lambda r: article_file(r).unlink(),
        "articles/",
        "every article of the index has its file",
    ),
    "article file appended to": (lambda r: append(b"\n")(article_file(r)), "articles/", "equals what its record makes"),
    "article file cut": (lambda r: article_file(r).write_bytes(b""), "articles/", "equals what its record makes"),
    "article file is a folder": (
        lambda r: (article_file(r).unlink(), article_file(r).mkdir()),
        "articles/",
        "every article of the index has its file",
    ),
    "older article file": (
        lambda r: article_file(r).write_text(expected(CN[4], 1_000_000_000_000), "utf-8"),
        "articles/",
        "equals what its record makes",
    ),
    "stray article file": (stray, "articles/", "every article file has a record"),
    "WARC deleted": (lambda r: one_warc(r).unlink(), "warc/", "every WARC file of the index is there"),
    "WARC replaced": (replaced, "warc/", "a sealed file never changes"),
    "WARCs swapped": (swapped_names, "warc/", "a sealed file never changes"),
    "WARC appended to": (lambda r: append(b"x")(one_warc(r)), "warc/", "a sealed file never changes"),
    "WARC with a member more": (
        lambda r: append(one_warc(r).read_bytes()[:400])(one_warc(r)),
        "warc/",
        "a sealed file never changes",
    ),
    "WARC cut": (lambda r: os.truncate(one_warc(r), 3000), "warc/", "a sealed file never changes"),
    "WARC emptied": (lambda r: os.truncate(one_warc(r), 0), "warc/", "a sealed file never changes"),
    "WARC is a folder": (
        lambda r: (one_warc(r).unlink(), one_warc(r).with_name("a.warc.gz").mkdir()),
        "warc/",
        "can be read",
    ),
    "WARC copied": (copied, "warc/", "every sealed file is in the index"),
    "open file left": (
        lambda r: copied(r) or one_warc(r).rename(f"{one_warc(r)}.open"),
        "warc/",
        "no file is left open",
    ),
    "list deleted": (lambda r: (r / "lists/rfi_cn.md").unlink(), "lists/", "a list equals the index"),
    "list edited": (lambda r: append(b"x")(r / "lists/rfi_tw.md"), "lists/", "a list equals the index"),
    "index cut": (lambda r: os.truncate(r / NAME, 20_000), NAME, ""),
    "index overwritten": (lambda r: (r / NAME).write_bytes(b"text" * 999), NAME, "the index can be read"),
}
SAYS, ITS_PAGE = "a capture's row says what its answer makes of its URL", "a page's row equals what its record makes"
OF = "capture in (select id from captures where key = ?)"
PAGE = "epoch, sha256, content, changed, parser from pages"
OTHER = "(select min(id) from captures where mime in (select id from mimes where mime like '%{}%') and id not in (select capture from pages))"
EDITS = {
    "title": ("update articles set title = 'edited' where key = ?", "an article's row equals its record"),
    "facts": ("update articles set tags = '[]', show = 'x' where key = ?", "an article's row equals its record"),
    "epoch": ("update articles set epoch = epoch + 1 where key = ?", "an article's row equals its record"),
    "path": ("update articles set path = path || 'x' where key = ?", "an article's row equals its record"),
    "sha256": ("update articles set sha256 = '' where key = ?", "an article's row equals its record"),
    "words": ("update texts set said = 7 where key = ?", "an article is found by the words of its record"),
    "words lost": (
        "delete from search_data where id = (select max(id) from search_data where ?)",
        "the index is a sound database",
    ),
    "text row deleted": ("delete from texts where key = ?", "the tables agree"),
    "article row deleted": ("delete from articles where key = ?", "the tables agree"),
    "state": ("update urls set state = 'gone' where key = ?", "the tables agree"),
    "capture row deleted": ("delete from captures where key = ?", "every response record is in the index"),
    "url row deleted": ("delete from urls where key = ?", "every response record is in the index"),
    "captured later": ("update captures set epoch = epoch + 1 where key = ?", "a capture's row equals its record"),
    "status": ("update captures set status = 404 where key = ?", "a capture's row equals its record"),
    "length": ("update captures set length = 1 where key = ?", "a capture's row equals its record"),
    "digest": ("update captures set digest = '' where key = ?", "a capture's row equals its record"),
    "offset": (
        "update captures set offset = offset + 1 where key = ?",
        "every capture of the index is a pair of records",
    ),
    "url": ("update urls set url = url || 'x' where key = ?", "a capture's row equals its record"),
    "state of a capture": ("update captures set state = 'gone' where key = ?", SAYS),
    "rejected, with a page": ("update captures set state = 'rejected' where key = ?", SAYS),
    "state of a listing's capture": (
        f"update captures set state = 'rejected' where id = {OTHER.format('xml')} and key != ?",
        SAYS,
    ),
    "page row deleted": (f"delete from pages where {OF}", SAYS),
    "page of what is gone": (f"insert into pages select {OTHER.format('html')}, {PAGE} where {OF}", SAYS),
    "page of a listing": (f"insert into pages select {OTHER.format('xml')}, {PAGE} where {OF}", SAYS),
    "page of no capture": (f"insert into pages select 999, {PAGE} where {OF}", "the tables agree"),
    "what a page says": (f"update pages set content = cast(x'00' || substr(content, 2) as blob) where {OF}", ITS_PAGE),
    "nothing that a page says": (f"update pages set content = '' where {OF}", ITS_PAGE),
    "file of a page": (f"update pages set sha256 = '' where {OF}", ITS_PAGE),
    "date of a page": (f"update pages set epoch = epoch + 1 where {OF}", "the tables agree"),
    "what a page says anew": (f"update pages set changed = 'title' where {OF}", "the tables agree"),
    "nothing anew": (f"update pages set changed = '' where {OF}", "the tables agree"),
    "other version": ("update articles set capture = capture - 1 where key = ?", "the tables agree"),
    "first": ("update articles set first = first - 1 where key = ?", "the tables agree"),
    "looked before": ("update articles set looked = looked - 1 where key = ?", "the tables agree"),
    "looked later": ("update articles set looked = looked + 1 where key = ?", "the tables agree"),
    "gone": ("update articles set gone = epoch where key = ?", "the tables agree"),
}


@pytest.mark.parametrize(("do", "file", "rule"), DEFECTS.values(), ids=DEFECTS)
def test_each_single_defect_is_named(root, do, file, rule, capsys):
    """Law: whatever one thing is wrong, it is named with its file and the rule it breaks, and the command says 1."""
    do(root)
    found = findings(root)
    assert any(finding.file.startswith(file) and rule in finding.rule for finding in found), found
    assert cli.main(["verify", "--archive", str(root)]) == 1
    assert str(found[0]) in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(("sql", "rule"), EDITS.values(), ids=EDITS)
def test_each_edited_row_is_named(root, sql, rule):
    """Law: no row about an article can be changed unseen."""
    assert edit(root, sql, urls.key(CN[4].url)) == 1
    assert any(rule == finding.rule for finding in findings(root)), findings(root)
    assert cli.main(["verify", "--archive", str(root)]) == 1


@pytest.mark.parametrize(
    ("number", "column"), [(1, "changed"), (2, "changed"), (3, "gone"), (11, "looked"), (0, "looked"), (3, "looked")]
)
def test_what_is_known_of_versions_is_held_against_the_captures(root, number, column):
    """Law: of an article with versions, gone, there again, or in other bytes, nothing that is noted can be changed."""
    table, where = ("pages", OF) if column == "changed" else ("articles", "key = ?")
    wrong = {"changed": "changed || ' tags'", "gone": "null", "looked": "first"}[column]

    assert edit(root, f"update {table} set {column} = {wrong} where {where}", urls.key(CN[number].url))
    assert {finding.rule for finding in findings(root)} == {"the tables agree"}


def test_another_parser_is_one_finding(root, capsys):
    """Law: after a change of the parser verify says once how many pages an older one read, and what to do then."""
    older.aged(root)
    pages = len(archives.dump(root / NAME)["pages"])

    (told,) = findings(root)
    assert told.rule == "every page was read by today's parser"
    assert told.what.startswith(f"{pages:,} were read by page.py {older.VERSION}, this is {VERSION}: `rfi-archive reb")
    assert cli.main(["rebuild", "--since", "2000-01-01", "--archive", str(root)]) == 0
    assert findings(root) == []
    assert capsys.readouterr().err == "read again: 13 (title 12, body 12, same 1)\n"


def test_what_another_parser_read_is_checked_all_the_same(root):
    """Law: beside pages that an older parser read, every other fault is found, of their files and rows too."""
    older.aged(root)
    assert len(list(verify(root, lambda _: None))) == 1
    append(b"x")(article_file(root))
    (root / urls.article_path(CN[5].url)).unlink()
    edit(root, "update articles set path = path || 'x' where key = ?", urls.key(CN[0].url))
    edit(root, "update articles set sha256 = 'x' where key = ?", urls.key(CN[1].url))
    edit(root, f"update pages set changed = 'tags' where {OF}", urls.key(CN[2].url))
    edit(root, "update captures set state = 'gone' where key = ?", urls.key(CN[6].url))

    assert {finding.rule for finding in verify(root, lambda _: None)} == {
        "every page was read by today's parser",
        "an article file is what the index says",
        "every article of the index has its file",
        "an article's row equals its record",
        "every article file has a record",
        "the tables agree",
        SAYS,
    }


def test_pages_that_become_articles_are_one_finding(root):
    """Law: captures that are no articles by the index, but are by today's parser, are one finding, which says what to do."""
    for number in (4, 5, 11):
        older.unread(root, CN[number].url)

    (told,) = verify(root, lambda _: None)
    assert told.what == (
        f"4 that were no articles are some by page.py {VERSION}: `rfi-archive rebuild --pending` reads them again"
    )
    assert cli.main(["rebuild", "--pending", "--archive", str(root)]) == 0
    assert findings(root) == []


def test_a_row_and_its_file_deleted_together(root):
    """Law: an article that vanished with its row is missed: its URL says that it is archived."""
    article_file(root).unlink()
    edit(root, "delete from articles where key = ?", urls.key(CN[4].url))
    assert named(root, NAME, "the tables agree")[0].what.startswith(CN[4].url)


def test_every_way_to_damage_the_index_is_bearable(root):
    """Law: with any bytes of the index damaged, verify tells findings and nothing else happens."""
    content, rng, wrong = (root / NAME).read_bytes(), random.Random(9), 0
    for _ in range(100):
        data, at = bytearray(content), rng.randrange(len(content))
        data[at : at + 32] = rng.randbytes(32)
        (root / NAME).write_bytes(data)
        wrong += bool(findings(root))
    assert wrong > 10  # the others hit the free space that so few rows leave


def test_no_archive_and_no_index(root, tmp_path):
    """Law: without an archive, or without its index, there is one clear line instead of findings."""
    with pytest.raises(NotFound, match="no archive at"):
        findings(tmp_path / "missing")
    (root / NAME).unlink()
    with pytest.raises(NotFound, match="rebuild"):
        findings(root)


def test_a_running_crawl_is_no_fault(root, capsys):
    """Law: at any step of a crawl that goes on beside it, verify finds nothing wrong, and all that is wrong elsewhere."""
    archive = archives.open_archive(root, rotate=20_000)
    for article in (*CN[20:], CN[1].revised(5)):
        assert cli.main(["verify", "--archive", str(root)]) == 0, capsys.readouterr().out
        exchange = page(article)
        made, capture = draft.make(archives.page_of(exchange)), archive.record(exchange)
        assert findings(root, running=True) == []
        archive.ledger.write(capture, made)
        assert findings(root, running=True) == []
        archive.ledger.commit(capture, made)
    flip(article_file(root), 7)
    assert cli.main(["verify", "--archive", str(root)]) == 1
    archives.close(archive)


def test_a_crawl_beside_it(root):
    """Law: verify beside a crawl that never waits finds nothing wrong."""

    def run() -> None:
        archive = archives.open_archive(root, rotate=30_000)
        for number in range(10_000):
            CLOCK.wait(hours=1)
            keep(archive, page(CN[number % len(CN)].revised(number)))

    child = archives.start(run)
    time.sleep(0.1)
    try:
        for _ in range(6):
            assert findings(root, running=True) == []
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    CLOCK.wait(hours=10_001)
    crawl(root, [])
    assert findings(root) == []


@pytest.mark.parametrize("do", [lambda path: path.unlink(), append(b"x")])
def test_a_wrong_index_for_replay_is_named(root, do, capsys):
    """Law: a CDXJ file that is missing or edited is named by the command."""
    path = min((root / "cdxj").iterdir())
    do(path)
    assert cli.main(["verify", "--archive", str(root)]) == 1
    assert capsys.readouterr().out.startswith(f"cdxj/{path.name}: a CDXJ file equals the index: ")


def test_the_source_of_a_rule_is_told_to_programs(root, capsys):
    """Law: --json says of each finding where its rule is written."""
    article_file(root).unlink()
    assert cli.main(["verify", "--json", "--archive", str(root)]) == 1
    (told,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert told == {
        "file": article_file(root).relative_to(root).as_posix(),
        "offset": None,
        "rule": "every article of the index has its file",
        "what": "missing; `rfi-archive rebuild` makes it",
        "source": "DESIGN, law 1",
    }


@pytest.mark.parametrize("running", [True, False])
def test_a_file_that_vanishes(root, running):
    """Law: a WARC file that goes while verify runs is no fault beside a run, which may have merged it, else it is."""
    gone = warc.sealed(root / "warc")[-1]
    found = list(verify(root, lambda _: gone.unlink(missing_ok=True), running=running, workers=1))

    assert [str(finding) for finding in found if finding.file == f"warc/{gone.name}"] == (
        [] if running else [f"warc/{gone.name}: every WARC file can be read: No such file or directory"]
    )


def test_where_two_files_part():
    """Law: the first byte that differs is told, the end of the shorter one too."""
    assert first_difference(b"abc", b"axc") == "from byte 1 on, 'bc' stands for 'xc'"
    assert first_difference(b"ab", b"abc") == "from byte 2 on, '' stands for 'c'"
    assert str(Finding("a", 7, "r", "w", "s")) == "a at offset 7: r: w"


PEAK = """
from pathlib import Path
from archive.cli import main
assert main() == 0
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""
"""Runs a verb and tells the KiB that it needed at most: what getrusage tells may be its parent's."""


def test_memory_does_not_grow(tmp_path):
    """Law: rebuild and verify need no more memory for 5,000 articles, all in one file, than for 1,000."""
    peaks: dict[str, list[int]] = {"rebuild": [], "verify": []}
    for count in (1_000, 5_000):
        root = archives.write_warc(tmp_path / str(count), map(short, range(count)))
        for verb, found in peaks.items():
            command = [sys.executable, "-c", PEAK, verb, "--archive", str(root)]
            found.append(int(subprocess.run(command, capture_output=True, check=True).stdout.split()[-1]))
        index = Index(root / NAME)
        assert index.counts()["articles"] == {"cn": count}
        index.close()
    for few, many in peaks.values():
        assert many - few < 6_000, peaks  # KiB: SQLite's page cache fills up meanwhile, to 2,000 and no more
