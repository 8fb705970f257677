"""Laws of what became of articles lately: the newest first, a page at a time, and nothing else than all changes."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import changes
from archive.index import NAME as INDEX
from archive.index import Index
from tests.archive import archives, histories
from tests.archive.archives import CLOCK, CN

EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def pages(ask, limit):
    """Everything that the pages hold, one after the other."""
    met, before = [], None
    while True:
        some, before = ask(before, limit)
        met += some
        if before is None:
            return met


def seen(news):
    return sorted((one.url, one.captured, one.event, one.version, one.digest) for one in news)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(histories.HISTORIES, st.integers(1, 7))
def test_pages_of_changes_are_all_changes(tmp_path_factory, history, limit):
    """Law: whatever happened, the pages one after the other hold each change once, the newest first."""
    root = histories.live(tmp_path_factory.mktemp("a") / "a", history, 1 << 20)

    with closing(Index(root / INDEX)) as index:
        met = pages(lambda before, many: changes.latest(root, index, before, many), limit)
        every = list(changes.changes(root, index, *EVER))

    assert seen(met) == seen(every)
    assert [one.captured for one in met] == sorted((one.captured for one in every), reverse=True)


def test_what_is_gone_is_listed_once(tmp_path):
    """Law: the pages of what is gone hold each article that is gone, the last to go first, and none that is there."""
    archives.crawl(tmp_path, [archives.page(article) for article in CN[:6]])
    for article in (CN[4], CN[0], CN[2], CN[5]):
        CLOCK.wait(hours=1)
        archives.crawl(tmp_path, [archives.answer(article.url, b"gone", 410)])
    archives.crawl(tmp_path, [archives.page(CN[0])])

    with closing(Index(tmp_path / INDEX)) as index:
        met = [pages(index.gone_cards, limit) for limit in (1, 2, 3, 9)]

    assert [[card.url for card in one] for one in met] == [[CN[at].url for at in (5, 2, 4)]] * 4


def test_a_change_reads_no_table_through(life):
    """Law: what stands before a place is found by indexes, however much stands behind it."""
    with closing(Index(life[0] / INDEX)) as index:
        plan = index._db.execute(
            "explain query plan select capture from pages where changed not in ('', 'markup', 'first')"
            " and epoch <= 5 and (epoch, capture) < (5, 5) order by epoch desc, capture desc limit 3"
        ).fetchall()

    assert all("pages_edited" in row[-1] for row in plan if "SCAN" in row[-1] or "SEARCH" in row[-1]), plan
