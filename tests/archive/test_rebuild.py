"""Laws of the rebuild: everything but warc/ is a function of warc/."""

import gzip
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import article, cli, urls, warc
from archive.commit.glean import gather
from archive.engines.differ import differ
from archive.errors import Locked, NotFound
from archive.export import lists
from archive.index import NAME, Index
from archive.rebuild import Rebuilt, rebuild
from archive.warcs.check import Stretch
from tests.archive import archives, outsiders
from tests.archive.archives import CLOCK, CN, crawl, died, dump, findings, hashes, keep, page
from tests.archive.histories import HISTORIES, live
from tests.site import render


def again(root, **how):
    """Rebuild; return what it did.  how: processes, and bytes that one takes at once."""
    CLOCK.wait(hours=1)
    done = rebuild(root, CLOCK(), lambda _: None, **how)
    with closing(Index(root / NAME)) as index:
        lists.write(root, index)
    return done


def forget(root):
    """Delete all that can be made again."""
    for name in ("articles", "lists"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path in root.glob(f"{NAME}*"):
        path.unlink()


def status(root, capsys):
    assert cli.main(["status", "--archive", str(root), "--json"]) == 0
    return {**json.loads(capsys.readouterr().out), "disk": "others use it, too"}


def test_what_was_deleted_comes_back(root, capsys):
    """Law: delete articles, lists and index, rebuild: the same files, rows and figures; and again."""
    before, rows, figures = hashes(root), dump(root / NAME), status(root, capsys)
    assert findings(root) == []
    forget(root)
    for _ in range(2):
        done = again(root)
        assert done == Rebuilt(len(rows["warcs"]), len(rows["captures"]), ())
        assert hashes(root) == before
        assert dump(root / NAME) == rows
        assert status(root, capsys) == figures
        assert findings(root) == []
    assert {path.name for path in root.iterdir()} == {"articles", "cdxj", "lists", "warc", NAME, ".lock"}


@settings(max_examples=40, deadline=None)
@given(HISTORIES, st.integers(5_000, 60_000), st.integers(1, 30_000))
def test_any_history_comes_back(tmp_path_factory, history, rotate, step):
    """Law: whatever happened, in whatever order, over however many runs, a rebuild makes the same rows and files.

    However the WARC files are cut.
    """
    root = live(tmp_path_factory.mktemp("history"), history, rotate)
    before, rows = hashes(root), dump(root / NAME)
    assert findings(root) == []
    again(root)
    assert (hashes(root), dump(root / NAME)) == (before, rows)
    forget(root)
    again(root, step=step)
    assert (hashes(root), dump(root / NAME)) == (before, rows)
    shutil.rmtree(root)


def damage(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_damaged_member_costs_only_itself(tmp_path):
    """Law: a record that cannot be read is reported with file and offset; all others are taken, behind it too."""
    root = crawl(tmp_path, map(page, CN[:10]))
    path = warc.sealed(root / "warc")[0]
    record = next(record for record in warc.walk(path) if record.get("WARC-Target-URI") == CN[4].url)
    rows = dump(root / NAME)
    damage(path, record.offset + record.length // 2)
    forget(root)
    done = again(root)
    assert done.captures == 9
    assert len(done.problems) == 1
    assert f"{path.name} at offset {record.offset}" in done.problems[0]
    with_it = {row for row in rows["articles"] if row[1] != record.offset}
    assert set(dump(root / NAME)["articles"]) == with_it
    assert cli.main(["rebuild", "--archive", str(root)]) == 1


def mixed(folder):
    """An archive with some of everything, others' records, files without a record, and damage in each file."""
    root = archives.varied(folder / "archive")
    assert cli.main(["import", "--archive", str(root), str(strange(folder)), str(older(folder))]) == 0
    rng = random.Random(5)
    for path in warc.sealed(root / "warc"):
        damage(path, rng.randrange(path.stat().st_size))
    return root


def older(folder):
    """An article file of another archiver."""
    (folder / "older").mkdir()
    path = folder / "older" / "1234567.md"
    path.write_text(article.write(archives.page_of(page(CN[22])).article), "utf-8")
    return path


def strange(folder):
    """A file of another tool's records: two pages, and one of them again."""
    path = folder / "strange.warc.gz"
    body = [b"<!DOCTYPE html>" + render(one).encode() for one in (CN[20], CN[21])]
    records = [
        outsiders.record(kind, block, url=one.url)
        for one, html in zip((CN[20], CN[21]), body, strict=True)
        for kind, block in (("response", outsiders.http(html)), ("request", b"GET / HTTP/1.1\r\n\r\n"))
    ]
    path.write_bytes(outsiders.each_gzipped(records))
    return path


@pytest.mark.slow
def test_processes_and_cuts_change_nothing(tmp_path):
    """Law: index, article files and what is told are the same for any number of processes and any stretches."""
    root = mixed(tmp_path)
    forget(root)
    whole = again(root, workers=1, step=1 << 40)
    files, rows, exact = hashes(root), dump(root / NAME), every(root / NAME)
    assert len(whole.problems) > len(warc.sealed(root / "warc")) - 2
    assert whole.imported == 1
    shutil.copy(root / NAME, tmp_path / "first")
    for workers, step in ((1, 1), (1, 4000), (2, 1 << 40), (2, 9000), (3, 700), (3, 30_000)):
        forget(root)

        done = again(root, workers=workers, step=step)

        assert done == whole
        assert hashes(root) == files
        assert dump(root / NAME) == rows
        assert every(root / NAME) == exact
        assert list(differ(tmp_path / "first", root / NAME)) == []


def every(path):
    """Every row of every table of an index, numbers and all, those of the search engine too."""
    with closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        skipped = ("search", "search_data", "search_idx")  # how the words are laid out is the engine's own
        return {name: sorted(map(repr, db.execute(f"select * from {name}"))) for name in tables if name not in skipped}


def test_large_pages_are_taken_a_few_at_a_time(tmp_path):
    """Law: a stretch whose pages are large ends early, and nothing behind its end is lost."""
    pages = [archives.short(number, words="段" * 1_000_000) for number in range(4)]
    root = crawl(tmp_path, pages)
    rows, path = dump(root / NAME), warc.sealed(root / "warc")[0]

    first = gather(root, Stretch(path), put=False)
    done = again(root)

    assert 0 < first.end < path.stat().st_size
    assert (done.captures, done.problems) == (4, ())
    assert dump(root / NAME) == rows


@pytest.mark.parametrize("where", ["first", "last", "all"])
def test_damage_anywhere_ends_no_rebuild(root, where):
    """Law: a file without one whole record, or torn at its end, is reported, and the others are taken."""
    path = warc.sealed(root / "warc")[1]
    data = path.read_bytes()
    path.write_bytes({"first": b"\0" + data[1:], "last": data[:-1], "all": bytes(len(data))}[where])
    done = again(root)
    assert done.files == 5
    assert [problem for problem in done.problems if path.name not in problem] == []
    assert done.problems


def test_foreign_records_end_no_rebuild(root):
    """Law: records that no crawl of ours could have written are passed over or reported."""
    meta, target = {"WARC-Type": "metadata"}, "WARC-Target-URI"
    run = b"run-spider: a\r\nrun-outcome: x\r\nrun-started: %s\r\nrun-counts: %s\r\n"
    odd: list[tuple[dict[str, str], bytes]] = [
        ({**meta, target: "ftp://x/"}, b"fetch-failed: x\r\n"),
        (meta, run % (b"never", b"{}")),
        (meta, run % (b"2026-01-01", b"[")),
        (meta, run % (b"2026-01-01", b"[1]")),
        (meta, run % (b"2026-01-01", b'{"articles": 1e999}')),
        (meta, run % (b"2026-01-01", b"{}") + b'run-fields: {"lead": [1]}\r\n'),
        ({"WARC-Type": "request"}, b"GET / HTTP/1.1\r\n\r\n"),
        ({"WARC-Type": "response"}, b"HTTP/1.1 200 OK\r\n\r\nx"),
        ({**meta, target: CN[0].url, "WARC-Date": "yesterday"}, b"fetch-failed: x\r\n"),
    ]
    with (root / "warc" / "foreign-20200101000000000-00000-x.warc.gz").open("wb") as file:
        for fields, block in odd:
            named = {"WARC-Date": "2020-01-01T00:00:00Z", **fields, "Content-Length": str(len(block))}
            head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
            file.write(gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"))
    rows = dump(root / NAME)
    done = again(root)
    assert all("foreign" in problem and "\n" not in problem for problem in done.problems)
    assert {name: len(found) for name, found in dump(root / NAME).items()} == {
        name: len(found) + (name == "warcs") for name, found in rows.items()
    }


def test_a_killed_rebuild_leaves_the_old_archive(root):
    """Law: until the new index is whole the old one serves, with the files it names; the next rebuild completes."""
    (root / urls.article_path(CN[5].url)).unlink()
    before, rows = hashes(root), dump(root / NAME)
    total = sum(path.stat().st_size for path in warc.sealed(root / "warc"))
    for share in (0.1, 0.5, 0.95):
        done = 0

        def tell(more: int, share: float = share) -> None:
            nonlocal done
            done += more
            if done > share * total:
                raise SystemExit

        assert died(lambda: rebuild(root, CLOCK(), tell)) == 99
        assert dump(root / NAME) == rows
        made = hashes(root)
        assert {path: made[path] for path in before} == before
    again(root)
    assert dump(root / NAME) == rows
    assert findings(root) == []


def test_a_rebuild_killed_at_any_moment(root):
    """Law: a kill leaves an archive in which nothing is wrong, old or new."""
    rng = random.Random(3)
    rows = dump(root / NAME)
    for _ in range(10):
        CLOCK.wait(hours=1)
        child = subprocess.Popen([sys.executable, "-m", "archive.cli", "rebuild", "--archive", str(root)])
        try:
            child.wait(rng.uniform(0.2, 0.6))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert dump(root / NAME) == rows
        assert findings(root) == []


def test_readers_are_served_across_a_rebuild(root):
    """Law: who reads the old index while the new one takes its place reads on; who comes later reads the new one."""
    reader = Index(root / NAME)
    rows = reader.articles()
    first = next(rows)
    again(root)
    assert len([first, *rows]) == 12
    late = Index(root / NAME)
    with Index(root / NAME, create=True) as writer:
        writer.list_urls([("https://www.rfi.fr/cn/a/20261001-x", 1)])
    writer.close()
    assert late.capture_count() == reader.capture_count()
    assert list(late.flaws()) == []
    reader.close()
    late.close()


def test_an_unusable_index_is_replaced(root):
    """Law: what cannot serve as an index is no obstacle to a rebuild."""
    rows = dump(root / NAME)
    for bad in (b"no database" * 100, b"", (root / NAME).read_bytes()[:5000]):
        (root / NAME).write_bytes(bad)
        again(root)
        assert dump(root / NAME) == rows


def test_a_file_left_open_is_left_to_the_next_run(root):
    """Law: a rebuild takes sealed files only, and the next run mends the open one as if there had been none."""
    died(lambda: keep(archives.open_archive(root), page(CN[20])))
    again(root)
    assert CN[20].url not in str(dump(root / NAME)["articles"])
    crawl(root, [])
    rows = dump(root / NAME)
    assert findings(root) == []
    again(root)
    assert dump(root / NAME) == rows
    assert any(row[3] == urls.article_path(CN[20].url) for row in rows["articles"])


def test_no_archive(tmp_path):
    """Law: a rebuild makes no archive where none is."""
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NotFound, match="no archive"):
            again(path)
    assert list(tmp_path.iterdir()) == []


def test_not_while_a_run_writes(root):
    """Law: a rebuild waits its turn."""
    archive = archives.open_archive(root)
    with pytest.raises(Locked):
        again(root)
    archives.close(archive)
