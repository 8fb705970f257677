"""The archive that readers look at in a browser: two editions crawled from the site with their pictures, and a week of edits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import urls
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, TW, answer, page
from tests.archive.lived import rewritten
from tests.crawler.crawling import crawl
from tests.site import Article, Site, serve
from tests.site.article import Line
from tests.torture import clockwork

BEGUN = datetime(2026, 11, 1, 6, 5, tzinfo=UTC)
"""When the crawls began; all later runs are days after."""


def named(title: str, articles: list[Article]) -> Article:
    """The article whose title begins so."""
    return next(article for article in articles if article.title.startswith(title))


def stem(article: Article) -> str:
    """The name of its file, without the ending: what its page's address ends in."""
    return Path(urls.article_path(article.url)).stem


MOON = named("月球车", CN)
"""Edited twice."""
BEES = named("三国边境", CN)
"""Taken down."""
SHOW = named("雨季之前", CN)
"""Of a show, with an author."""
LANTERN = named("燈籠", TW)
"""In traditional characters."""
TYPO = rewritten(MOON, "螺丝长四厘米，十字槽", "螺丝长三点八厘米，一字槽")
LEAD = "它不属于任何一份清单。三家航天机构都说不是自己的，第四家还没有回答。"
CORRECTED = replace(
    rewritten(TYPO, "最接近的一种", "形状最接近的一种"), title=f"{MOON.title}（更正）", lead=Line(LEAD, LEAD)
)


def make(root: Path) -> Path:
    """Make the archive."""
    settings = {"IMAGES": "all", "CLOCK": clockwork.SETTING}
    with serve(Site()) as site:
        for hour, spider in enumerate(("rfi_cn", "rfi_tw")):
            env = clockwork.set_to(BEGUN + timedelta(hours=hour))
            crawl(root, site, spider=spider, settings=settings, env=env).was_clean()
    for exchanges in _week():
        archives.crawl(root, exchanges)
    return root


def _week() -> Iterator[list]:
    CLOCK.now = max(CLOCK.now, BEGUN + timedelta(days=1))
    yield [page(TYPO)]
    CLOCK.wait(days=2)
    yield [page(CORRECTED), answer(SHOW.url, b"not found", 404)]
    CLOCK.wait(days=1)
    yield [page(SHOW), answer(BEES.url, b"gone", 410)]
