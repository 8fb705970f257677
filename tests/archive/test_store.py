"""Laws of the store: bytes first, then the file, then the row; whatever dies, nothing is lost and nothing comes twice."""

import json
import os
import random
import resource
import signal
import time
from functools import partial

import pytest

from archive import urls, warc
from archive.commit import draft
from archive.decide import State
from archive.errors import ArchiveError, CannotWrite, Locked, NotFound
from archive.index import NAME
from archive.page import Page
from archive.page import of as page_of
from archive.rebuild import rebuild
from archive.records.record import parse_fields
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, answer, crawl, died, dump, feed, findings, hashes, keep, page, state
from tests.site import expected


def assert_whole(root, articles):
    """Nothing lost, nothing twice, nothing half-written: what a rebuild makes is what there is."""
    assert findings(root) == []
    assert not list(root.rglob("*.open"))
    assert not [path for path in root.rglob(".*") if path.name != ".lock"]
    before, rows = hashes(root), dump(root / NAME)
    assert len(rows["articles"]) == articles
    assert len(rows["captures"]) == len(set(rows["captures"]))
    rebuild(root, CLOCK(), lambda _: None)
    assert hashes(root) == before
    assert dump(root / NAME) == rows


def steps(root, last, found):
    """Archive two articles, and of the third only the steps up to `last`."""
    archive = archives.open_archive(root)
    keep(archive, page(CN[0]))
    archive.fail(CN[3].url, "refused")
    keep(archive, page(CN[1]))
    capture = archive.record(found) if last >= 1 else None
    article = page_of(found)
    assert isinstance(article, Page)
    made = draft.make(article)
    if capture and last >= 2:
        archive.ledger.write(capture, made)
    if last >= 3:
        assert capture
        archive.ledger.commit(capture, made)
    if last >= 4:
        archive.fail(CN[4].url, "timeout")
    if last >= 5:
        archives.close(archive)


@pytest.mark.parametrize("last", range(6))
def test_death_between_two_steps(tmp_path, last):
    """Law: a run killed behind any step is mended by the next; what was recorded is archived, once."""
    found = page(CN[2])
    assert died(lambda: steps(tmp_path, last, found)) == -signal.SIGKILL
    crawl(tmp_path, [])
    assert_whole(tmp_path, 3 if last else 2)
    if last:
        text = (tmp_path / urls.article_path(CN[2].url)).read_text("utf-8")
        assert text == expected(CN[2], int(found.date.timestamp()) * 1000)


