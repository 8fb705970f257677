"""Laws of doctor: what disagrees is mended, what cannot be is told, nothing is lost, and a second run finds nothing."""

import hashlib
import shutil
import signal
from contextlib import closing
from itertools import islice

import pytest

from archive import urls, warc
from archive.commit import merge
from archive.doctor import HOPELESS, doctor
from archive.errors import Locked, NotFound
from archive.index import NAME as INDEX
from archive.index import Index
from archive.rollup import rollup
from tests.archive import archives, older
from tests.archive.archives import CLOCK, CN, crawl, dump, edit, findings, hashes, keep, open_archive, page


def cures(root, *, dry=False):
    """What the doctor says: what it does, to what."""
    return [(cure.does, cure.what) for cure in doctor(root, CLOCK(), lambda _: None, dry=dry)]


def everything(root):
    """SHA-256 of all files of an archive; but for what only SQLite and the lock write."""
    return {name: sha for name, sha in hashes(root, ".").items() if not name.startswith((INDEX, ".lock"))}


def article(root, number=0):
    return root / urls.article_path(CN[number].url)


def first_warc(root):
    return warc.sealed(root / "warc")[0]


def flip(path, at=0.5):
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(content)


def change(root):
    article(root).write_bytes(article(root).read_bytes().replace("。".encode(), "！".encode(), 1))


def stray(root):
    path = root / "articles/2026/10/20261001-000000000000.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("nobody made this")


def leave_open(root):
    CLOCK.wait(hours=1)
    assert archives.died(lambda: [keep(a, page(CN[20])) for a in [open_archive(root)]]) == -signal.SIGKILL


def leave_torn(root):
    leave_open(root)
    left = next((root / "warc").glob("*.open"))
    left.write_bytes(left.read_bytes() + b"\x1f\x8b\x08 torn")


def stop_rollup(root):
    """Kill a rollup between its steps: the merged file has its name, and the index does not know it."""
    CLOCK.wait(days=2)
    with closing(Index(root / INDEX)) as index:
        files = sorted(index.warcs(), key=lambda file: warc.sort_key(file.name))
    merge.make(root / "warc", files, CLOCK(), lambda _: None)
    (root / "warc" / f"rollup-x.warc.gz{merge.MAKING}").write_bytes(b"half")


def half_written(root):
    for path in (article(root), root / "lists/rfi_cn.md", root / "warc/torn/x"):
        path.parent.mkdir(exist_ok=True)
        path.with_name(f".{path.name}.new").write_bytes(b"half")
    (root / f"{INDEX}.new").write_bytes(b"half")


