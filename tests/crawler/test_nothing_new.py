"""Laws of the run that cron starts most: nothing is new, and it costs next to nothing, however large the archive."""

import pytest

from tests.archive import big
from tests.crawler.meter import crawled
from tests.site import serve


@pytest.mark.slow
def test_a_run_without_news_is_cheap(tmp_path):
    """Law: robots.txt, one request a listing, each answered 304, no page; little on the wire and in memory."""
    with serve() as site:
        crawled(tmp_path, site)
        big.grow(tmp_path, 20_000)
        crawled(tmp_path, site)
        before = len(site.log)
        used = crawled(tmp_path, site)
        asked = site.log[before:]

    assert [entry.status for entry in asked if not entry.url.endswith("/robots.txt")] == [304, 304]
    assert (used.requests, used.pages) == (3, 0)
    assert used.wire < 50_000
    assert used.peak < 120_000_000
