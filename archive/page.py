"""Page bytes -> Article with its facts, or NotAnArticle(why).  Pure; no bytes make it raise.

A page is parsed once, by the rules of HTML5.  Elements are addressed by class, never by
position: their order differs between the site's generations (2020-22, 2023-24, 2025-26).
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_to_unicode, http_content_type_encoding

from archive import urls
from archive.article import Article
from archive.errors import BadAnswer, BadUrl
from archive.exchange import Exchange, content
from archive.pages import heap, markup
from archive.pages.facts import BODY, MEDIA, Facts, gather, times
from archive.pages.parsed import ARTICLE, Parsed
from archive.rfi.editions import SITE

VERSION = 1
"""Of this reader: one more with each change by which some page reads otherwise, so that an index tells what it was
read by.  tests/archive/test_page.py holds it against what all of the test site's pages read."""
PARIS = ZoneInfo("Europe/Paris")
MISREAD = 1000
"""A page with more than one unreadable character in this many bytes is not in the charset it claims."""
MISREAD_AS = "\ufffd"
"""What stands for an unreadable character."""
MAX_PAGE = 8 << 20
"""Bytes of a page, content coding undone: what reading takes memory for; RFI's have about 120,000."""
MAX_TAGS, MAX_TAG = 20_000, 1 << 19
"""How many tags a page may have, and how many bytes one tag.  HTML's own rules take time by the square of
open elements (13.2.4.2, "has an element in scope") and of one tag's attributes; RFI's pages have about 2,000 tags."""
SMALL = 1 << 18
"""Bytes of a page whose attributes, even if all are one tag's, take seconds and no more."""

TITLE = "h1.a-page-title, h1.t-content__title"
ROOTS = ARTICLE, ".t-content--article", "main", "body"
"""Where an article's own elements are looked for: the first of these that the page has."""
LEAD = ".t-content__chapo"
AFTER = "m-share-bar", "t-content__authors-tts", "t-content__authors", "m-author-n-reading-time", "m-from-author"
"""Classes of the one element that may follow the body: share bar on news, author chain on shows."""
AFTER_INSIDE = "[data-root-share], a[href*='facebook.com/dialog/share'], .m-from-author"
"""What tells the same element where it bears none of those classes."""
# A start tag, or what could be one; whatever it takes it keeps, so a search for it is one pass.
_START_TAG = re.compile(rb"""<[A-Za-z](?:[^>"']++|"[^"]*+"|'[^']*+')*""")
# A start tag with thousands of bytes outside of quotes: hundreds of attributes.
_MANY_ATTRIBUTES = re.compile(rb"""<[A-Za-z](?:[^>"']|"[^"]*"|'[^']*'){2000,}+""")
_EDITION = re.compile(SITE + r"/([a-z-]{2,7})/")


class Why(StrEnum):
    """Why a page is no article."""

    CHALLENGE = "challenge"
    CONSENT = "consent shell"
    EMPTY = "empty template"
    LIST = "list page"
    EDITION = "other edition"
    NOT_HTML = "not HTML"
    UNDECODABLE = "undecodable"
    HUGE = "too large"


# What tells a page without an article's title from another; the first row that is found decides.  Words that any
# page of the site may have about it (a captcha in a form, the consent script) come after what only one kind has.
SHELLS: tuple[tuple[Why, str], ...] = (
    (
        Why.CHALLENGE,
        "script[src*='/_fs-ch/'], script[src*='_Incapsula_'], iframe[src*='_Incapsula_'], #challenge-form, #cmsg",
    ),
    (Why.LIST, ".t-content--page-builder, [data-article-list], a[data-article-item-link]"),
    (Why.EMPTY, "[data-article-content], .t-content--article, .t-content__article-wrapper"),
    (
        Why.CHALLENGE,
        "script[src*='challenge'], script[src*='captcha'], [class*='captcha'], meta[http-equiv='refresh']",
    ),
    (Why.CONSENT, "#didomi-host, #didomi-notice, [id*='consent'], [class*='consent'], script[src*='didomi']"),
)


@dataclass(frozen=True, slots=True)
class NotAnArticle:
    """A page that is evidence but no article."""

    why: Why
    """Which kind of page it is instead."""
    detail: str
    """What told so, in a few words; "" where `why` says it all."""

    def __str__(self) -> str:
        """Return both on one line, as the index keeps them."""
        return f"{self.why}: {self.detail}" if self.detail else str(self.why)


@dataclass(frozen=True, slots=True)
class Page:
    """An article page, read."""

    article: Article
    """What its file holds."""
    facts: Facts
    """What else it says."""


def of(exchange: Exchange) -> Page | NotAnArticle:
    """Read the page that a whole answer holds; the URL is the one that was asked for.  Raises BadUrl."""
    try:
        body = content(exchange, MAX_PAGE)
    except BadAnswer as error:
        return NotAnArticle(Why.UNDECODABLE, str(error))
    return read(body, urls.canonical(exchange.url), exchange.date, exchange.header("content-type"))


