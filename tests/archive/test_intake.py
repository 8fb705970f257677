"""Laws of the import of article files: in any order, how often soever, whatever dies, folder and index are the same."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import article, cli, urls
from archive.article import Article
from archive.decide import State
from archive.doctor import doctor
from archive.errors import Locked
from archive.exchange import Exchange
from archive.files import walk
from archive.files.lock import Lock
from archive.index import NAME, Index
from archive.intake import Became, Intake, Told, take_in
from archive.rebuild import rebuild
from archive.strangers import imported
from archive.strangers.imported import KEPT, MAKING, UNDER_WAY
from archive.tables import coded
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, crawl, dump, edit, feed, findings, hashes, open_archive, page
from tests.archive.dialects import Old, lay, old, olds
from tests.crawler.meter import WATCH

FEW = list(olds(9))
OF_SITE = [old(number, story.title, story.url) for number, story in enumerate(CN[:8])]
"""Files of the site's own articles: the index has met their URLs in some other way, or will."""


def bring(root: Path, *files: Old, refetch: bool = False) -> list[Became]:
    """Import these files, as bytes."""
    with closing(open_archive(root, "import")) as archive:
        intake = Intake(root, archive.index, refetch=refetch)
        became = [intake.take(one.content) for one in files]
        intake.finish()
        return became


def command(root: Path, *words: object) -> list[str]:
    return [sys.executable, "-m", "archive.cli", "import", *map(str, words), "--archive", str(root)]


def run(root: Path, *words: object) -> tuple[int, list[str]]:
    """Import as a user does."""
    done = subprocess.run(command(root, *words), capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode().splitlines()


def state(root: Path, url: str) -> tuple[str, str]:
    """State and reason of a URL."""
    with closing(Index(root / NAME)) as index:
        known = index.known([url])[url].state
    return known, next(row[4] for row in dump(root / NAME)["urls"] if row[1] == url)


def result(root: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], dict[str, str]]:
    """All that an import leaves: rows of the files, of the URLs, and the files."""
    rows = dump(root / NAME)
    return rows["imported"], rows["urls"], hashes(root, "imported")


def made_again(root: Path) -> None:
    """Hold an archive against all that looks at it: it is in step, and made anew it is the same."""
    assert findings(root) == []
    before = result(root)
    CLOCK.wait(hours=1)
    assert rebuild(root, CLOCK(), lambda _: None).problems == ()
    assert result(root) == before
    assert [
        cure for cure in doctor(root, CLOCK(), lambda _: None) if "cdxj" not in cure.what and "lists" not in cure.what
    ] == []


# What an import leaves


def test_a_file_is_kept_and_its_url_known(tmp_path):
    """Law: the bytes lie in imported/ as they were, the row says what they say, and the URL is `imported`."""
    assert bring(tmp_path, *FEW) == [Became.IMPORTED] * len(FEW)

    with closing(Index(tmp_path / NAME)) as index:
        rows = list(index.imports())
        assert set(index.known(one.url for one in FEW)) == {one.url for one in FEW}
        assert {known.state for known in index.known(one.url for one in FEW).values()} == {State.IMPORTED}
    assert sorted((tmp_path / row.path).read_bytes() for row in rows) == sorted(one.content for one in FEW)
    assert rows == sorted((found for one in FEW if (found := imported.of(one.content))), key=lambda row: row.path)
    assert not list((tmp_path / "imported").glob(".*"))
    made_again(tmp_path)


def test_importing_twice_changes_nothing(tmp_path):
    """Law: what was imported is known, in another run and in the same one."""
    bring(tmp_path, *FEW)
    before = result(tmp_path)

    assert bring(tmp_path, *FEW, *FEW) == [Became.KNOWN] * 2 * len(FEW)
    assert result(tmp_path) == before


