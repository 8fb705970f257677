"""Calendar: the site's archive by days: where a page links to it, and the days that a page of it names.  Pure.

Its path is the site's own word in each language, so it is found by its shape.  Source: rfi-site.md, 1.7.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from archive import markup, urls
from archive.editions import SITE, Edition
from archive.errors import BadUrl
from archive.page import huge

WORDS = ("存档", "存檔", "归档", "歸檔", "档案", "檔案", "archives", "archivos")
"""What the link or its path may say, if it names no year."""
_YEAR = re.compile(r"/[^/]+/(?:19|20)[0-9]{2}(?:/[^?#]*)?")
_DAY = re.compile(r"/((?:19|20)[0-9]{2})/([0-9]{2})/([0-9]{2})-[^/]+/?\Z")


def address(page: bytes, url: str, edition: Edition) -> str | None:
    """Return the calendar that a page links to: by a year in its path, else by its words; None if to none."""
    found = [(link, text) for link, text in _links(page, url) if _may_be(link, edition)]
    prefix = f"{SITE}/{edition.code}"
    by_year = (link for link, _ in found if _YEAR.fullmatch(link.removeprefix(prefix)))
    by_word = (link for link, text in found if any(word in f"{unquote(link)} {text}".lower() for word in WORDS))
    return next(by_year, None) or next(by_word, None)


def days(page: bytes, url: str) -> list[str]:
    """Return the days that a page of the calendar links to, as 2026-10-31, sorted, each once."""
    return sorted({"-".join(match.groups()) for link, _ in _links(page, url) if (match := _DAY.search(link))})


def _may_be(link: str, edition: Edition) -> bool:
    return urls.edition_of(link) == edition and urls.kind(link) is urls.Kind.OTHER


def _links(page: bytes, url: str) -> Iterator[tuple[str, str]]:
    """Yield the canonical URL and the text of each link of a page, those of its footer first; none of a huge page."""
    if huge(page):
        return
    tree = LexborHTMLParser(page)
    for selector in ("footer a[href]", "a[href]"):
        for node in tree.css(selector):
            try:
                yield urls.join(url, markup.value(node, "href") or ""), markup.line(node)
            except BadUrl:
                continue