def read(body: bytes, url: str, captured: datetime, content_type: str | None = None) -> Page | NotAnArticle:
    """Read a page.

    body: content coding undone.  url: canonical, of an article.  captured: UTC, whole
    seconds; becomes the epoch.  content_type: the header's value, for the charset.
    """
    kind = (content_type or "text/html").split(";")[0].strip().lower()
    encoding, text, misread = _recoded(body, content_type) if "html" in kind else ("", b"", 0)
    if not text.lstrip().startswith(b"<"):
        return NotAnArticle(Why.NOT_HTML, kind)
    if misread > 1 + len(text) // MISREAD:
        return NotAnArticle(Why.UNDECODABLE, f"{misread} characters unreadable as {encoding}")
    if detail := huge(text):
        return NotAnArticle(Why.HUGE, detail)
    heap.hold()
    parsed = Parsed(text)
    if (other := _other_edition(parsed.front, url)) is not None:
        shell = None if parsed.whole.css_first(TITLE) else _shell(parsed.whole)  # a challenge may be in any language
        return shell if shell and shell.why is Why.CHALLENGE else NotAnArticle(Why.EDITION, other)
    for root in _roots(parsed):
        if title := markup.line(root.css_first(TITLE)):
            return _page(parsed, root, title, url, captured)
    return _shell(parsed.whole)


def _roots(parsed: Parsed) -> Iterator[LexborNode]:
    """Yield where the article's own elements may be, by ROOTS."""
    article = parsed.article
    inside = BODY[1:] not in (markup.value(article, "class") or "").lower()  # else what is behind the article counts
    if article is not None and inside:
        yield article
    yield from filter(None, map(parsed.whole.css_first, ROOTS))


def _recoded(body: bytes, content_type: str | None) -> tuple[str, bytes, int]:
    """Return the charset of a page, its text in UTF-8, and how many characters of it are unreadable.

    By byte order mark, header, then meta; else UTF-8.

    What can be read as UTF-8 is, whatever it claims to be: no text in another charset of Chinese can by chance.
    """
    try:
        text = body.decode()
        if http_content_type_encoding(content_type) == "utf-8" or not body.isascii():
            return "utf-8", body.removeprefix(BOM_UTF8), _misread(text)  # nothing to recode, the usual case
    except UnicodeDecodeError:
        pass  # a few broken bytes, or all
    try:
        encoding, text = html_to_unicode(content_type, body, default_encoding="utf-8")
    except (LookupError, UnicodeError):  # a codec of Python's that is no charset: "hex", "rot13", "idna"
        encoding, text = "utf-8", body.decode(errors="replace")
    return encoding, text.encode(errors="replace"), _misread(text)


def _misread(text: str) -> int:
    """Return how many characters of a text are unreadable; that there are none is told sooner than counted."""
    return text.count(MISREAD_AS) if MISREAD_AS in text else 0


def huge(text: bytes) -> str:
    """Return what would take the parser too long; "" for any page that the site could mean."""
    if (tags := text.count(b"<")) > MAX_TAGS:
        return f"{tags} tags"
    if len(text) > MAX_TAG and any(tag.end() - tag.start() > MAX_TAG for tag in _START_TAG.finditer(text)):
        return f"a tag of more than {MAX_TAG} bytes"
    if len(text) > SMALL and _MANY_ATTRIBUTES.search(text):
        return "a tag of too many attributes"
    return ""


def _page(parsed: Parsed, root: LexborNode, title: str, url: str, captured: datetime) -> Page | NotAnArticle:
    """Read a page that has an article's title."""
    body, media = root.css_first(BODY), root.css_first(MEDIA)
    lead, lead_text = markup.both(root.css_first(LEAD))
    inside, text = markup.both(body)
    if not (lead_text or text or media):
        return NotAnArticle(
            Why.LIST if parsed.whole.css_first(".t-content--page-builder") else Why.EMPTY, "a title, but no text"
        )
    dates = times(root)
    facts = gather(parsed, root, url, dates, (lead_text, text))
    article = Article(
        epoch=int(captured.timestamp()) * 1000,
        title=f"{title} - {facts.show}" if facts.show else title,
        url=url,
        shown=_shown(dates, facts.published),
        image=facts.image,
        lead=lead.lstrip(" "),
        body=inside,
        after=_after(body) if body else "",
    )
    return Page(article, facts)


def _shell(tree: LexborHTMLParser) -> NotAnArticle:
    """Tell what a page without an article's title is."""
    for why, selector in SHELLS:
        if found := tree.css_first(selector):
            return NotAnArticle(why, found.tag or "")
    return NotAnArticle(Why.EMPTY, "no title")


def _other_edition(tree: LexborHTMLParser, url: str) -> str | None:
    """Return what shows that the page is of another edition than its URL; None if nothing does.

    The page's own address decides where it gives one, its language where it does not.
    """
    for selector, name in (("link[rel='canonical']", "href"), ("meta[property='og:url']", "content")):
        link = markup.value(tree.css_first(selector), name) or ""
        try:
            own = link if link == url else urls.canonical(link)
        except BadUrl:
            continue
        code = _EDITION.match(own)
        if code and not url.startswith(code[0]):
            return own
        if code:
            return None
    language = markup.value(tree.css_first("html"), "lang") or "zh"
    return None if language.lower().startswith(("zh", "cn", "tw")) else f"lang={language[:20]}"


def _shown(dates: list[LexborNode], published: datetime | None) -> str:
    """Return the publication time as readers see it."""
    if dates and (shown := markup.line(dates[0])):
        return shown
    return published.astimezone(PARIS).strftime("%d/%m/%Y - %H:%M") if published else ""


def _after(body: LexborNode) -> str:
    """Return the markup of the element behind the body, if it is a share bar or an author chain."""
    node = body.next
    while node is not None and not markup.is_kept_element(node):
        node = node.next
    if node is None:
        return ""
    known = not set(AFTER).isdisjoint((markup.value(node, "class") or "").split()) or node.css_first(AFTER_INSIDE)
    return markup.outer(node) if known else ""
