"""Tested: what wire.py leans on is where it looks for it, or the crawl says which name moved."""

import pytest

from archive.errors import Unsupported
from crawler import tested


def test_all_of_it_is_there():
    """Law: with the versions that are pinned nothing is missing."""
    tested.check()


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("twisted.web.client", "HTTPConnectionPool._works"),
        ("twisted.web.client", "HTTPConnectionPuddle.getConnection"),
        ("scrapy.core.downloader.handlers.http9", "HTTP9DownloadHandler"),
    ],
)
def test_what_moved_is_named(module, path):
    """Law: the first name that is gone stands in the error, and which versions to install instead."""
    with pytest.raises(Unsupported, match=rf"{module}\.{path} is gone.*{tested.VERSIONS}"):
        tested.check((*tested.PRIVATE, (module, path)))
