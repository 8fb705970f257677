"""Ends that nobody wished for: killed, broken, no room on the disk; the next run makes it good."""

import json
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from archive.files.lock import NAME as LOCK
from tests.crawler import evidence, state, strange
from tests.crawler.crawling import set_off, verify
from tests.crawler.story import listed, told
from tests.site import Running, Site, serve
from tests.torture.forked import GLANCE

ALL = 200
"""More items than any feed here has."""


# --- killed ---


def recorded(archive: Path) -> int:
    """Bytes in the WARC file that a run is writing."""
    with suppress(FileNotFoundError):
        return sum(path.stat().st_size for path in archive.glob("warc/*.open"))
    return 0


MOMENTS: dict[str, Callable[[Running, Path], bool]] = {
    "the lock is there": lambda _, archive: (archive / LOCK).exists(),
    "the index is there": lambda _, archive: (archive / "index.sqlite").exists(),
    "the first record is there": lambda _, archive: recorded(archive) > 0,
    "the feed was asked for": lambda running, _: bool(evidence.asked(running.log, "/cn/rss")),
    "the first article was asked for": lambda running, _: len(evidence.pages(running.log)) > 0,
    "twenty articles were asked for": lambda running, _: len(evidence.pages(running.log)) > 20,
    "the fiftieth file is there": lambda _, archive: len(list(archive.glob("articles/*/*/*.md"))) > 50,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_loses_nothing(tmp_path, moment):
    """Law: kill -9 at any moment; the next run archives all, asks for nothing that was committed, leaves no loose end."""
    archive = tmp_path / "a"
    with serve(Site(clones=50, feed_items=ALL)) as running:
        victim = set_off(archive, running)
        until = time.monotonic() + 30
        while not MOMENTS[moment](running, archive):
            assert victim.poll(GLANCE) is None
            assert time.monotonic() < until
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        before = {url for url, (known, _) in state.of(archive).items() if known == "archived"}
        files = evidence.files(archive)
        again = told(archive, running)
    again.crawled.was_clean()
    assert not before & set(again.pages)
    assert {path: again.files[path] for path in files if not path.endswith(".new")}.items() <= files.items()
    evidence.holds_exactly(archive, running.site, again.before)
    assert not list(archive.rglob(".*.new"))
    verify(archive)


# --- mistakes, and a disk that refuses ---


def test_a_mistake_of_ours_is_told_by_the_exit_code(tmp_path):
    """Law: what nobody thought of leaves a traceback in the log and the exit code 1; the next run does the rest."""
    archive, site = tmp_path / "a", Site()
    steps = {f"crawler.pipelines.{name}": n for n, name in enumerate(("Warc", "Normalize", "Index"))}
    mistaken = json.dumps(steps | {"tests.crawler.mistakes.Broken": 1.5})
    with serve(site) as running:
        run = told(archive, running, settings={"ITEM_PIPELINES": mistaken}, limit=2)
        told(archive, running).crawled.was_clean()
    assert run.crawled.code == 1
    assert "a mistake of ours" in run.crawled.err
    assert run.crawled.last == "rfi-archive: something unexpected happened; see the log above"
    evidence.holds_exactly(archive, site, listed(site)[:30])
    verify(archive)


def test_a_disk_that_refuses_ends_the_run_in_order(tmp_path):
    """Law: where no more can be written the run ends with 13 and one clear line; the next one does the rest."""
    archive, site = tmp_path / "a", Site(feed_items=ALL)
    with serve(site) as running:
        small = told(archive, running, most=150_000)
        small.crawled.was_clean(13)
        assert re.search("file-size limit|cannot be used", small.crawled.last)
        assert len(small.files) < len(small.before)
        told(archive, running).crawled.was_clean()
    evidence.holds_exactly(archive, site, listed(site))
    verify(archive)


def test_a_disk_that_refuses_a_large_answer_ends_the_run_in_order(tmp_path):
    """Law: an answer too large for memory and for the disk ends the run with 13, asked for once, not retried."""
    archive, site = tmp_path / "a", strange.Strange()
    site.plans[strange.at("long")] = strange.long(3 << 20)
    with serve(site) as running:
        small = told(archive, running, most=2 << 20, url=strange.at("long"))
        small.crawled.was_clean(13)
        assert "file-size limit" in small.crawled.last
        assert len([entry for entry in small.log if "long" in entry.url]) == 1
        told(archive, running).crawled.was_clean()
    verify(archive)
