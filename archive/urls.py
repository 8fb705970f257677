"""URLs: their canonical form, what kind of thing they name, their key and their article path.

Pure.  Two URLs are the same article if and only if their canonical forms are equal;
titles never decide, and the page's own `link rel=canonical` does not either.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from archive.errors import BadUrl
from archive.rfi.editions import BY_CODE, SITE, Edition

RECENT = 1024
"""URLs of which is remembered what is asked of one many times while its page is taken."""
PAGES = "www.rfi.fr"
MOVED_HOSTS = {"cn.rfi.fr": "cn", "m.cn.rfi.fr": "cn", "rfi.fr": ""}
"""Hosts whose pages live on under www.rfi.fr now, and the first path segment they lack."""
IMAGES = "s.rfi.fr"
DOMAINS = ("rfi.fr", "rfi.my")
"""Domains that a crawl may speak to, with all below them; rfi.my shortens the site's links."""
DEFAULT_PORTS = {"http": 80, "https": 443}
PCHAR = "!$&'()*+,;=:@"
"""What may stand bare in a path segment beside the unreserved characters.  Source: RFC 3986, 3.3."""

# Two path levels at most: /cn/<section>/<day>-<slug> and /cn/<shows>/<show>/<day>-<slug>.
_ARTICLE = re.compile(r"/([a-z-]{2,7})((?:/[^/]+){1,2})/([0-9]{8})-[^/]+")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_PLAIN = re.compile("(?:/(?:[A-Za-z0-9_.~-]|%[89A-F][0-9A-F])+)+")
"""A path of a page without empty segments in which nothing is escaped but what is no ASCII: nearly all are such."""
_REQUISITE = re.compile(r".*\.(?:css|woff2?|ttf|otf)", re.IGNORECASE)
_PAGED = re.compile("(.+/)[1-9][0-9]*/")
_CALENDAR_DAY = re.compile("/[a-z-]{2,7}/[^/]+/((?:19|20)[0-9]{2})/[0-9]{2}/[0-9]{2}-[^/]+-\\1/?")
"""A day of the archive calendar, whatever the site calls that.  Source: rfi-site.md, 1.7."""
_SITEMAP = re.compile(r"/sitemaps/([a-z-]{2,7})/(?:news|index|contents_[0-9]{6})\.xml")


class Kind(StrEnum):
    """What a URL names, as far as its text tells; the answer may turn out to be something else."""

    ARTICLE = "article"
    IMAGE = "image"
    LISTING = "listing"
    REQUISITE = "requisite"
    """A stylesheet or a font."""
    OTHER = "other"


@lru_cache(RECENT)
def canonical(url: str) -> str:
    """Return the canonical form of `url`; idempotent.  Source: FORMAT.md, "Canonical URL".

    RFI's pages: https, www.rfi.fr, old hosts and doubled slashes folded in, query and
    fragment dropped, no trailing slash on an article.  Any other http(s) URL keeps its
    scheme, host and query, and its path as its own page names it.  The paths of RFI's pages
    are percent-decoded once, segment by segment, put in NFC and encoded again with
    upper-case hex.  Raises BadUrl.
    """
    if _is_plain(url):
        return url
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        url.encode()  # half a surrogate pair has no bytes, so no request could name it
    except ValueError as error:
        raise BadUrl(f"not a URL ({error}): {url[:200]!r}") from None
    if parts.scheme not in DEFAULT_PORTS or not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+", host):
        raise BadUrl(f"not an http(s) URL with a host: {url[:200]!r}")
    if parts.username is not None:
        raise BadUrl(f"a URL must not carry a user name or password: host {host}")
    port = None if port == DEFAULT_PORTS[parts.scheme] else port
    if port is None and (host == PAGES or host in MOVED_HOSTS):
        return SITE + _page_path([_recode(s) for s in parts.path.split("/")], MOVED_HOSTS.get(host, ""))
    authority = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    path = _ESCAPE.sub(lambda escape: escape[0].upper(), quote(parts.path, safe=PCHAR + "/%")) or "/"
    query = "?" + quote(parts.query, safe=PCHAR + "/?%") if parts.query else ""
    return f"{parts.scheme}://{authority}{path}{query}"


def _is_plain(url: str) -> bool:
    """Tell at a glance that a URL is canonical, which most are that anybody asks about: of a page, no slash behind.

    Any part of a text in NFC is in NFC, so that all segments are looked at as one.
    """
    path = url.removeprefix(SITE)
    if path == url or not _PLAIN.fullmatch(path):
        return False
    try:  # escapes of Python's own are undone several times as fast as those of URLs
        raw = path.replace("%", "\\x").encode().decode("unicode_escape").encode("latin-1")
        return unicodedata.is_normalized("NFC", raw.decode())
    except UnicodeError:
        return False


def _recode(segment: str) -> str:
    """Decode one path segment once and encode it again; bytes that are not UTF-8 stay as they are."""
    raw = unquote_to_bytes(segment)
    try:
        return quote(unicodedata.normalize("NFC", raw.decode()), safe="")
    except UnicodeDecodeError:
        return quote(raw, safe="")


def _page_path(segments: list[str], missing: str) -> str:
    """Join the segments of one of RFI's own pages: none empty, edition first, no slash after an article."""
    full = [s for s in segments if s]
    if missing and full[:1] != [missing]:
        full.insert(0, missing)
    path = "/" + "/".join(full)
    if full and segments[-1] == "" and not _ARTICLE.fullmatch(path):
        path += "/"
    return path


