"""Laws of `rfi-archive export` as a command: its words, its end, whatever kills it, and how much memory it takes."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from archive.rebuild import rebuild
from archive.terminal import usage
from archive.verbs import export
from tests.archive import archives
from tests.archive.archives import hashes, short
from tests.archive.inside import main
from tests.crawler.crawling import ROOT
from tests.torture.forked import shared

NEW = ["jsonl", "parquet", "atom", "lists", "git", "site"]
WORDS = "一段很长的话，说的是北京的洪水和巴黎的天气。" * 300


def made(root, number):
    """An archive of many long articles, made fast."""
    archives.write_warc(root, (short(at, words=f"{at}{WORDS}") for at in range(number)))
    rebuild(root, archives.CLOCK(), lambda _: None)
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return made(tmp_path_factory.mktemp("many") / "archive", 1_000)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return made(tmp_path_factory.mktemp("few") / "archive", 100)


def test_formats():
    """Law: the help names each format, and no other."""
    (known,) = (known for name, known in usage.VERBS["export"].takes if name == "format")
    assert known["choices"] == [*export._FORMATS]
    assert known["help"] == f"one of: {', '.join(export._FORMATS)}"


@pytest.mark.parametrize("form", NEW)
def test_the_command(good, tmp_path, capsys, form):
    """Law: an export tells where it is and how large; made twice it is the same, byte for byte."""
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        code, told, err = main(capsys, "export", form, "--archive", good, "--out", out)
        assert (code, told, err) == (0, f"{out}\n", "")
    assert main(capsys, "export", form, "--archive", good, "--out", outs[0], "--json")[0] == 0

    assert (
        outs[0].read_bytes() == outs[1].read_bytes()
        if outs[0].is_file()
        else hashes(outs[0], ".") == hashes(outs[1], ".")
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_without_a_name(good, tmp_path):
    """Law: without --out it is rfi.FORMAT, here."""
    for form in NEW:
        words = [sys.executable, "-m", "archive.cli", "export", form, "--archive", str(good)]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert (done.returncode, done.stdout) == (0, f"rfi.{form}\n")
    assert {path.name for path in tmp_path.iterdir()} == {f"rfi.{form}" for form in NEW}


def test_lists_are_those_of_the_archive(good, tmp_path, capsys):
    """Law: the lists of an export are those that `lists` writes, and the archive's stay as they are."""
    before = hashes(good)
    assert main(capsys, "export", "lists", "--archive", good, "--out", tmp_path / "lists")[0] == 0
    assert hashes(tmp_path, "lists") == hashes(good, "lists")
    assert hashes(good) == before


@pytest.mark.parametrize(
    "words",
    [
        ["jsonl", "--since", "2026-11-02", "--until", "2026-11-01"],
        ["lists", "--since", "2026-11-01"],
        ["git", "--since", "2026-11-01"],
        ["cdxj", "--until", "2026-11-01"],
        ["pdf"],
        ["atom", "--since", "yesterday"],
    ],
)
def test_wrong_words(good, tmp_path, capsys, words):
    """Law: what makes no sense is exit code 2, told on stderr, and nothing is made."""
    code, out, err = main(capsys, "export", *words, "--archive", good, "--out", tmp_path / "a")
    assert (code, out) == (2, "")
    assert err
    assert not list(tmp_path.iterdir())


def test_no_archive(tmp_path, capsys):
    """Law: where there is no index, that is said in a line."""
    for form in NEW:
        code, out, err = main(capsys, "export", form, "--archive", tmp_path / "none", "--out", tmp_path / "a")
        assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert not list(tmp_path.iterdir())


def test_where_nothing_may_be_written(good, tmp_path, capsys):
    """Law: what the file system refuses is exit code 13 and one line."""
    (tmp_path / "file").write_text("mine")
    for form in NEW:
        code, out, err = main(capsys, "export", form, "--archive", good, "--out", tmp_path / "file" / "a")
        assert (code, out, len(err.splitlines())) == (13, "", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# Killed, and at length


def forked(root, form, out, until=None):
    words = [sys.executable, "-m", "archive.cli", "export", form, "--archive", str(root), "--out", str(out)]
    return shared().run(words, dict(os.environ), until)


@pytest.fixture(scope="module")
def wholes(many, tmp_path_factory):
    """An export of all in each format, and how much memory it took; made once a format."""
    folder = tmp_path_factory.mktemp("wholes")

    @cache
    def whole(form):
        ended = forked(many, form, folder / form)
        assert ended.code == 0
        return folder / form, ended.peak

    return whole


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "parquet", "git", "site"])
def test_killed(many, wholes, tmp_path, form):
    """Law: a killed export leaves nothing under its name; the next one is whole and leaves nothing beside it."""
    folder, (whole, _) = tmp_path / "out", wholes(form)
    folder.mkdir()
    out, begun, least = (
        folder / "rfi",
        folder / ".rfi.new",
        {"jsonl": 2_000_000, "parquet": 0, "git": 10_000, "site": 2_000_000},
    )

    def half() -> bool:
        size: int = sum(path.stat().st_size for path in (begun, *begun.rglob("*")) if path.is_file())
        return size > least[form]

    killed = forked(many, form, out, half)
    assert killed.code == -9
    assert [path.name for path in folder.iterdir()] == [begun.name]

    assert forked(many, form, out).code == 0
    assert [path.name for path in folder.iterdir()] == ["rfi"]
    assert out.read_bytes() == whole.read_bytes() if out.is_file() else hashes(out, ".") == hashes(whole, ".")


@pytest.mark.slow
def test_killed_while_it_grows(many, wholes, tmp_path):
    """Law: a repository that was being brought forward when the export was killed has the commits it had, and is sound."""
    out = Path(shutil.copytree(wholes("git")[0], tmp_path / "rfi.git"))
    before = ids(out)
    root = archives.copied(many, tmp_path / "archive")
    archives.CLOCK.wait(days=1)
    archive = archives.open_archive(root)
    with archive.index:
        for at in range(300):
            archives.keep(archive, short(5_000 + at, words=f"{at}{WORDS}"))
    archives.close(archive)

    killed = forked(root, "git", out, lambda: any(out.rglob("tmp_pack_*")))
    assert killed.code == -9
    assert ids(out) == before

    assert forked(root, "git", out).code == 0
    assert ids(out)[: len(before)] == before
    assert len(ids(out)) > len(before)
    assert not [*out.rglob("tmp_*"), *out.rglob("*crash*")]
    done = subprocess.run(
        ["git", "-C", out, "fsck", "--strict", "--no-dangling"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def ids(out):
    found = subprocess.run(
        ["git", "-C", out, "log", "--reverse", "--format=%H"], capture_output=True, text=True, check=True
    )
    return found.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "parquet", "git", "site"])
def test_memory_does_not_grow(few, wholes, tmp_path, form):
    """Law: ten times the articles, 40 MB of text more, take as much memory, but for what is held at once."""
    little, (_, much) = forked(few, form, tmp_path / "little").peak, wholes(form)

    assert much - little < 20_000_000
