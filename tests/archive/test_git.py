"""Laws of the git export: article files and lists as they were, day by day, the same commit ids from the same archive."""

import io
import os
import shutil
import subprocess
import tarfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from archive import urls
from archive.commit.ledger import page_at
from archive.errors import BadRecord
from archive.export import git, lists
from archive.export.days import Days
from archive.export.versions import Versions
from archive.history import history
from archive.index import NAME, Index
from archive.rebuild import rebuild
from tests.archive import again, archives
from tests.archive.archives import CLOCK, CN, copied, hashes, page, short
from tests.archive.inside import main

FSCK = "fsck", "--strict", "--full", "--no-dangling"


def export(root, out, until=None, wrong=again.refuse):
    """Export; return how many commits were replaced."""
    with closing(Index(root / NAME)) as index, closing(Days(index, until)) as days:
        return git.write(out, days, Versions(root, index, wrong))


def run(out, *words):
    return subprocess.run(["git", "-C", out, *words], capture_output=True, text=True, check=True).stdout


def ids(out):
    """Commit ids, the first one first."""
    return run(out, "log", "--reverse", "--format=%H").split()


def tree(out, commit="HEAD"):
    """Path and content of every file of a commit."""
    packed = subprocess.run(["git", "-C", out, "archive", "--format=tar", commit], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tar:
        return {one.name: file.read().decode() for one in tar if (file := tar.extractfile(one))}


def files(root):
    found = (path for folder in ("articles", "lists") for path in (root / folder).rglob("*.md"))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


@pytest.fixture(scope="module")
def exported(life, tmp_path_factory):
    """The archive of an article's life, and its repository."""
    out = tmp_path_factory.mktemp("git") / "rfi.git"
    export(life[0], out)
    return life[0], out


# What it holds


def test_the_last_commit_is_the_archive(exported, good, tmp_path):
    """Law: the last commit has the archive's article files and lists, byte for byte, and nothing else."""
    root, out = exported
    assert tree(out) == files(root)

    export(good, tmp_path / "rfi.git")
    assert tree(tmp_path / "rfi.git") == files(good)


def test_a_commit_a_day(exported):
    """Law: each day (UTC) on which something became of an article is a commit, with the time of the last of it."""
    root, out = exported
    with closing(Index(root / NAME)) as index:
        seen = [one for url in (CN[0].url, CN[1].url) for one in history(root, index, url).seen if one.event]
    days = dict[date, datetime]()
    for one in seen:
        days[one.captured.date()] = max(one.captured, days.get(one.captured.date(), one.captured))

    told = run(out, "log", "--reverse", "--format=%at %ct %an <%ae> %cn <%ce> %ai").splitlines()

    who = "rfi-archive <rfi-archive@localhost>"
    assert told == [
        f"{int(at.timestamp())} {int(at.timestamp())} {who} {who} {at:%Y-%m-%d %H:%M:%S} +0000"
        for _, at in sorted(days.items())
    ]


def test_every_version_is_in_the_commit_of_its_day(exported):
    """Law: on each day a file is what the last version up to then makes."""
    root, out = exported
    path = urls.article_path(CN[0].url)
    with closing(Index(root / NAME)) as index:
        versions = history(root, index, CN[0].url).versions()
    assert len(versions) == 5
    for commit in ids(out):
        at = datetime.fromtimestamp(int(run(out, "show", "-s", "--format=%ct", commit)), UTC)
        last = [one for one in versions if one.captured <= at][-1]
        assert f"[{page_at(root / 'warc', last.place, last.refers).article.title[:4]}" in tree(out, commit)[path]
        assert tree(out, commit)[path].startswith(f"<!--{int(last.captured.timestamp()) * 1000}-->")


def test_messages_tell_of_the_day(exported):
    """Law: a message counts what happened; what is gone or there again is a trailer, and its file stays."""
    _, out = exported
    path = urls.article_path(CN[0].url)
    subjects = run(out, "log", "--reverse", "--format=%s").splitlines()
    trailers = run(out, "log", "--reverse", "--format=%(trailers:key=Gone)%(trailers:key=Returned)").split("\n")

    assert [told for line in subjects if "new" not in (told := line.partition(": ")[2])] == [
        "1 edited", "1 edited", "1 edited", "1 gone", "1 returned", "1 gone", "1 returned",
    ]  # fmt: skip
    assert list(filter(None, trailers)) == [f"{what}: {path}" for what in ("Gone", "Returned", "Gone", "Returned")]
    assert all(path in tree(out, commit) for commit in ids(out))


def test_lists_are_of_their_day(tmp_path):
    """Law: at each day's end a list is the one that the archive had then, however many articles it leaves out."""
    root, out, had = tmp_path / "archive", tmp_path / "rfi.git", list[str]()
    for start, number in ((0, 200), (200, 150), (0, 3)):
        archive = archives.open_archive(root)
        with archive.index:
            for at in range(start, start + number):
                archives.keep(archive, short(at, words=f"第{len(had)}次"))
        archives.close(archive)
        had.append((root / "lists/rfi_cn.md").read_text("utf-8"))
        CLOCK.wait(days=1)

    export(root, out)

    assert [tree(out, commit)["lists/rfi_cn.md"] for commit in ids(out)] == had
    assert had[-1].count("](/") == lists.LENGTH


# The same ids


def test_made_twice(exported, tmp_path):
    """Law: the same archive makes the same commit ids, in any place, whatever git is told by its surroundings."""
    root, out = exported
    (tmp_path / ".gitconfig").write_text("[core]\nautocrlf = true\n[user]\nname = me\n[init]\ndefaultBranch = other\n")
    (tmp_path / "hooks").mkdir()
    surroundings = {"HOME": str(tmp_path), "GIT_DIR": "/nowhere", "GIT_AUTHOR_NAME": "me", "TZ": "Asia/Shanghai"}
    surroundings |= {"GIT_COMMITTER_DATE": "2001-01-01T00:00:00", "GIT_DEFAULT_HASH": "sha256"}
    before = {name: os.environ.get(name) for name in surroundings}
    os.environ.update(surroundings)
    try:
        export(root, tmp_path / "again.git")
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})

    assert ids(tmp_path / "again.git") == ids(out)
    assert run(tmp_path / "again.git", "symbolic-ref", "HEAD") == "refs/heads/main\n"


