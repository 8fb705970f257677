"""Archives of nothing but attacks: as a crawl left them, and as an older archiver might have, that stripped nothing."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archive import urls
from tests.archive import archives
from tests.archive.archives import CLOCK, answer, page
from tests.browser.news import BEGUN
from tests.crawler.crawling import crawl
from tests.site import Site, attack, serve
from tests.torture import clockwork

NAME = "'\"&gt;&lt;svg onload=__ran(907)&gt;{{7*7}}"
"""Of a section and of a show."""
SHOW = replace(attack.ARTICLE, section=f"专栏检索/{NAME}", show=NAME, slug="show", short="zSHOW")
SECTION = replace(attack.ARTICLE, section=NAME, slug="section", short="zSECT", edition="tw")
EDITED = replace(
    attack.ARTICLE,
    title=f"再次攻击：{attack.armed(attack.TEXT, 908)}{attack.BIDI}改",
    body=tuple(line for number, line in enumerate(attack.ARTICLE.body) if number % 5),
)
ARTICLE = f"/article/{Path(urls.article_path(attack.ARTICLE.url)).stem}"


def make(root: Path, named: Path) -> Path:
    """Crawl the attacks, then an edit of them, and the loss of one; named: a file for their addresses."""
    articles = [attack.ARTICLE, SHOW, SECTION]
    named.write_text("".join(f"{article.url}\n" for article in articles), "utf-8")
    settings = {"IMAGES": "all", "CLOCK": clockwork.SETTING}
    with serve(Site(given=articles)) as site:
        crawl(root, site, settings=settings, env=clockwork.set_to(BEGUN), urls=named).was_clean()
    CLOCK.now = max(CLOCK.now, BEGUN + timedelta(days=1))
    archives.crawl(root, [page(EDITED), answer(SHOW.url, b"gone", 410)])
    return root


def at_rest(root: Path, made: Path) -> Path:
    """The same, but that the file of the article holds every attack verbatim."""
    shutil.copytree(made, root)
    path = root / urls.article_path(attack.ARTICLE.url)
    path.write_text(attack.at_rest(1_793_491_202_000), "utf-8", newline="")
    return root
