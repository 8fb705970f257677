"""Laws of large archives: a run that finds nothing new asks the index for as much in any of them."""

import shutil

import pytest

from archive.export import cdxj, lists
from archive.index import NAME, Index
from archive.runs import recheck
from archive.urls import Kind
from tests.archive import archives, big
from tests.archive.archives import CLOCK, CN, FEED, START, answer, feed, keep, page

AGES = recheck.ages("1h 6h 1d 7d 30d")


def steps_of_a_run(root):
    """Steps that SQLite takes for a run that finds nothing new, of its own counting: no clock, no cache."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    archive = archives.open_archive(root)
    index = archive.index
    index._db.set_progress_handler(step, 1)
    archive._meet()
    keep(archive, answer(big.ROBOTS, b"User-agent: *\nAllow: /\n", kind="text/plain"))
    index.validators(FEED)
    index.known(article.url for article in CN)
    for kind in Kind:
        list(index.open_urls(kind))
    index.newest("cn")
    index.young("cn", recheck.oldest(AGES, CLOCK()), AGES[-1], recheck.RECENT)
    index.fills("rfi_cn", START)
    index.waiting()
    index.given_up(START, 100)
    archive.finish("finished", {})
    lists.write(root, index)
    cdxj.write(root, index)
    index._db.set_progress_handler(None, 1)
    archive.close()
    return steps


@pytest.mark.slow
def test_a_run_costs_the_same_in_any_archive(tmp_path):
    """Law: with thirty times the URLs, runs and dead pages, a run takes less than a tenth more steps."""
    robots = answer(big.ROBOTS, b"User-agent: *\nAllow: /\n", kind="text/plain")
    small = archives.crawl(tmp_path / "small", [robots, feed(), *map(page, CN)])
    large = shutil.copytree(small, tmp_path / "large")
    for root, number in ((small, 1000), (large, 30_000)):
        big.grow(root, number)
        archives.crawl(root, [])

    assert steps_of_a_run(large) < 1.1 * steps_of_a_run(small)


def test_what_is_made_big_is_as_archives_are(tmp_path):
    """Law: an archive that was made big has as many URLs as it says, of every fate, and its rows agree."""
    root = archives.crawl(tmp_path, [answer(big.ROBOTS, b"x", kind="text/plain"), *map(page, CN[:3])])
    big.grow(root, 1000)
    CLOCK.wait(hours=1)

    index = Index(root / NAME)
    assert sum(row["count"] for row in index.counts()["urls"]) == 1000
    assert (index.given_up_count(), index.waiting()[0]) == (50, 6)
    assert (list(index.flaws()), list(index.uneven())) == ([], [])
    assert len(index.warcs()) == 1 + big.FILES
    index.close()