PAGE = "epoch, sha256, content, changed, parser from pages"
# name: (how an archive is spoilt, what the doctor must do)
ILLS = {
    "article changed": (change, {"quarantine", "remake"}),
    "article missing": (lambda root: article(root).unlink(), {"remake"}),
    "all articles missing": (lambda root: shutil.rmtree(root / "articles"), {"remake"}),
    "article of nobody": (stray, {"quarantine"}),
    "article is a broken link": (lambda root: (root / "articles/x").symlink_to("nowhere"), {"quarantine"}),
    "index missing": (lambda root: (root / INDEX).unlink(), {"remake"}),
    "index is none": (lambda root: (root / INDEX).write_bytes(b"no database" * 99), {"remake"}),
    "index of old": (lambda root: edit(root, "pragma user_version = 1"), {"remake"}),
    "row of an article missing": (lambda root: edit(root, "delete from articles where rowid % 2"), {"add row"}),
    "row of a capture wrong": (lambda root: edit(root, "update captures set length = 7"), {"add row", "drop row"}),
    "row of nothing": (
        lambda root: edit(root, "insert into urls values (1, 'https://www.rfi.fr/', 'other', 'listed', '', 0, 0, 0)"),
        {"drop row"},
    ),
    "state wrong": (lambda root: edit(root, "update urls set state = 'failed'"), {"add row", "drop row"}),
    "page missing": (lambda root: edit(root, "delete from pages where capture = 2"), {"add row"}),
    "page wrong": (lambda root: edit(root, "update pages set content = sha256"), {"add row", "drop row"}),
    "page of no article": (
        lambda root: edit(root, f"insert into pages select 3, {PAGE} where capture = 2"),
        {"drop row"},
    ),
    "page of no capture": (
        lambda root: edit(root, f"insert into pages select 999, {PAGE} where capture = 2"),
        {"drop row"},
    ),
    "what is new in a page wrong": (
        lambda root: edit(root, "update pages set changed = 'title'"),
        {"add row", "drop row"},
    ),
    "first wrong": (lambda root: edit(root, "update articles set first = 1"), {"add row", "drop row"}),
    "looked wrong": (lambda root: edit(root, "update articles set looked = 1"), {"add row", "drop row"}),
    "gone wrong": (lambda root: edit(root, "update articles set gone = 1"), {"add row", "drop row"}),
    "article of no capture": (lambda root: edit(root, "update articles set capture = 999"), {"add row", "drop row"}),
    "state of a capture wrong": (
        lambda root: edit(root, "update captures set state = 'gone'"),
        {"add row", "drop row"},
    ),
    "text missing": (lambda root: edit(root, "delete from texts where id = (select min(id) from texts)"), {"add row"}),
    "other words given": (lambda root: edit(root, "update texts set said = 7"), {"add row", "drop row"}),
    "label missing": (lambda root: edit(root, "delete from labelled where label = 1"), {"add row"}),
    "label counted wrong": (lambda root: edit(root, "update labels set articles = 99"), {"add row", "drop row"}),
    "words lost": (lambda root: edit(root, "delete from search_data where id > 10"), {"remake"}),
    "words garbled": (lambda root: edit(root, "update search_data set block = x'00' where id > 10"), {"remake"}),
    "words of a text lost": (
        lambda root: edit(root, "delete from search_docsize where id = (select min(id) from texts)"),
        {"remake"},
    ),
    "WARC not in the index": (lambda root: edit(root, "update warcs set sha256 = '' where id = 1"), {"add row"}),
    "run died": (leave_open, {"mend", "add row", "remake"}),
    "run died in a record": (leave_torn, {"mend", "add row", "remake"}),
    "rollup died": (stop_rollup, {"remove", "add row", "drop row", "remake"}),
    "writes died": (half_written, {"remove"}),
    "list changed": (lambda root: (root / "lists/rfi_cn.md").write_text("x"), {"remake"}),
    "CDXJ changed": (lambda root: next((root / "cdxj").iterdir()).write_text("x"), {"remake"}),
    "CDXJ missing": (lambda root: shutil.rmtree(root / "cdxj"), {"remake"}),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    root = tmp_path_factory.mktemp("sound") / "archive"
    for number in range(3):
        crawl(root, [page(CN[number]), page(CN[number + 3]), archives.feed()])
    return root


@pytest.fixture
def root(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "archive")


def test_a_sound_archive_needs_nothing(good, tmp_path):
    """Law: an archive that has seen everything is left as it is, to the byte."""
    root = shutil.copytree(good, tmp_path / "archive")
    before, rows = everything(root), dump(root / INDEX)

    assert cures(root) == []
    assert (everything(root), dump(root / INDEX)) == (before, rows)


@pytest.mark.parametrize(("spoil", "does"), ILLS.values(), ids=ILLS)
def test_what_is_ill_is_mended(root, spoil, does):
    """Law: each ill is named and mended, nothing is wrong afterwards, and a second run finds nothing."""
    articles = hashes(root, "articles")
    spoil(root)
    found = cures(root)

    assert {what for what, _ in found} == does
    assert findings(root) == []
    assert cures(root) == []
    assert articles.items() <= hashes(root, "articles").items()


@pytest.mark.parametrize("spoil", [spoil for spoil, _ in ILLS.values()], ids=ILLS)
def test_a_dry_run_only_tells(root, spoil):
    """Law: --dry-run names what would be done, the same as is done then, and changes no file."""
    spoil(root)
    before = everything(root)
    told = cures(root, dry=True)

    assert everything(root) == before
    assert {what for what, _ in told} == {what for what, _ in cures(root)}


def test_quarantine_keeps_the_bytes_and_says_why(root):
    """Law: what goes into quarantine is the file to the byte, beside a note; two of one name both stay."""
    for number in range(2):
        article(root).write_text(f"changed {number}")
        cures(root)

    kept = sorted((root / "quarantine").rglob("*.md-????????"))
    assert {path.read_text() for path in kept} == {"changed 0", "changed 1"}
    for path in kept:
        note = path.with_name(f"{path.name}.note").read_text()
        assert article(root).relative_to(root).as_posix() in note
        assert hashlib.sha256(path.read_bytes()).hexdigest() in note


def test_after_a_change_of_the_parser(root):
    """Law: what an older parser made is made again, told once for the index and once for each file, and is no one's work
    that quarantine should keep; a file that somebody changed is, all the same."""
    before = hashes(root, "articles"), dump(root / INDEX)
    older.aged(root)
    change(root)
    path = article(root).relative_to(root).as_posix()

    told = cures(root, dry=True)
    assert sorted(cures(root)) == sorted(told)
    assert sorted(told) == sorted([("remake", INDEX), ("quarantine", path), *(("remake", name) for name in before[0])])
    assert (hashes(root, "articles"), dump(root / INDEX)) == before
    assert cures(root) == []


def test_damage_in_a_record_is_told_and_its_file_kept(root):
    """Law: a record that cannot be read is beyond the doctor; the file once made from it is kept in quarantine."""
    record = next(r for r in warc.walk(first_warc(root)) if r.get("WARC-Target-URI") == CN[0].url)
    content = bytearray(first_warc(root).read_bytes())
    content[record.offset + record.length // 2] ^= 1
    first_warc(root).write_bytes(content)
    text = article(root).read_bytes()
    found = cures(root)

    assert (HOPELESS, f"warc/{first_warc(root).name}") in found
    assert any(first_warc(root).name in cure.why for cure in doctor(root, CLOCK(), lambda _: None, dry=True))
    assert ("quarantine", article(root).relative_to(root).as_posix()) in found
    assert [path.read_bytes() for path in (root / "quarantine").rglob("*.md-????????")] == [text]
    assert first_warc(root).read_bytes() == bytes(content)
    assert {what for what, _ in cures(root)} == {HOPELESS}
    assert "a sealed file never changes" in {finding.rule for finding in findings(root)}


def test_a_lost_file_takes_its_rows_along(root):
    """Law: where a WARC file is lost, its rows go, its articles are kept in quarantine, and the next crawl has both."""
    lost = first_warc(root)
    lost.unlink()
    found = cures(root)

    assert ("drop row", f"warcs: {lost.name}") in found
    assert ("quarantine", article(root).relative_to(root).as_posix()) in found
    assert not article(root).exists()
    CLOCK.wait(hours=1)
    crawl(root, [page(CN[0])])
    assert article(root).exists()


def test_killed_anywhere_it_can_begin_again(root):
    """Law: a doctor that dies leaves an archive that another one mends."""
    change(root)
    stray(root)
    leave_torn(root)
    edit(root, "delete from articles")
    articles = {name for name in hashes(root, "articles") if "000000000000" not in name}
    number = len(cures(root, dry=True))
    for step in range(1, number):
        work = doctor(root, CLOCK(), lambda _: None)
        assert archives.died(lambda: list(islice(work, step))) == -signal.SIGKILL  # noqa: B023 - at once
    cures(root)

    assert cures(root) == []
    assert findings(root) == []
    assert articles <= hashes(root, "articles").keys()
    kept = {path.read_text() for path in (root / "quarantine").rglob("*.md-????????")}
    assert "nobody made this" in kept


def test_after_a_rollup_it_finds_nothing(root):
    """Law: a rollup leaves nothing to mend."""
    CLOCK.wait(days=2)
    assert len(list(rollup(root, CLOCK(), lambda _: None))) == 1

    assert cures(root) == []


def test_one_writer_at_a_time(root):
    """Law: no doctor beside a crawl, and none for what is no archive."""
    archive = open_archive(root)
    with pytest.raises(Locked):
        cures(root)
    archive.close()
    with pytest.raises(NotFound):
        cures(root / "nothing")