def test_refetch(tmp_path):
    """Law: with --refetch the URL is `listed`, what was kept is wanted now, and never merely kept again."""
    bring(tmp_path, FEW[0])

    assert bring(tmp_path, FEW[0], FEW[1], refetch=True) == [Became.KNOWN, Became.IMPORTED]
    assert state(tmp_path, FEW[0].url) == state(tmp_path, FEW[1].url) == ("listed", "named by an imported file")
    assert not list((tmp_path / KEPT).rglob("*.md"))
    before = result(tmp_path)
    assert bring(tmp_path, FEW[0], FEW[1]) == [Became.KNOWN] * 2
    assert result(tmp_path) == before
    made_again(tmp_path)


def test_two_texts_of_one_article(tmp_path):
    """Law: each text is kept; the page is asked for if one of them says so."""
    other = Old("x.md", FEW[0].content.replace("灯".encode(), "火".encode()), FEW[0].url, "")
    bring(tmp_path, FEW[0])

    bring(tmp_path, other, refetch=True)

    assert len(dump(tmp_path / NAME)["imported"]) == 2
    assert state(tmp_path, FEW[0].url)[0] == "listed"
    made_again(tmp_path)


def lists(root: Path) -> None:
    """A crawl that hears of articles, and is told of one or two more than that."""
    told: list[Exchange] = [feed(), page(CN[0]), answer(CN[1].url, b"gone", 404), answer(CN[2].url, b"busy", 503)]
    crawl(root, [*told, answer(CN[3].url, b"x", cut="unspecified")])


STEPS = {
    "first": lambda root: bring(root, *OF_SITE[:5]),
    "second": lambda root: bring(root, *OF_SITE[4:]),
    "wanted": lambda root: bring(root, *OF_SITE[2:6], refetch=True),
    "others": lambda root: bring(root, *FEW[:3]),
    "crawl": lists,
}


@settings(max_examples=12)
@given(st.permutations(list(STEPS)))
def test_order_never_matters(tmp_path_factory, order):
    """Law: whatever is imported first, and whatever a crawl finds before, between or behind, the end is the same."""
    root = tmp_path_factory.mktemp("any") / "a"
    CLOCK.wait(hours=1)

    for step in order:
        STEPS[step](root)

    imports, rows, files = result(root)
    found = imports, [(*row[:6], row[7]) for row in rows], files  # without the time of the crawl
    assert found == ANY_ORDER.setdefault("first", found)
    made_again(root)


ANY_ORDER: dict[str, object] = {}
"""What the first order left."""


def test_what_is_known_stays(good, tmp_path):
    """Law: what an archive knows by its records stays; only what was listed, or never met, becomes `imported`."""
    root = archives.copied(good, tmp_path / "a")
    before = {row[1]: row for row in dump(root / NAME)["urls"]}
    bring(root, *(old(number, story.title, story.url) for number, story in enumerate(CN)))

    after = {row[1]: row for row in dump(root / NAME)["urls"]}

    for story in CN:
        was = before.get(story.url)
        if was and was[3] != coded.number("listed"):
            assert after[story.url] == was
        else:
            assert after[story.url][3] == coded.number("imported")
    assert {url: after[url] for url in before if "/cn/" not in url} == {
        u: r for u, r in before.items() if "/cn/" not in u
    }
    made_again(root)


# The walk


def test_a_folder_of_all_kinds(tmp_path):
    """Law: any nesting is read, what is no article is passed over, what is damaged is named, and the rest goes on."""
    folder = lay(tmp_path / "old", FEW)
    (folder / "README.md").write_text("# About")
    (folder / "lists").mkdir()
    (folder / "lists/法广.md").write_text("法广\n------\n\n10-26 [雨](/articles/rfi/1000001.md)\n\n")
    (folder / "articles/rfi/a.png").write_bytes(b"\x89PNG" + bytes(9_000_000))
    (folder / "articles/bbc").mkdir()
    (folder / "articles/bbc/1000001.md").write_bytes(b"<!--1000-->\n[x](https://example.org/a)\n------\n\n<p>")
    (folder / "articles/rfi/2000000.md").write_bytes(FEW[3].content[:-40])
    (folder / "articles/rfi/2000001.md").write_bytes(b"")
    (folder / "articles/rfi/2000002.md").write_bytes(FEW[4].content[:-1] + b" " * (9 << 20))

    code, lines = run(tmp_path / "a", folder)

    assert code == 1
    assert lines[-1] == f"{len(FEW)} imported, 0 known already, 4 passed over, 3 damaged"
    said = [line.removeprefix(f"damaged: {folder}/articles/rfi/") for line in lines[:-1]]
    assert [line.split(":")[0] for line in said] == ["2000000.md", "2000001.md", "2000002.md"]
    assert "near byte" in said[0]
    assert "9,4" in said[2]
    assert run(tmp_path / "a", folder, "--json")[1][-1] == json.dumps(
        {"imported": 0, "known": len(FEW), "passed_over": 4, "damaged": 3}
    )
    made_again(tmp_path / "a")


