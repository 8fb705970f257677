"""Disks that fill up during a crawl, or refuse what they are asked: the run ends in order, the next one completes it."""

import errno
import fcntl
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.files.reserve import SIZE
from tests.crawler import evidence
from tests.crawler.crawling import ROOT, Crawled, command, environment
from tests.crawler.story import listed
from tests.site import Site, serve
from tests.torture import cage, disks, witness
from tests.torture.cage import LET, Call, Verdict
from tests.torture.disks import ARCHIVE
from tests.torture.rounds import EVERYTHING, can_hold, crawl, finished, verb

pytestmark = pytest.mark.slow

PLENTY = SIZE + (64 << 20)
LEVELS = range(5, 105, 10)
"""Percent of what a whole crawl leaves on disk, beside what it keeps back: the log of the index needs more meanwhile."""
HALF = 50
"""Percent up to which articles are left over; beyond, it may be the end of the run that finds no room."""
THERE = Path(ARCHIVE)


@pytest.fixture(scope="module")
def running():
    with serve(Site(feed_items=EVERYTHING)) as running:
        yield running


@pytest.fixture(scope="module")
def needed(running):
    """Bytes that a whole crawl leaves on disk."""
    with disks.small(PLENTY) as disk:
        disk.run(crawl(THERE), environment(running)).was_clean()
        return disks.used(disk.archive)


def ended_in_order(archive: Path, ended: Crawled) -> None:
    """13, one clear line, the lock gone, nothing half-written under a final name."""
    ended.was_clean(13)
    assert ended.last.startswith("rfi-archive: cannot write ")
    assert len([line for line in ended.err.splitlines() if "cannot write" in line and "rfi-archive:" in line]) == 1
    assert witness.torn(archive, {}) == []
    with (archive / ".lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not (archive / ".reserve").exists()


BOTH = pytest.mark.parametrize("act", [False, True], ids=["where mounts are allowed", "acted"])


@BOTH
def test_a_small_disk_is_what_it_says(tmp_path, act):
    """Law: more than its size does not fit on a small disk; once it has grown, it does."""
    fill = ["sh", "-c", f"mkdir -p {ARCHIVE} && head -c 300000 /dev/zero > {ARCHIVE}/x"]
    with disks.small(1 << 18) as some:
        disk = disks.Acted(tmp_path, 1 << 18) if act else some
        assert disk.run(fill, {"PATH": "/bin:/usr/bin", "LC_ALL": "C"}).code != 0
        disk.grow(1 << 20)
        assert disk.run(fill, {"PATH": "/bin:/usr/bin", "LC_ALL": "C"}).code == 0
        assert (disk.archive / "x").stat().st_size == 300_000


@pytest.mark.parametrize("level", LEVELS)
def test_a_disk_that_fills_up(running, needed, level, record_property):
    """Law: wherever the disk fills up, the run ends with 13 in order and verify finds nothing; with room the next one
    completes what was missing, and asks for nothing that was archived."""
    env = environment(running)
    with disks.small(SIZE + 110_000 + needed * level // 100) as disk:
        record_property("disk", disk.how)
        running.site.journal.clear()
        ended_in_order(disk.archive, disk.run(crawl(THERE), env))
        asked = evidence.pages(running.log)
        assert witness.left(disk.archive) == []
        assert disk.run(verb("verify", THERE), env).code == 0
        had = witness.committed(disk.archive)
        assert len(had & set(asked)) < len(listed(running.site)) or level > HALF, "it has filled up in the midst of it"

        disk.grow(PLENTY)
        running.site.journal.clear()
        disk.run(crawl(THERE), env).was_clean()
        assert witness.asked_again(evidence.pages(running.log), had) == []
        assert witness.lost(disk.archive, running.site, listed(running.site)) == []
        assert disk.run(verb("verify", THERE), env).code == 0


@pytest.mark.parametrize("size", [SIZE // 2, SIZE + 100_000], ids=["no room", "room for the index"])
def test_a_disk_that_was_full_before(running, size):
    """Law: a run that could not keep its reserve back begins nothing, and says so."""
    env = environment(running)
    with disks.small(size) as disk:
        ended = disk.run(crawl(THERE), env)
        ended_in_order(disk.archive, ended)
        assert "the disk is full: make room" in ended.last
        assert list(disk.archive.glob("warc/*")) == []
        assert disk.run(verb("verify", THERE), env).code == 0


@BOTH
def test_a_disk_that_gets_low(tmp_path, running, needed, act):
    """Law: with less than MIN_FREE_BYTES free a run ends with 13 in order, though there is room; the next completes it."""
    env, least = environment(running), 2 << 20
    words, size = command(THERE, "rfi_cn", {"MIN_FREE_BYTES": least}, {}), SIZE + least + needed // 2
    with disks.small(size) as some:
        disk = disks.Acted(tmp_path, size) if act else some
        running.site.journal.clear()
        ended = disk.run(words, env)
        ended_in_order(disk.archive, ended)
        assert evidence.pages(running.log)
        assert f"less than {least:,}: make room" in ended.last
        assert disk.run(verb("verify", THERE), env).code == 0

        disk.grow(PLENTY)
        disk.run(words, env).was_clean()
        assert witness.lost(disk.archive, running.site, listed(running.site)) == []


def test_a_run_does_not_begin_on_a_low_disk(running):
    """Law: with less than MIN_FREE_BYTES free from the start nothing is asked for, and the last line says how much is."""
    env, words = environment(running), command(THERE, "rfi_cn", {"MIN_FREE_BYTES": 1 << 60}, {})
    with disks.small(PLENTY) as disk:
        running.site.journal.clear()
        ended_in_order(disk.archive, disk.run(words, env))

    assert running.log == []


BROKEN = [
    ("EIO", "^sync warc/.*open$", 9),
    ("EIO", "^write index.sqlite-wal$", 300),
    ("EDQUOT", "^write warc/", 40),
    ("EROFS", "^open articles", 11),
    ("EIO", "^rename articles", 20),
    ("EIO", "^rename warc/.*open ", 1),
]
"""What a disk says to every change, and from which on: broken, over its quota, read-only all of a sudden."""


def refused(number: int, pattern: str, nth: int) -> Callable[[Call], Verdict]:
    """Refuse everything from the nth call like a pattern on."""
    left = nth

    def judge(call: Call) -> Verdict:
        nonlocal left
        left -= left > 0 and re.search(pattern, str(call)) is not None
        return LET if left else Verdict(refuse=number)

    return judge


@pytest.mark.skipif(not can_hold(), reason="this kernel lets nobody hold another's calls")
@pytest.mark.parametrize(("name", "pattern", "nth"), BROKEN)
def test_a_disk_that_breaks(tmp_path, running, name, pattern, nth):
    """Law: a disk that refuses everything ends the run with 13; once it is mended, the next run completes all."""
    archive, env = tmp_path / "a", environment(running)
    judge = refused(getattr(errno, name), pattern, nth)
    ended = cage.run(crawl(archive), archive, judge, cwd=ROOT, env=env)
    Crawled(ended.code, "", ended.err).was_clean(13)
    assert witness.torn(archive, {}) == []
    had = witness.committed(archive) | witness.recorded(archive)

    running.site.journal.clear()
    again = finished(crawl(archive), running)
    again.was_clean()
    assert witness.asked_again(evidence.pages(running.log), had) == []
    assert witness.lost(archive, running.site, listed(running.site)) == []
    assert witness.left(archive) == []
    assert finished(verb("verify", archive)).code == 0
