"""Laws of the run that cron starts most: nothing is new, and it costs next to nothing, however large the archive."""

import re
import subprocess

import pytest

from tests.archive import big
from tests.crawler.crawling import ROOT, command, environment
from tests.crawler.meter import crawled
from tests.site import serve

UNUSED = {
    "aiohttp": "Scrapy's remote control",
    "tldextract": "its cookies",
    "scrapy.core.downloader.handlers.http11": "its own connections",
}
"""What is heavy to import, and whose it is."""


@pytest.mark.slow
def test_a_run_imports_no_more_than_it_uses(tmp_path):
    """Law: nothing of Scrapy's that is put out of work is imported; the tables in settings.py say what works."""
    with serve() as site:
        words = command(tmp_path, "rfi_cn", {}, {"url": site.site.articles[0].url})
        words[1:1] = ["-v"]
        done = subprocess.run(words, cwd=ROOT, env=environment(site), capture_output=True, text=True, check=True)

    imported = set(re.findall(r"^import '([\w.]+)' #", done.stderr, re.MULTILINE))
    assert "crawler.wire" in imported
    assert not UNUSED.keys() & imported


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