def test_hostile_names_and_links(tmp_path):
    """Law: no link is followed, no pipe opened, the archive itself is left out, and a name does a terminal no harm."""
    folder = lay(tmp_path / "old", FEW[:2])
    lay(tmp_path / "out", FEW[2:4])
    (folder / "ring").symlink_to(folder)
    (folder / "out").symlink_to(tmp_path / "out")
    (folder / "1000009.md").symlink_to(tmp_path / "out" / FEW[2].name)
    os.mkfifo(folder / "1000010.md")
    deep = folder.joinpath(*["深" * 60] * 8)
    deep.mkdir(parents=True)
    (deep / "1000011.md").write_bytes(FEW[4].content)
    named = os.fsencode(folder) + b"/1000012_\xff\xfe\x1b[2J\n.md"
    Path(os.fsdecode(named)).write_bytes(FEW[5].content)
    Path(os.fsdecode(named[:-3] + b"x.md")).write_bytes(b"")
    run(folder / "data", tmp_path / "out")

    code, lines = run(folder / "data", folder, folder / FEW[0].name, tmp_path / "none")

    assert code == 1
    assert lines[-1] == "4 imported, 0 known already, 4 passed over, 2 damaged"
    assert lines[0] == f"damaged: {tmp_path}/none: there is no file or folder of this name"
    assert r"1000012_\udcff\udcfe\x1b[2J\nx.md: " in lines[1]
    assert len(lines) == 3


BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""What stands before a command to which things can be forbidden, also if it is root's."""


def test_what_may_not_be_read(tmp_path):
    """Law: a file or folder without permission is named, and the rest goes on."""
    folder = lay(tmp_path / "old", FEW)
    (folder / FEW[0].name).chmod(0)
    (folder / "articles/rfi").chmod(0)
    try:
        done = subprocess.run([*BOUND, *command(tmp_path / "a", folder)], capture_output=True, text=True, check=False)
    finally:
        (folder / "articles/rfi").chmod(0o755)

    assert done.returncode == 1
    assert done.stdout.endswith(" 2 damaged\n")


def test_a_walk_is_sorted_and_counted(tmp_path):
    """Law: each file is met once, in the order of the names' bytes, with all bytes counted."""
    folder = lay(tmp_path / "old", FEW)

    with closing(walk.Walk([folder, folder, folder / FEW[0].name], tmp_path / "none")) as found:
        names = list(found)

    assert names == sorted((str(folder / one.name) for one in FEW), key=os.fsencode)
    assert found.size >= sum(len(one.content) for one in FEW)


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"WARC/1.1\r\n", b"PK\x03\x04", b"(\xb5/\xfd", b"]*M\x18"])
def test_files_of_records_go_elsewhere(tmp_path, magic):
    """Law: what begins as WARC, gzip, zstd or zip goes to whoever takes records, whatever its name."""
    path, met = tmp_path / "1000001.md", []
    path.write_bytes(magic + b"...")

    def foreign(name):
        met.append(name)
        yield Told(name, Became.PASSED)

    with closing(open_archive(tmp_path / "a", "import")) as archive:
        told = list(take_in(Intake(tmp_path / "a", archive.index), [str(path)], foreign, lambda _: None))

    assert met == [str(path)]
    assert [one.became for one in told] == [Became.PASSED]


