"""Laws of one machine whose finished files lie in a store: crawl, verify, prove and rebuild know no difference."""

import os
import subprocess
import sys

import pytest

from tests.cluster.crew import AT_ONCE
from tests.cluster.test_frontier import listed
from tests.crawler.crawling import ROOT, crawl
from tests.site import Site, serve


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """An archive of six articles whose files lie in a folder elsewhere, and the environment that says so."""
    folder = tmp_path_factory.mktemp("far")
    env = {"STORE_URL": f"file://{folder / 'store'}"}
    plain = {name: value for name, value in AT_ONCE.items() if name != "LEASE"}
    with serve(Site()) as site:
        file, wanted = listed(site.site, folder, 6)
        crawl(folder / "here", site, env=env, settings=plain, urls=file).was_clean()
        crawl(folder / "here", site, env=env, settings=plain, urls=file).was_clean()
    assert len(wanted) == 6
    return folder, {**os.environ, **env}


def files(folder, what):
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(what))


def verb(far, *words):
    folder, env = far
    line = [sys.executable, "-m", "archive.cli", words[0], "--archive", str(folder / "here"), *words[1:]]
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_what_is_finished_lies_there(far):
    """Law: sealed WARC files, article files, lists and CDXJ are in the store; here is only what a run needs."""
    folder, _ = far

    assert len(files(folder / "store", "articles/*/*/*.md")) == 6
    assert len(files(folder / "store", "warc/*.warc.gz")) == len(files(folder / "store", "cdxj/*.cdxj")) == 1
    assert files(folder / "store", "lists/*") == files(folder / "here", "lists/*") != []
    assert files(folder / "here", "warc/*") == files(folder / "here", "articles/*/*/*") == []


@pytest.mark.slow
def test_it_is_verified_and_proved_from_there(far):
    """Law: verify finds nothing wrong, and prove leads from an article file to its record; and damage there is found."""
    folder, _ = far
    name = files(folder / "store", "articles/*/*/*.md")[0]
    whole = (folder / "store" / name).read_bytes()

    assert verb(far, "verify").returncode == 0
    assert verb(far, "prove", str(folder / "here" / name)).returncode == 0
    (folder / "store" / name).write_bytes(whole + b"x")
    damaged = verb(far, "verify")
    (folder / "store" / name).write_bytes(whole)

    assert damaged.returncode == 1
    assert name in damaged.stdout


@pytest.mark.slow
def test_it_is_made_again_from_there(far):
    """Law: index and lost article files are made again from the WARC files in the store, and the files lie there again."""
    folder, _ = far
    name = files(folder / "store", "articles/*/*/*.md")[0]
    whole = (folder / "store" / name).read_bytes()
    (folder / "store" / name).unlink()
    (folder / "here/index.sqlite").unlink()

    rebuilt = verb(far, "rebuild")

    assert rebuilt.returncode == 0, rebuilt.stderr
    assert (folder / "store" / name).read_bytes() == whole
    assert verb(far, "verify").returncode == 0
