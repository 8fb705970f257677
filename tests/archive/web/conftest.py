"""The archive that readers are tried on, and a reader over it."""

import pytest

from tests.archive import archives, lived
from tests.archive.archives import CN
from tests.archive.web.reading import reading
from tests.crawler import crawling
from tests.site import Site, serve


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """An archive of both editions with pictures, in which one article was edited and one is gone: leave it as it is."""
    root = tmp_path_factory.mktemp("news") / "archive"
    lived.live(root)
    archives.crawl(root, [archives.page(CN[3])])
    archives.CLOCK.wait(hours=1)
    archives.crawl(root, [archives.answer(CN[3].url, b"gone", 410)])
    with serve(Site()) as site:
        for spider in ("rfi_cn", "rfi_tw"):
            crawling.crawl(root, site, spider=spider, settings={"IMAGES": "all"}).was_clean()
    return root


@pytest.fixture(scope="session")
def reader(news):
    """A reader of it."""
    with reading(news) as reader:
        yield reader
