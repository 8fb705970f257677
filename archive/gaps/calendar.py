"""Calendar: the site's archive by days: where a page links to it, and the days that a page of it names.  Pure.

Its path is the site's own word in each language, so it is found by its shape.  Source: rfi-site.md, 1.7.
"""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from archive import urls
from archive.errors import BadUrl
from archive.page import huge
from archive.pages import markup
from archive.rfi.editions import SITE, Edition

WORDS = ("存档", "存檔", "归档", "歸檔", "档案", "檔案", "archives", "archivos")
"""What the link or its path may say, if it names no year."""
_YEAR = re.compile(r"/[^/]+/(?:19|20)[0-9]{2}(?:/[^?#]*)?")
_DAY = re.compile(r"/((?:19|20)[0-9]{2})/([0-9]{2})/([0-9]{2})-[^/]+/?\Z")
_OF_YEAR = re.compile("(.+/)((?:19|20)[0-9]{2})(/.*)?")


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


def day_pages(page: bytes, url: str, edition: Edition) -> dict[date, str]:
    """Return the day pages that a page of the calendar links to, by day: those of the edition, of no section alone."""
    found = (link for link, _ in _links(page, url) if _is_day(link) and urls.edition_of(link) == edition)
    return {day: link for link in found if (day := _day(link))}


def start(found: str) -> str:
    """Return the page of the calendar to begin at, by its `address`: never that of one day."""
    match = _OF_YEAR.fullmatch(found)
    return of_year(found, int(match[2])) if match else found


def of_year(found: str, year: int) -> str:
    """Return where a calendar of this `address` has the page of a year: in its place, or behind what names none."""
    match = _OF_YEAR.fullmatch(found)
    if not match:
        return f"{found.rstrip('/')}/{year}/"
    return f"{match[1]}{year}{'/' if match[3] == '/' else ''}"


def _day(link: str) -> date | None:
    match = _DAY.search(link)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _is_day(link: str) -> bool:
    return urls.kind(link) is urls.Kind.LISTING and _DAY.search(link) is not None


def _may_be(link: str, edition: Edition) -> bool:
    return urls.edition_of(link) == edition and (urls.kind(link) is urls.Kind.OTHER or _is_day(link))


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
