"""What failed is tried again by later runs: after 1, 2, 4 ... hours, eight times in all, and then no more."""

import re

import pytest

from tests.crawler import evidence, later, state
from tests.crawler.crawling import verify
from tests.crawler.story import Told, listed, told
from tests.site import Running, Site, serve

pytestmark = pytest.mark.slow
MOST = 8
SLACK = 0.25
"""Hours by which a run is too early, or late enough; longer than any of these runs takes."""


def run_at(hours: float, archive, running: Running, **more) -> Told:
    """Crawl when so many hours have gone by."""
    settings = later.SETTINGS | {"RETRY_TIMES": 0, "IMAGES": "none", "REQUISITES": False}
    run = told(archive, running, settings=settings, env={"HOURS_LATER": str(hours)}, **more)
    assert "Traceback" not in run.crawled.err
    return run


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> tuple[list[str], list[list[str]], list[list[str]], Told, Told]:
    """A feed of two articles: one is never to be reached, the other never more than a template.

    Gives their URLs; what was asked by runs at the times that the rule names, and by those shortly before;
    a run a year later; and one by which the user asks, when the site is well again.
    """
    archive, site = tmp_path_factory.mktemp("tried") / "a", Site(feed_items=2)
    wanted = listed(site)[:2]
    for url, fault in zip(wanted, ("reset", "empty"), strict=True):
        site.set_fault(re.escape(site.article(url).slug) + "$", fault)
    due, early, hours = list[list[str]](), list[list[str]](), 0.0
    with serve(site) as running:
        for attempt in range(MOST):
            if attempt:
                hours += 2 ** (attempt - 1)
                early.append(run_at(hours - SLACK, archive, running, discover="rss").pages)
                hours += SLACK
            due.append(run_at(hours, archive, running, discover="rss").pages)
        never = run_at(hours + 24 * 365, archive, running, discover="rss")
        given_up = state.of(archive)
        site.clear_faults()
        asked = run_at(hours + 24 * 365, archive, running, url=wanted[0])
    assert [given_up[url] for url in wanted] == [("failed", MOST), ("rejected", MOST)]
    return wanted, due, early, never, asked


def test_a_failure_is_tried_again_when_its_wait_is_over(tried):
    """Law: the n-th failure is followed by the next try 2^(n-1) hours later, eight tries in all."""
    wanted, due, *_ = tried
    assert [sorted(set(pages)) for pages in due] == [sorted(wanted)] * MOST


def test_a_failure_is_not_tried_before(tried):
    """Law: no run asks before the wait is over, whether the feed names it again or not."""
    _, _, early, *_ = tried
    assert early == [[]] * (MOST - 1)


def test_what_is_given_up_waits_for_the_user(tried):
    """Law: after eight tries no run asks any more; `-a url=` does, and the article is archived."""
    wanted, _, _, never, asked = tried
    assert never.pages == []
    assert asked.pages == wanted[:1]
    evidence.holds_exactly(asked.archive, asked.site, wanted[:1])
    verify(asked.archive)
