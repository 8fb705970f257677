"""Laws of the command line: results on stdout, all else on stderr, and an exit code that tells the truth."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive import urls, verbs
from archive.index import NAME
from archive.terminal.usage import VERBS
from tests.archive import archives
from tests.archive.archives import CN, crawl, page
from tests.archive.inside import main

ON_ARCHIVES = [verb for verb in VERBS if verb in ("status", "verify", "rebuild", "lists")]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return crawl(tmp_path_factory.mktemp("good") / "archive", map(page, CN[:3]))


def run(*arguments, **options):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "archive.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_every_verb_has_its_file():
    """Law: each row of the table of verbs is a file of `archive/verbs/`, and each file a row."""
    files = {path.stem for path in Path(verbs.__path__[0]).glob("*.py")}

    assert files - {"__init__"} == {verb.room or name for name, verb in VERBS.items()}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(capsys, verb):
    """Law: --help says what a verb does, with an example that is one of its own."""
    code, out, err = main(capsys, verb, "--help")
    assert (code, err) == (0, "")
    assert f"example: rfi-archive {verb}" in " ".join(out.split())
    assert "--archive DIR" in out
    assert "--json" in out
    assert verb in main(capsys, "--help")[1]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("probe", "replay", "serve")])
def test_json_parses(root, capsys, verb):
    """Law: with --json, stdout is JSON, of one value or of one a line; of `replay` see tests/replay, of `serve` tests/archive/web, of `probe` tests/crawler."""
    words = {
        "prove": [root / urls.article_path(CN[0].url)],
        "export": ["cdxj", "--out", root / "rfi.cdxj"],
        "import": [root.parent],
        "report": ["--html", root / "report.html"],
    }
    words |= {"history": [CN[0].url], "diff": [CN[0].url], "changes": ["--since", "2026-01-01"], "search": [""]}
    code, out, _ = main(capsys, verb, "--json", "--archive", root, *words.get(verb, []))
    assert code == 0
    if verb in ("verify", "doctor", "rollup", "changes"):  # these find nothing to tell
        assert out == ""
    else:
        assert [json.loads(line) for line in (out.splitlines() if verb == "audit" else [out])]


def test_findings_as_json(root, capsys):
    """Law: each finding is one line of JSON, as it is found."""
    shutil.rmtree(root / "articles")
    code, out, err = main(capsys, "verify", "--json", "--archive", root)
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, len(found), err) == (1, 3, "wrong: 3\n")
    assert {"file", "offset", "rule", "what", "source"} == set(found[0])


def test_where_the_archive_is(root, monkeypatch, capsys, tmp_path):
    """Law: --archive goes before ARCHIVE_DIR, which goes before data/; an empty ARCHIVE_DIR is none."""

    def figures(*words: object) -> tuple[int, list[str]]:
        code, out, _ = main(capsys, "status", *words)
        return code, [line for line in out.splitlines() if not line.startswith("disk")]  # others use it, too

    right = figures("--archive", root)
    assert right[0] == 0
    monkeypatch.setenv("ARCHIVE_DIR", str(root))
    assert figures() == right
    assert figures("--archive", tmp_path)[0] == 1
    monkeypatch.setenv("ARCHIVE_DIR", "")
    monkeypatch.chdir(root.parent)
    root.rename(root.parent / "data")
    assert figures() == right
    monkeypatch.delenv("ARCHIVE_DIR")
    assert figures() == right


@pytest.mark.parametrize("verb", ON_ARCHIVES)
@pytest.mark.parametrize("folder", ["missing", "."])
def test_no_archive(tmp_path, capsys, verb, folder):
    """Law: without an archive: one line on stderr, exit code 1, and nothing is made."""
    code, out, err = main(capsys, verb, "--archive", tmp_path / folder)
    assert (code, out) == (1, "")
    assert err.startswith("rfi-archive: no ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) in ([], [tmp_path / ".lock"])


@pytest.mark.parametrize("arguments", [[], ["dance"], ["prove"], ["status", "--no-such"], ["verify", "more"]])
def test_wrong_usage(capsys, arguments):
    """Law: what makes no sense is exit code 2, told on stderr."""
    code, out, err = main(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "usage: rfi-archive" in err


@pytest.mark.parametrize("verb", ["rebuild", "lists"])
def test_locked(root, capsys, verb):
    """Law: what writes waits its turn: exit code 10."""
    archive = archives.open_archive(root)
    code, out, err = main(capsys, verb, "--archive", root)
    archives.close(archive)
    assert (code, out) == (10, "")
    assert "rfi_cn" in err
    assert err.count("\n") == 1


def test_cannot_write(root):
    """Law: where the disk refuses: exit code 13, one line, and what stood stands."""
    before = archives.hashes(root), archives.dump(root / NAME)
    command = f"ulimit -f 6; exec {sys.executable} -m archive.cli rebuild --archive {root}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (13, "")
    assert done.stderr.startswith("rfi-archive: ")
    assert done.stderr.count("\n") == 1
    assert (archives.hashes(root), archives.dump(root / NAME)) == before
    assert run("rebuild", "--archive", root).returncode == 0


@pytest.mark.parametrize("verb", ["status", "lists", "prove"])
def test_an_unusable_index(root, capsys, verb):
    """Law: an index that is none gives one line that says what to do."""
    (root / NAME).write_bytes(b"no index" * 100)
    file = [root / urls.article_path(CN[0].url)] if verb == "prove" else []
    code, out, err = main(capsys, verb, "--archive", root, *file)
    assert (code, out) == (13, "")
    assert "rebuild" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("verb", ["status", "verify"])
def test_a_reader_that_goes_away(root, verb, unbuffered):
    """Law: `| head` is no traceback."""
    shutil.rmtree(root / "articles")
    ours, theirs = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "archive.cli", verb, "--archive", str(root)]
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False, env=env)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_stdout(root, unbuffered):
    """Law: results that cannot be written are one line and exit code 1."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "archive.cli", "status", "--archive", str(root)]
        env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=env)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No space left" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_closed_streams(root, closed):
    """Law: a stream that was closed from the start gets nothing, and the other one nothing more."""
    command = f"{sys.executable} -m archive.cli verify --archive {root} {closed}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr in ("nothing wrong\n", "")


def test_results_on_stdout_only(root, capsys):
    """Law: a program that reads stdout gets results and nothing else."""
    assert main(capsys, "verify", "--archive", root) == (0, "", "nothing wrong\n")
    assert main(capsys, "lists", "--archive", root) == (0, f"{root / 'lists/rfi_cn.md'}\n", "")
    assert main(capsys, "rebuild", "--archive", root) == (0, "3 captures of 1 WARC files taken in\n", "")
    code, out, err = main(capsys, "status", "--archive", root)
    assert (code, err) == (0, "")
    assert out.startswith("articles   3   cn 3\n")


def test_version(capsys):
    """Law: the command says which it is."""
    assert main(capsys, "--version")[:2] == (0, "rfi-archive 0.1.0\n")
