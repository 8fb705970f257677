"""Reading: what the whole answer of each surface holds, in a few words for people.  Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

from archive import listing, page, urls
from archive.errors import ArchiveError
from archive.exchange import Exchange, content
from archive.gaps import calendar
from archive.listing import Link
from archive.manners.robots import Robots
from archive.page import NotAnArticle, Page, Why

MARKS = (
    (b"_Incapsula_", "Imperva"),
    (b"/_fs-ch/", "Client Challenge"),
    (b"/cdn-cgi/challenge-platform/", "Cloudflare"),
    (b"captcha-delivery.com", "DataDome"),
)
"""Whose challenge a page is, by what stands in it."""
SHARED = ("facebook", "分享")
"""What a share bar says, and the names of authors in its place do not."""
FIELDS: tuple[tuple[str, Callable[[Page], bool | None]], ...] = (
    ("title", lambda found: bool(found.article.title)),
    ("date", lambda found: found.facts.published is not None),
    ("lead", lambda found: bool(found.article.lead)),
    ("image", lambda found: found.facts.image is not None),
    ("body", lambda found: bool(found.article.body)),
    ("author", lambda found: bool(found.facts.authors) if found.facts.show else bool(found.facts.authors) or None),
    ("tags", lambda found: bool(found.facts.tags)),
    ("share bar", lambda found: None if found.facts.show else any(word in found.article.after for word in SHARED)),
)
"""What an article page has, by name; None: it need not have it: news often names no author, a show has no share bar."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer was found to hold."""

    says: str
    """One line."""
    good: bool = True
    """Whether it is what it should be."""
    having: tuple[str, ...] = ()
    """Names of FIELDS that an article page has."""
    missing: tuple[str, ...] = ()
    """Names of those that it should have and has not."""
    generation: str | None = None
    """Year in which the make of an article page began; None: unknown, or no article page."""


def challenge(answer: Exchange) -> str:
    """Return whose challenge an answer is, of whatever status; "" if it is none."""
    try:
        found, body = page.of(answer), content(answer)
    except ArchiveError:
        return ""
    if not (isinstance(found, NotAnArticle) and found.why is Why.CHALLENGE):
        return ""
    return next((name for mark, name in MARKS if mark in body), "of an unknown make")


def read(name: str, answer: Exchange) -> Reading:
    """Read the whole answer of the surface of that name; whatever cannot be read says why."""
    try:
        return _READERS.get(name, _listing)(answer, urls.canonical(answer.url))
    except ArchiveError as error:
        return Reading(str(error).partition(": look at")[0], good=False)


def _robots(answer: Exchange, _: str) -> Reading:
    found = Robots(text(answer))
    if found.text.lstrip().startswith("<"):
        return Reading("no robots.txt, but a page", good=False)
    return Reading(_many([name for name in found.names if name != "*"], "agent") + " named")


def text(answer: Exchange) -> str:
    """Return the text of a robots.txt, as the crawl decodes it.  Raises BadAnswer."""
    return content(answer).decode("utf-8-sig", "ignore")


def _listing(answer: Exchange, url: str) -> Reading:
    found = listing.read(content(answer), url)
    dates = f", newest {_newest(found.links)}" if found.links else ""
    damage = f" ({found.damage})" if found.damage else ""
    if found.children:
        months = sorted(child[-10:-4] for child in found.children if "/contents_" in child)
        return Reading(f"{_many(months, 'month')}, newest {max(months, default='none')}{damage}", good=bool(months))
    return Reading(f"{_many(found.links, 'link')}{dates}{damage}")


def _many(things: Sequence[object], word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _newest(links: tuple[Link, ...]) -> str:
    """Return the newest date of the links, or, where they bear none, of the days in their URLs."""
    dates = [date for link in links if (date := link.published or link.modified)]
    if dates:
        return max(dates).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    day = max(urls.day(link.url) for link in links)
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _article(answer: Exchange, _: str) -> Reading:
    found = page.of(answer)
    if isinstance(found, NotAnArticle):
        return Reading(f"no article: {found}", good=False)
    tests = [(name, test(found)) for name, test in FIELDS]
    having = tuple(name for name, has in tests if has)
    missing = tuple(name for name, has in tests if has is False)
    generation = found.facts.generation
    says = f"generation {generation or 'unknown'}: {', '.join(having)}; {len(found.facts.text)} characters"
    lost = f"; missing: {', '.join(missing)}" if missing else ""
    good = found.facts.published is not None and bool(found.facts.text)
    return Reading(says + lost, good, having, missing, generation)


def _image(answer: Exchange, _: str) -> Reading:
    kind = answer.media_type or "no Content-Type"
    return Reading(kind, good=kind.startswith("image/"))


def _calendar(answer: Exchange, url: str) -> Reading:
    found = calendar.days(content(answer), url)
    return Reading(f"{_many(found, 'day')}, newest {found[-1]}" if found else "no days in it", good=bool(found))


_READERS: dict[str, Callable[[Exchange, str], Reading]] = {
    "robots.txt": _robots,
    "article": _article,
    "image": _image,
    "calendar": _calendar,
}
"""By the name of the surface; all others are listings."""
