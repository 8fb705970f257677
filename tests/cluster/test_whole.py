"""The law of the whole: workers that share frontier, index and store, killed every few seconds, archive each article once.

The long form runs in `make test-cluster` only, which sets CLUSTER_ARTICLES and CLUSTER_KILLS.
"""

import os
import subprocess
import sys
from collections import Counter

import fsspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.archive import server
from tests.cluster.crew import crew
from tests.cluster.test_frontier import ROBOTS, asked, kept, listed, until
from tests.crawler.crawling import ROOT
from tests.site import Site, serve

ARTICLES = int(os.environ.get("CLUSTER_ARTICLES", "60"))
KILLS = int(os.environ.get("CLUSTER_KILLS", "2"))
WORKERS = 4
EVERY = 4 if ARTICLES > 100 else 1
"""Seconds between two kills."""
PATIENCE = 60 + ARTICLES
"""Seconds for all of it."""


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL of this test's own."""
    with server.served() as one:
        yield one.database()


def in_store(url):
    """How often each URL has a response record in a store, as warcio reads them; the article files; all names."""
    files, path = fsspec.core.url_to_fs(url)
    found, names = Counter[str](), files.find(path)
    for name in names:
        if name.endswith(".warc.gz"):
            with files.open(name) as file:
                found.update(
                    r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(file) if r.rec_type == "response"
                )
    return found, [name for name in names if "/articles/" in name], names


def archive(verb, root, env, *words):
    """Run a verb on an archive of which nothing is here."""
    line = [sys.executable, "-m", "archive.cli", verb, "--archive", str(root), *words]
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


def kills(workers):
    return sum(code < 0 for worker in workers.workers for code in worker.codes)


@pytest.mark.slow
def test_many_workers_archive_each_article_once(redis, bucket, postgres, tmp_path):
    """Law: however often workers die, each article has one record and one file in the store; all of it is verified from there."""
    shared = {"INDEX_URL": postgres, "STORE_URL": bucket.url}
    with serve(Site(clones=ARTICLES)) as site, crew(tmp_path, site, redis) as workers:
        workers.env = {**bucket.env, **shared}
        file, wanted = listed(site.site, tmp_path, ARTICLES)
        first, *others = [workers.worker(urls=file), *(workers.worker() for _ in range(WORKERS - 1))]
        first.start()
        until(lambda: asked(site))
        for worker in others:
            worker.start()

        seconds = workers.work(PATIENCE, kills=KILLS, every=EVERY)

        said = "".join(worker.said for worker in workers.workers)
        sys.stdout.write(f"\n{ARTICLES} articles, {WORKERS} workers, {kills(workers)} killed, {seconds:.1f} s\n")
    assert all(worker.codes[-1] == 0 for worker in workers.workers), said
    assert "Traceback" not in said
    records, articles, _ = in_store(bucket.url)
    del records[ROBOTS]
    assert records == dict.fromkeys(wanted, 1)
    assert len(articles) == len(set(articles)) == len(wanted)
    assert kept(redis) == []
    assert not [path for folder in tmp_path.glob("worker-*") for path in folder.glob("warc/*")]
    assert not [
        path for folder in tmp_path.glob("worker-*") for path in folder.rglob("*.md*") if "articles" in path.parts
    ]
    env = {**os.environ, **bucket.env, **shared}
    verified = archive("verify", tmp_path / "nothing-here", env)
    assert verified.returncode == 0, verified.stdout + verified.stderr
