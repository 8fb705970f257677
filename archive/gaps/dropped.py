"""Dropped: what a listing names that no crawl takes, and by which rule.  Pure.

A second reader, rougher than `listing`: it looks for addresses of an article's shape in the
text of a listing, whatever the rest of it is like, up to the largest answer that a crawl takes.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from archive import listing, urls
from archive.errors import BadUrl
from archive.exchange import CONTENT_LIMIT
from archive.listing import Listing
from archive.rfi.editions import BY_CODE
from archive.rfi.feed import SHAPES

_DAY = re.compile(r"/([0-9]{8})-[^/]")
"""What an article's address has, whatever is wrong with the rest of it."""
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(item|url)(?=[\s>])[^<>]*>(.*?)(?=</?(?:[\w.-]+:)?\1[\s>]|\Z)", re.DOTALL)
_ADDRESS = re.compile(r"<(?:[\w.-]+:)?(?:loc|link|guid)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?\s*([^<\]]+)")
_HREF = re.compile(r"""<a\s(?:[^<>]*?\s)?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_OURS = re.compile(rf"{re.escape(urls.PAGES)}/(?:{'|'.join(BY_CODE)})/")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a link gives no article."""

    says: str
    """The rule, for people."""
    ours: bool
    """Whether the article may be one that we want."""
    holds: Callable[[str, str], bool]
    """Is asked with the link's text and its canonical URL."""


UNREADABLE = "it is no URL"
"""The rule of a link that has no canonical form."""
HIDDEN = "hidden by the listing's damage"
"""The rule of an article's URL that `listing.read` did not come to."""
RULES = (
    Rule("another host", False, lambda _, url: urlsplit(url).netloc != urls.PAGES),
    Rule("another edition", False, lambda _, url: urls.edition_of(url) is None),
    Rule("characters that no text may hold", True, lambda link, _: "\ufffd" in link),
    Rule(f"more than {listing.MAX_URL:,} characters", True, lambda link, _: len(link) > listing.MAX_URL),
    Rule("not of the shape of an article's URL", True, lambda _, url: urls.kind(url) is not urls.Kind.ARTICLE),
)
"""The first that holds counts."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One link of an article's shape that was not taken."""

    link: str
    """Its canonical URL; as it stands in the listing, where it has none or one with unreadable characters."""
    day: str
    """The eight digits of the day in it."""
    rule: str
    """Why it was not taken."""
    ours: bool
    """Whether the article may be one that we want."""


def dropped(content: bytes, url: str, read: Listing | None, why: str = "") -> Iterator[Dropped]:
    """Yield each link of an article's shape that a listing holds and a crawl does not take.

    content: the body, content coding undone.  url: the listing's own canonical URL.
    read: what `listing.read` makes of it, None if it cannot be read.  why: what is wrong with it.
    """
    named = {link.url for link in read.links} if read else set()
    text = _COMMENT.sub("", listing.decoded(content, CONTENT_LIMIT, []))
    root = listing.ROOT.search(text)
    in_xml = root is not None and SHAPES.get(root[1]) is not None
    hides = bool(why) and (in_xml or read is None or listing.LEFT_OUT in why)  # else it is a link of a page's margin
    seen = set[str]()
    for links in _of_xml(text) if in_xml else _of_page(text):
        if any(listing.article(link, url) in named for link in links):
            continue
        found = [_judged(link.strip(), url, why) for link in links if _DAY.search(unquote(link))]
        if not found:
            continue
        one = min(found, key=lambda one: not one.rule.startswith(HIDDEN))
        if one.link not in seen and (hides or not one.rule.startswith(HIDDEN)):
            seen.add(one.link)
            yield one


def _of_xml(text: str) -> Iterator[list[str]]:
    """Yield the links of each entry of a feed or sitemap."""
    for entry in _ENTRY.finditer(text):
        yield [html.unescape(link) for link in _ADDRESS.findall(entry[2])]


def _of_page(text: str) -> Iterator[list[str]]:
    """Yield each link of a page."""
    for link in _HREF.finditer(text):
        yield [html.unescape(next(filter(None, link.groups()), ""))]


def _judged(link: str, base: str, why: str) -> Dropped:
    match = _DAY.search(unquote(link))
    day = match[1] if match else ""
    try:
        url = urls.join(base, link)
    except BadUrl:
        return Dropped(link, day, UNREADABLE, _OURS.search(link) is not None)
    rule = next((rule for rule in RULES if rule.holds(link, url)), None)
    if rule is None:
        return Dropped(url, day, f"{HIDDEN}: {why}", ours=True)
    return Dropped(link if "\ufffd" in link else url, day, rule.says, rule.ours)


def fits(link: str, url: str) -> bool:
    """Tell whether a link with unreadable characters may be this canonical URL: one stands for any number of others."""
    pieces = (re.escape(unquote(piece)) for piece in re.split("\ufffd+", urlsplit(link).path))
    return "\ufffd" in link and re.fullmatch(".*".join(pieces), unquote(urlsplit(url).path)) is not None