# Damage, and death


def some(root: Path, place: str = "") -> Path:
    """An imported file."""
    return min((root / "imported" / place).rglob("*.md"))


def moved(root: Path) -> None:
    path = some(root)
    path.rename(path.with_name(f"20200101-000000000000-{path.name[22:]}"))


def doubled(root: Path) -> None:
    path = some(root, "wanted")
    twin = root / imported.twin(path.relative_to(root).as_posix())
    twin.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, twin)


SPOILS = {
    "a file gone": lambda root: some(root).unlink(),
    "a byte more": lambda root: some(root).write_bytes(some(root).read_bytes() + b"\n"),
    "a file cut": lambda root: os.truncate(some(root), 300),
    "another name": moved,
    "in both folders": doubled,
    "a stranger": lambda root: (root / "imported/kept/x.md").write_text("x"),
    "another archive's page": lambda root: (root / "imported/kept/1000000.md").write_bytes(FEW[8].content),
    "a link": lambda root: (root / "imported/kept/a.md").symlink_to(some(root)),
    "a row gone": lambda root: edit(
        root, "delete from imported where path = ?", some(root).relative_to(root).as_posix()
    ),
    "a row's title": lambda root: edit(root, "update imported set title = 'x'"),
    "a row's hash": lambda root: edit(root, "update imported set sha256 = 'x' where path glob 'imported/kept/*'"),
    "a state": lambda root: edit(root, "update urls set state = 'imported'"),
    "an import that died": lambda root: (root / UNDER_WAY).write_bytes(b""),
}


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """An archive with imported files of both kinds, made once: leave it as it is."""
    root = crawl(tmp_path_factory.mktemp("brought") / "a", [page(CN[10])])
    bring(root, *FEW[:4])
    bring(root, *FEW[4:7], refetch=True)
    return root


@pytest.mark.parametrize("name", SPOILS)
def test_damage_is_found_and_mended(brought, tmp_path, name):
    """Law: whatever imported/ and its rows disagree about, verify finds, doctor mends, and nothing is lost."""
    root = archives.copied(brought, tmp_path / "a")
    SPOILS[name](root)
    before = set(hashes(root, "imported").values())

    assert findings(root) != []
    told = list(doctor(root, CLOCK(), lambda _: None, dry=True))
    assert told
    assert [cure.does for cure in told] == [cure.does for cure in doctor(root, CLOCK(), lambda _: None)]

    assert list(doctor(root, CLOCK(), lambda _: None)) == []
    made_again(root)
    kept = set(hashes(root, "imported", "quarantine").values())
    assert name == "an import that died" or before <= kept


def test_a_file_that_is_gone_can_be_imported_again(brought, tmp_path):
    """Law: importing again brings back a file that was lost, and mends one that a power cut left torn."""
    root = archives.copied(brought, tmp_path / "a")
    before = result(root)
    some(root, "kept").unlink()
    edit(root, "delete from imported where path = ?", some(root, "wanted").relative_to(root).as_posix())
    os.truncate(some(root, "wanted"), 100)

    bring(root, *FEW[:7])

    assert result(root) == before


def test_a_rebuild_names_what_is_damaged(brought, tmp_path):
    """Law: a rebuild takes in all imported files but the damaged, which it names and leaves where they are."""
    root = archives.copied(brought, tmp_path / "a")
    os.truncate(some(root), 300)

    done = rebuild(root, CLOCK(), lambda _: None)

    assert done.imported == 6
    assert len(done.problems) == 1
    assert done.problems[0].startswith(some(root).relative_to(root).as_posix())
    assert some(root).stat().st_size == 300