def test_death_at_any_moment(tmp_path):
    """Law: a run killed at any moment, and the next ones too, leave an archive that the one after them makes whole."""
    rng = random.Random(7)

    def run(number: int) -> None:
        CLOCK.wait(hours=number)
        archive = archives.open_archive(tmp_path, rotate=40_000)
        for article in (*CN, *(article.revised(number) for article in CN)):
            keep(archive, page(article))
            archive.fail(article.url + "x", f"refused {number}")
        archives.close(archive)

    for number in range(8):
        child = archives.start(partial(run, number))
        time.sleep(rng.uniform(0.02, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    CLOCK.wait(hours=20)
    crawl(tmp_path, [])
    articles = len(dump(tmp_path / NAME)["articles"])
    assert articles > 2
    assert_whole(tmp_path, articles)


def test_failures_are_counted_once_when_a_dead_run_is_mended(tmp_path):
    """Law: mending takes in the failures of a dead run that its index has not, and none of them twice."""

    def fail_thrice():
        archive = archives.open_archive(tmp_path)
        for why in ("refused", "timeout", "reset"):
            archive.fail(CN[0].url, why)
            CLOCK.wait(hours=1)
        archive.fail(CN[1].url, "refused")
        keep(archive, answer(CN[1].url, b"gone", 404))

    died(fail_thrice)
    CLOCK.wait(hours=9)
    archive = archives.open_archive(tmp_path)
    assert archive.index.known([CN[0].url])[CN[0].url].attempts == 3
    assert state(archive, CN[1].url) is State.GONE
    archives.close(archive)
    assert_whole(tmp_path, 0)


def test_rotation(tmp_path):
    """Law: a full file is sealed and the run goes on in the next; every file stands alone."""
    crawl(tmp_path, [page(article) for article in CN], rotate=20_000)
    files = warc.sealed(tmp_path / "warc")
    assert len(files) > 3
    for path in files[:-1]:
        assert 20_000 <= path.stat().st_size < 60_000
    assert [next(warc.walk(path)).type for path in files] == ["warcinfo"] * len(files)
    assert_whole(tmp_path, len(CN))


def test_what_a_file_says_of_its_run(tmp_path):
    """Law: a file begins with what was told of the run, and the last one ends with the run's summary."""
    crawl(tmp_path, [page(CN[0])])
    records = list(warc.walk(warc.sealed(tmp_path / "warc")[0]))
    assert [record.type for record in records] == ["warcinfo", "response", "request", "metadata"]
    assert parse_fields(bytes(records[0].block)) == archives.ABOUT
    assert records[0].get("WARC-Filename") == records[0].file
    told = dict(line.split(": ", 1) for line in bytes(records[-1].block).decode().splitlines())
    assert told["run-spider"] == "rfi_cn"
    assert told["run-outcome"] == "finished"
    assert json.loads(told["run-counts"]) == {"exchanges": 1}


def test_a_run_without_an_exchange_leaves_no_file(tmp_path):
    """Law: nothing exchanged, nothing kept."""
    crawl(tmp_path, [])
    assert list((tmp_path / "warc").iterdir()) == []
    assert dump(tmp_path / NAME)["runs"] == []
    assert findings(tmp_path) == []


def test_one_writer_at_a_time(tmp_path):
    """Law: a second writer is told who holds the archive, and changes nothing; afterwards it may."""
    archive = archives.open_archive(tmp_path)
    with pytest.raises(Locked, match="rfi_cn"):
        archives.open_archive(tmp_path, "rfi_tw")
    keep(archive, page(CN[0]))
    archives.close(archive)
    crawl(tmp_path, [page(CN[1])], "rfi_tw")
    assert_whole(tmp_path, 2)


def test_a_lost_index_does_not_have_all_fetched_again(tmp_path):
    """Law: an archive whose index lacks its files is not crawled into; a rebuild lets the next run in."""
    crawl(tmp_path, [page(CN[0])])
    (tmp_path / NAME).unlink()
    with pytest.raises(NotFound, match="rebuild"):
        archives.open_archive(tmp_path)
    rebuild(tmp_path, CLOCK(), lambda _: None)
    crawl(tmp_path, [page(CN[1])])
    assert_whole(tmp_path, 2)


@pytest.mark.parametrize("limit", [100, 3_000, 9_000, 12_000, 20_000, 40_000, 90_000])
def test_a_failed_write(tmp_path, limit):
    """Law: where the disk refuses, the run ends with CannotWrite, nothing is half-written, and the next one completes."""

    def run() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        failed = 0
        try:
            archive = archives.open_archive(tmp_path)
            for exchange in (feed(), *map(page, CN)):
                try:
                    keep(archive, exchange)
                except CannotWrite:
                    failed += 1
                    break
            archives.close(archive)
        except CannotWrite:
            failed += 1
        os._exit(CannotWrite.exit_code if failed else 0)

    assert died(run) == CannotWrite.exit_code
    for path in tmp_path.glob("articles/**/*.md"):
        text = path.read_text("utf-8")
        article = next(article for article in CN if urls.article_path(article.url).endswith(path.name))
        assert text == expected(article, int(text[4:17]))
    CLOCK.wait(hours=1)
    crawl(tmp_path, map(page, CN))
    assert_whole(tmp_path, len(CN))


def test_a_folder_that_cannot_be_made(tmp_path):
    """Law: an archive that cannot be gives one clear line."""
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="file"):
        archives.open_archive(tmp_path / "file" / "archive")


@pytest.mark.parametrize("failing", [False, True])
def test_rows_that_the_disk_refused_are_made_good(tmp_path, failing):
    """Law: no file is sealed whose records the index lacks: what was refused is taken in when the run ends."""
    archive = archives.open_archive(tmp_path)
    pages = archive.index._db.execute("pragma page_count").fetchone()[0]
    archive.index._db.execute(f"pragma max_page_count = {pages}")
    kept: list[str] = []

    def fill() -> None:
        for article in CN:
            kept.append(article.url)
            keep(archive, page(article))
            for number in range(20 if failing else 0):
                archive.fail(f"{article.url}{number}", "refused " * 20)

    with pytest.raises(CannotWrite, match="full"):
        fill()
    archive.index._db.execute("pragma max_page_count = 100000")
    archives.close(archive)
    assert_whole(tmp_path, len(kept))