@lru_cache(RECENT)
def kind(url: str) -> Kind:
    """Tell what a canonical URL names."""
    parts = urlsplit(url)
    if parts.hostname == IMAGES and parts.path.startswith("/media/display/"):
        return Kind.IMAGE
    other = Kind.REQUISITE if _REQUISITE.fullmatch(parts.path) else Kind.OTHER
    if parts.hostname != PAGES or not (edition := edition_of(url)):
        return other
    if _ARTICLE.fullmatch(parts.path):
        return Kind.ARTICLE
    paged = _PAGED.fullmatch(url)
    lists = url.rstrip("/") == edition.feed or not {url, paged and paged[1]}.isdisjoint(edition.section_pages)
    shaped = _SITEMAP.fullmatch(parts.path) or _CALENDAR_DAY.fullmatch(parts.path)
    return Kind.LISTING if lists or shaped else other


def is_article(url: str, edition: Edition) -> bool:
    """Tell whether a canonical URL is an article's, and of this edition."""
    return kind(url) is Kind.ARTICLE and edition_of(url) == edition


@lru_cache(RECENT)
def edition_of(url: str) -> Edition | None:
    """Return the edition a canonical page or sitemap URL belongs to, or None if it is not one of ours."""
    match = re.match(SITE + r"/(?:sitemaps/)?([a-z-]{2,7})(?:/|$)", url)
    return BY_CODE.get(match[1]) if match else None


def show_of(url: str) -> str | None:
    """Return the show's segment, decoded, of a canonical article URL; None where it is no show's."""
    segments, edition = url.split("/")[3:], edition_of(url)
    return _decoded(segments[2]) if edition and segments[3:] and _decoded(segments[1]) == edition.shows else None


def section_of(url: str) -> str:
    """Return the first path segment under the edition, decoded: the section, or the word for shows; "" for none."""
    return _decoded(next(iter(urlsplit(url).path.split("/")[2:]), ""))


def _decoded(segment: str) -> str:
    return unquote_to_bytes(segment).decode("utf-8", "replace")


def section_name(url: str) -> str:
    """Return what a section page's URL is about, for people: its last segment, decoded, or "front page"."""
    segments = [s for s in urlsplit(url).path.split("/") if s]
    return unquote_to_bytes(segments[-1]).decode("utf-8", "replace") if len(segments) > 1 else "front page"


def day(url: str) -> str:
    """Return the eight digits of a canonical article URL: the day it was created, Paris.  Raises BadUrl."""
    match = _ARTICLE.fullmatch(urlsplit(url).path)
    if not match:
        raise BadUrl(f"not the URL of an article: {url[:200]!r}")
    return match[3]


def rank(url: str, published: datetime | None = None) -> int:
    """Return what sorts URLs by news: seconds since 1970 of the publication, else of the day in the URL, else 0."""
    if published is None and kind(url) is Kind.ARTICLE:
        try:
            published = datetime.fromisoformat(day(url)).replace(tzinfo=UTC)
        except ValueError:
            return 0
    return int(published.timestamp()) if published else 0


@lru_cache(RECENT)
def digest(url: str) -> str:
    """Return SHA-256 of a canonical URL, 64 hex digits."""
    return hashlib.sha256(url.encode()).hexdigest()


@lru_cache(RECENT)
def key(url: str) -> int:
    """Return the first 8 bytes of the URL's SHA-256 as a signed number: a 64-bit key for an index."""
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:8], "big", signed=True)


def article_path(url: str) -> str:
    """Return where the article file of a canonical URL lies, relative to the archive, ASCII only.

    Raises BadUrl.  Nothing of the URL but eight ASCII digits and a hash gets into the path.
    """
    digits = day(url)
    return f"articles/{digits[:4]}/{digits[4:6]}/{digits}-{digest(url)[:12]}.md"


def day_path(of: date) -> str:
    """Return how the paths of all article files of a day begin."""
    return f"articles/{of:%Y/%m/%Y%m%d}"


def join(base: str, link: str) -> str:
    """Return the canonical form of a link that stands in a page of URL `base`.  Raises BadUrl."""
    try:
        return canonical(urljoin(base, link.strip()))
    except ValueError as error:
        raise BadUrl(f"not a URL ({error}): {link[:200]!r}") from None


def may_be_fetched(url: str) -> bool:
    """Tell whether a URL is one of the site's own, on a default port: no redirect leads anywhere else.

    The last door before the network, for every request of a crawl.
    """
    try:
        parts = urlsplit(canonical(url))
    except BadUrl:
        return False
    host = parts.hostname or ""
    return parts.port is None and any(host == domain or host.endswith("." + domain) for domain in DOMAINS)


def read_list(lines: Iterable[str], bad: list[str]) -> Iterator[str]:
    """Yield the canonical URLs of a list, one a line, `#` comments and empty lines passed over.

    bad: takes what is wrong where.
    """
    for number, line in enumerate(lines, start=1):
        url = line.removeprefix("\ufeff").strip()
        if url and not url.startswith("#"):
            try:
                yield asked(url)
            except BadUrl as error:
                bad.append(f"line {number}: {error}")


def asked(url: str) -> str:
    """Return the canonical form of a URL that a user asks for.  Raises BadUrl, for other sites' too."""
    found = canonical(url)
    if not may_be_fetched(found):
        raise BadUrl(f"not a page of {' or '.join(DOMAINS)}: {url[:200]!r}")
    return found
