"""What wire.py leans on although it is private to Scrapy or Twisted, and a look whether it is still there."""

from collections.abc import Iterable
from importlib import import_module

from archive.errors import Unsupported

VERSIONS = "Scrapy 2.19 with Twisted 26.10"
"""What this project is tested with."""
PRIVATE = (
    ("scrapy.core.downloader.handlers.http11", "HTTP11DownloadHandler"),
    ("scrapy.core.downloader.handlers.http11", "_LenientHTTP11ClientProtocol"),
    ("scrapy.core.downloader.handlers.http11", "_LenientHTTP11ClientFactory"),
    ("twisted.web._newclient", "HTTP11ClientProtocol._parser"),
    ("twisted.web._newclient", "STATUS"),
    ("twisted.web._newclient", "HEADER"),
    ("twisted.web.client", "HTTPConnectionPool._factory"),
    ("twisted.web.client", "HTTPConnectionPool.getConnection"),
)


def check(private: Iterable[tuple[str, str]] = PRIVATE) -> None:
    """Raise Unsupported, naming what has moved, unless all of it is where wire.py looks for it."""
    for module, path in private:
        try:
            found = import_module(module)
            for name in path.split("."):
                found = getattr(found, name)
        except (ImportError, AttributeError):
            raise Unsupported(f"{module}.{path} is gone, so exact bytes cannot be kept: install {VERSIONS}") from None