def test_order_of_arrival_has_no_say(exported, tmp_path):
    """Law: a rebuilt index makes the same commit ids."""
    root = copied(exported[0], tmp_path / "archive")
    (root / NAME).unlink()
    rebuild(root, CLOCK(), lambda _: None)

    export(root, tmp_path / "rfi.git")

    assert ids(tmp_path / "rfi.git") == ids(exported[1])


def test_it_grows_day_by_day(exported, tmp_path):
    """Law: brought up to each day in turn, a repository keeps its commits, adds one, and ends as one made at once."""
    root, out = exported
    days = [date.fromisoformat(line[:10]) for line in run(out, "log", "--reverse", "--format=%s").splitlines()]
    growing = tmp_path / "rfi.git"
    for number, day in enumerate(days, start=1):
        assert export(root, growing, day) == 0
        assert ids(growing) == ids(out)[:number]
    assert export(root, growing) == 0
    assert ids(growing) == ids(out)
    assert tree(growing) == tree(out)
    run(growing, *FSCK)


def test_a_day_that_was_not_over(tmp_path):
    """Law: the commit of a day that went on is replaced by a whole one, those before it stay; that is told."""
    root, out = archives.crawl(tmp_path / "archive", [page(CN[0])]), tmp_path / "rfi.git"
    CLOCK.now = (CLOCK.now + timedelta(days=1)).replace(hour=8)
    archives.crawl(root, [page(CN[1])])
    export(root, out)
    before = ids(out)
    archives.crawl(root, [page(CN[2])])

    assert export(root, out) == 1

    assert ids(out)[0] == before[0]
    assert (len(ids(out)), ids(out)[1] != before[1]) == (2, True)
    assert tree(out) == files(root)
    export(root, tmp_path / "other.git")
    assert ids(out) == ids(tmp_path / "other.git")


def test_a_shorter_archive(exported, tmp_path):
    """Law: an export up to an earlier day lets the branch end there."""
    root, out = exported
    growing = tmp_path / "rfi.git"
    export(root, growing)
    day = date.fromisoformat(run(out, "log", "--reverse", "--format=%s").splitlines()[2][:10])

    assert export(root, growing, day) == len(ids(out)) - 3
    assert ids(growing) == ids(out)[:3]


# git finds it sound


