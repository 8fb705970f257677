"""Laws of a crawl with a budget: it ends in order and says so, the newest come first, and later runs make it whole."""

import pytest

from tests.crawler import evidence
from tests.crawler.crawling import crawl, verify
from tests.site import Site, serve

SPENT = 15
UNDER_WAY = 8
"""Requests that wait for their turn already when a newer article is found."""


def articles(site):
    """URLs of all articles of the edition that lists show, newest first."""
    return [article.url for article in site.live() if article.edition == "cn"]


@pytest.mark.parametrize(
    "budget",
    [{"MAX_REQUESTS": 12}, {"MAX_BYTES": 40_000}, {"MAX_RUNTIME": 1, "DOWNLOAD_DELAY": 0.2}],
    ids=lambda budget: next(iter(budget)),
)
def test_a_budget_ends_a_run_in_order(tmp_path, budget):
    """Law: what is used up is named on the last line, the code is 15, all that came is archived, the newest first."""
    site = Site()
    with serve(site) as running:
        done = crawl(tmp_path / "a", running, settings=budget).was_clean(SPENT)
        first = evidence.pages(running.log)
        requests = len(running.log)

    assert next(iter(budget)) in done.last
    assert "the rest is left for the next run" in done.last
    assert 0 < len(first) < 30
    assert set(first) <= set(articles(site)[: len(first) + UNDER_WAY])
    assert requests <= budget.get("MAX_REQUESTS", requests)
    evidence.holds_exactly(tmp_path / "a", site, first)
    verify(tmp_path / "a")


def test_later_runs_take_up_the_rest(tmp_path):
    """Law: runs of twenty requests each archive everything in the end, no page twice, and then end with 0."""
    site, codes = Site(), list[int]()
    with serve(site) as running:
        while not codes or codes[-1] == SPENT:
            codes.append(crawl(tmp_path / "a", running, settings={"MAX_REQUESTS": 20}).code)
            assert len(codes) < 12
        pages = evidence.pages(running.log)
    with serve(Site()) as running:
        crawl(tmp_path / "b", running).was_clean()

    assert codes[-1] == 0
    assert len(codes) > 2
    assert len(pages) == len(set(pages))
    assert evidence.files(tmp_path / "a").keys() == evidence.files(tmp_path / "b").keys()
    verify(tmp_path / "a")


def test_a_budget_that_suffices_is_not_told(tmp_path):
    """Law: a run that needs all of its budget and no more ends as it would without one."""
    with serve(Site()) as running:
        crawl(tmp_path / "a", running).was_clean()
        needed = len(running.log)
    with serve(Site()) as running:
        done = crawl(tmp_path / "b", running, settings={"MAX_REQUESTS": needed}).was_clean()

    assert "used up" not in done.err
    assert evidence.files(tmp_path / "a").keys() == evidence.files(tmp_path / "b").keys()
