"""A small RFI of our own on loopback: articles, listings, pictures and every odd answer.

    with serve(Site(clones=100)) as running:
        subprocess.run(["scrapy", "crawl", "rfi_cn"], env={**os.environ, **running.env()})
        assert running.site.expected(url, epoch_ms) == file_text

See README.md beside this file.
"""

from .article import Article
from .expected import PLACEHOLDER, expected
from .log import Entry, Log
from .odd import ODD
from .odd import url as odd_url
from .page import render
from .request import Request
from .server import Running, serve
from .site import Site

__all__ = [
    "ODD",
    "PLACEHOLDER",
    "Article",
    "Entry",
    "Log",
    "Request",
    "Running",
    "Site",
    "expected",
    "odd_url",
    "render",
    "serve",
]