def test_git_finds_it_sound(exported, tmp_path):
    """Law: `git fsck --strict` finds nothing; it can be cloned, pushed, and pushed again when it has grown."""
    root, out = exported
    growing, other = tmp_path / "rfi.git", tmp_path / "other.git"
    days = [date.fromisoformat(line[:10]) for line in run(out, "log", "--reverse", "--format=%s").splitlines()]
    subprocess.run(["git", "init", "--quiet", "--bare", other], check=True)
    for until in (days[3], None):
        export(root, growing, until)
        done = subprocess.run(["git", "-C", growing, *FSCK], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        run(growing, "push", "--quiet", other, "main")
    subprocess.run(["git", "clone", "--quiet", "--branch", "main", other, tmp_path / "clone"], check=True)

    assert ids(tmp_path / "clone") == ids(out)
    assert files(tmp_path / "clone") == files(root)


# What is in the way


def test_what_is_not_ours_stays(exported, good, tmp_path, capsys):
    """Law: a folder or a repository of somebody's is refused in a line, and so is one of ours that somebody committed to."""
    subprocess.run(["git", "init", "--quiet", tmp_path / "a"], check=True)
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "b"], check=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "thesis.txt").write_text("mine")
    (tmp_path / "d").write_text("mine")
    shutil.copytree(exported[1], tmp_path / "e")
    who = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
    made = run(tmp_path / "e", *who, "commit-tree", "-p", "HEAD", "-m", "mine", "HEAD^{tree}").strip()
    run(tmp_path / "e", "update-ref", "HEAD", made)
    before = hashes(tmp_path, ".")
    for name in "abcde":
        code, out, err = main(capsys, "export", "git", "--archive", exported[0], "--out", tmp_path / name)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert hashes(tmp_path, ".") == before
    assert main(capsys, "export", "git", "--archive", good, "--since", "2026-01-01", "--out", tmp_path / "f")[0] == 2


def test_without_git(exported, tmp_path, capsys):
    """Law: where there is no git, one line says so and nothing is left."""
    path = os.environ["PATH"]
    os.environ["PATH"] = str(tmp_path)
    try:
        code, out, err = main(capsys, "export", "git", "--archive", exported[0], "--out", tmp_path / "rfi.git")
    finally:
        os.environ["PATH"] = path

    assert (code, out, err) == (1, "", "rfi-archive: export git needs git: install it\n")
    assert not list(tmp_path.iterdir())


def test_a_repository_that_is_damaged(exported, tmp_path, capsys):
    """Law: what git cannot do is one line of its own words; exit code 13."""
    out = tmp_path / "rfi.git"
    shutil.copytree(exported[1], out)
    shutil.rmtree(out / "objects")
    (out / "objects").mkdir()

    code, told, err = main(capsys, "export", "git", "--archive", exported[0], "--out", out)

    assert (code, told, len(err.splitlines())) == (13, "", 1)
    assert "git could not do it: " in err


# Damage


def test_a_damaged_file_is_read_from_its_record(exported, tmp_path):
    """Law: an article file that is missing or damaged is told, and the commit ids are the same."""
    root = copied(exported[0], tmp_path / "archive")
    paths = sorted((root / "articles").rglob("*.md"))
    paths[0].unlink()
    paths[1].write_text("x")
    wrong = list[str]()

    export(root, tmp_path / "rfi.git", wrong=wrong.append)

    assert {line.split()[0] for line in wrong} == {path.relative_to(root).as_posix() for path in paths}
    assert ids(tmp_path / "rfi.git") == ids(exported[1])


def test_a_damaged_record_is_made_good_later(exported, tmp_path):
    """Law: a version that cannot be read is told and left out; once it can, commits from its day on are made anew."""
    root, out = copied(exported[0], tmp_path / "archive"), tmp_path / "rfi.git"
    with closing(Index(root / NAME)) as index:
        second = history(root, index, CN[0].url).versions()[1]
    warc = root / "warc" / second.place.file
    sound = warc.read_bytes()
    warc.write_bytes(sound[: second.place.offset] + bytes(60) + sound[second.place.offset + 60 :])
    with pytest.raises(BadRecord):
        page_at(root / "warc", second.place, second.refers)
    wrong, whole, damaged = list[str](), ids(exported[1]), list[str]()

    for _ in range(2):  # the same damage makes the same ids
        export(root, out, wrong=wrong.append)
        damaged = ids(out)
        assert ["is left out" in line for line in wrong] == [True]
        wrong.clear()
    assert damaged[0] == whole[0]
    assert not set(damaged[1:]) & set(whole)

    warc.write_bytes(sound)
    export(root, out)
    assert ids(out) == whole