def test_the_next_run_takes_in_what_a_dead_import_left(tmp_path):
    """Law: files without rows, and a file half written, are put in order by the next crawl, and told until then."""
    bring(tmp_path, *FEW[:2])

    def die() -> None:
        intake = Intake(tmp_path, open_archive(tmp_path, "import").index, refetch=True)
        for one in FEW[:4]:
            intake.take(one.content)
        (tmp_path / MAKING).write_bytes(FEW[5].content[:100])

    assert archives.died(die) == -signal.SIGKILL
    assert findings(tmp_path) != []

    crawl(tmp_path, [feed()])

    assert {(row[0][:15], row[4]) for row in dump(tmp_path / NAME)["imported"]} == {
        ("imported/wanted", hashlib.sha256(one.content).hexdigest()) for one in FEW[:4]
    }
    made_again(tmp_path)


def test_a_new_index_knows_what_was_imported(tmp_path):
    """Law: where nothing but `imported/` is there, a lost index has none of it fetched again."""
    bring(tmp_path, *FEW[:3])
    before = dump(tmp_path / NAME)
    (tmp_path / NAME).unlink()

    open_archive(tmp_path).close()

    assert dump(tmp_path / NAME) == before


@pytest.mark.slow
def test_memory_does_not_grow(tmp_path):
    """Law: ten times as many files take no more memory."""
    peaks = []
    for number in (1_000, 10_000):
        folder = lay(tmp_path / f"old{number}", olds(number))
        words = [sys.executable, "-c", WATCH, *command(tmp_path / f"a{number}", folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[1]))

    assert peaks[1] - peaks[0] < 8 << 20


def wait_for(number, folder, child):
    """Wait until so many files lie in a folder, or nobody brings any more."""
    while child.poll() is None and sum(len(files) for *_, files in os.walk(folder)) < number:
        time.sleep(0.001)


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path):
    """Law: kill -9 whenever; importing again ends where an import that lived ended, and nothing is left over."""
    folder, rng = lay(tmp_path / "old", olds(800)), random.Random(5)
    started = time.monotonic()
    run(tmp_path / "whole", folder, "--refetch")
    whole, takes = result(tmp_path / "whole"), time.monotonic() - started
    halfway = 0
    for number in range(8):
        root = tmp_path / f"a{number}"
        for words in (["--refetch"], [])[number % 2 :]:
            child = subprocess.Popen(command(root, folder, *words), stdout=subprocess.DEVNULL)
            if number % 2:
                time.sleep(rng.uniform(0.1, 1.1) * takes)
            else:
                wait_for(rng.randrange(1, 800), root / "imported", child)
            child.send_signal(signal.SIGKILL)
            child.wait()
        halfway += 0 < len(hashes(root, "imported")) < 800

        assert run(root, folder, "--refetch")[0] == 0
        assert result(root) == whole
        assert findings(root) == []
        shutil.rmtree(root)
    assert halfway, "no kill came in the middle"


# The verb


def test_one_writer_at_a_time(tmp_path, capsys):
    """Law: while a crawl writes, nothing is imported: exit code 10."""
    lay(tmp_path / "old", FEW)
    with Lock(tmp_path, "rfi_cn", CLOCK()):
        code = cli.main(["import", str(tmp_path / "old"), "--archive", str(tmp_path)])

    assert code == Locked.exit_code == 10
    assert "rfi_cn" in capsys.readouterr().err


def test_status_tells_of_it(brought, capsys):
    """Law: status counts the imported files, and those that are wanted."""
    assert cli.main(["status", "--archive", str(brought)]) == 0
    assert "imported   7 article files, 3 of them wanted\n" in capsys.readouterr().out


def test_our_own_files_can_be_imported(tmp_path):
    """Law: article files of another archive of this kind are read like all others."""
    crawl(tmp_path / "other", map(page, CN[:3]))

    code, lines = run(tmp_path / "a", tmp_path / "other/articles")

    assert (code, lines) == (0, ["3 imported, 0 known already, 0 passed over, 0 damaged"])
    for story in CN[:3]:
        assert state(tmp_path / "a", story.url)[0] == "imported"
        own = article.read((tmp_path / "other" / urls.article_path(story.url)).read_bytes())
        assert isinstance(own, Article)
