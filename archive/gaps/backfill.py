"""Backfill: the articles of days gone by: which listings name them, one step after the other.  Pure.

The site lists them in three ways, and each serves for the days of which the one before it tells
nothing: the sitemap of each month, the archive calendar, and the pages of each section,
followed back.  Source: rfi-site.md, 1.3 to 1.7.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive import urls
from archive.decide import GONE
from archive.gaps import calendar
from archive.listing import Listing
from archive.page import PARIS
from archive.rfi.editions import Edition
from archive.runs.tally import NOT_MODIFIED, lasting

DAY = timedelta(days=1)
LINKING = 2
"""Pages, the front page first, on which a link to the calendar is looked for: each has the site's footer."""
SLACK, PAGES_A_DAY = 20, 4
"""Pages of one section that are followed back at most, beside so many for each day that it goes back.

All of an edition is 27 to 39 articles a day and a page shows 12 or more of them, so no true list is as long;
one that invents pages without end is left.
"""
_MONTH = re.compile(r"/contents_([0-9]{6})\.xml\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """Days of which articles are wanted, by the eight digits of an article's URL: the day it was created, Paris."""

    since: date
    """The first."""
    until: date
    """The last, wanted too; not before `since`."""

    def holds(self, url: str) -> bool:
        """Tell whether a canonical article URL is of one of these days."""
        return digits(self.since) <= urls.day(url) <= digits(self.until)

    @property
    def days(self) -> list[date]:
        """All of them, newest first."""
        return [self.until - DAY * n for n in range((self.until - self.since).days + 1)]


@dataclass(frozen=True, slots=True)
class Ask:
    """A listing to ask for."""

    surface: str
    """Its name, for people; no other of the walk has it."""
    url: str
    """Canonical URL."""
    whole: bool = False
    """What it names decides where to go from there, so that "304 Not Modified" would say too little."""
    signpost: bool = False
    """It names other listings, and need not name articles."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for one."""

    url: str
    """Canonical URL of what answered at last."""
    status: int | None = None
    """HTTP status; None: no answer came."""
    listing: Listing | None = None
    """What it names; None: nothing that could be read."""
    body: bytes = b""
    """The page, content coding undone; empty unless it came whole."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a backfill has to do, once the listings are read."""

    archived: int
    """Articles of these days that are archived."""
    waits: int
    """Those that failed before and are not due; what is given up is not counted."""
    due: int
    """Those that are."""
    now: int
    """Those to fetch in this run: all that are due, or as many as it is limited to."""
    requests: int
    """Requests that these take, with what belongs to them."""
    delay: float
    """Seconds between two requests to a host, the least that is kept; 0: no time can be told."""
    slower: bool
    """The host may be given more time than that."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        told = [f"{self.archived + self.waits + self.due:,} articles wanted", f"{self.archived:,} archived already"]
        told += [f"{self.waits:,} failed before and not due now"] if self.waits else []
        told += [f"{self.due:,} to fetch" + (f", {self.now:,} of them now" if self.now < self.due else "")]
        time = f"{'at least' if self.slower else 'about'} {lasting(self.requests * self.delay)}"
        how = f": {time} at {self.delay:g} s a request, {self.requests:,} in all" if self.now and self.delay else ""
        return ", ".join(told) + how


Steps = Generator[Sequence[Ask], Sequence[Answer], list[date]]
"""Steps of a walk: each is what to ask for, and is sent the answers in that order; in the end, days still untold."""


def digits(day: date) -> str:
    """Return a day as URLs have it: 20231031."""
    return f"{day:%Y%m%d}"


def today(now: datetime) -> date:
    """Return the day on which the site would date an article that is created now."""
    return now.astimezone(PARIS).date()


class Walk:
    """A walk through the listings of some days."""

    def __init__(self, edition: Edition, span: Span, now: date) -> None:
        """Begin; `now` is the present day."""
        self._steps = _all(edition, span, now)
        self.asks: Sequence[Ask] = next(self._steps)
        """What to ask for at this step; nothing once the walk is over."""
        self._answers: dict[str, Answer] = {}

    def heard(self, surface: str, answer: Answer) -> bool:
        """Take an answer; tell whether it was the last of its step, so that `asks` are new."""
        self._answers[surface] = answer
        if any(ask.surface not in self._answers for ask in self.asks):
            return False
        try:
            self.asks = self._steps.send([self._answers[ask.surface] for ask in self.asks])
        except StopIteration:
            self.asks = ()
        return True


def _all(edition: Edition, span: Span, now: date) -> Steps:
    """Go from one kind of listing to the next while there are days that none has told of."""
    left, had = (yield from _sitemaps(edition, span)), dict[str, Answer]()
    if left:
        left = yield from _calendar(edition, left, had)
    if left:
        yield from _sections(edition, left[-1], now, had)
    return left


def _sitemaps(edition: Edition, span: Span) -> Steps:
    """Ask for the sitemaps of the months, by the index, and for no other: whatever they list waits for later runs.

    An article that was created on the last evening of a month may be in the sitemap of the next, with the day
    that its page shows; whoever asks for that month, then or later, gets it known.
    """
    (index,) = yield [Ask("sitemap index", edition.sitemap_index, whole=True)]
    children = index.listing.children if index.listing else ()
    named = {m[1]: url for url in children if (m := _MONTH.search(url)) and urls.edition_of(url) == edition}
    months = dict.fromkeys(f"{day:%Y%m}" for day in span.days)
    asks = [Ask(f"month {month}", named[month]) for month in months if month in named]
    answers = yield from _asked(asks)
    told = {ask.surface[-6:] for ask, answer in zip(asks, answers, strict=True) if _tells_month(ask, answer)}
    return [day for day in span.days if f"{day:%Y%m}" not in told]


def _calendar(edition: Edition, days: list[date], had: dict[str, Answer]) -> Steps:
    """Ask for the pages of some days by the calendar, which a page of the site links to.

    As with months, the day behind the last may tell of an article of that one.
    had: gets the section pages that were asked.
    """
    if not (found := (yield from _address(edition, had))):
        return days
    wanted = [days[0] + DAY, *days]
    years, empty = yield from _years(edition, found, {day.year for day in wanted})
    asks = [Ask(f"day {day}", years[day]) for day in wanted if day in years]
    answers = yield from _asked(asks)
    failed = {ask.surface for ask, answer in zip(asks, answers, strict=True) if not _tells(ask, answer)}
    told = {day.year for day in years} | empty
    return [day for day in days if day.year not in told or f"day {day}" in failed]


def _address(edition: Edition, had: dict[str, Answer]) -> Generator[Sequence[Ask], Sequence[Answer], str | None]:
    """Look for the calendar's address."""
    for url in edition.section_pages[:LINKING]:
        (had[url],) = yield [Ask(urls.section_name(url), url, whole=True)]
        if found := calendar.address(had[url].body, had[url].url, edition):
            return calendar.start(found)
    return None


def _years(
    edition: Edition, found: str, years: set[int]
) -> Generator[Sequence[Ask], Sequence[Answer], tuple[dict[date, str], set[int]]]:
    """Return the day pages that a calendar links to, and the years that it does not have."""
    (first,) = yield [Ask("calendar", found, whole=True, signpost=True)]
    pages = calendar.day_pages(first.body, first.url, edition)
    missing = sorted(years - {day.year for day in pages}, reverse=True)
    asks = [Ask(f"calendar {year}", calendar.of_year(found, year), whole=True, signpost=True) for year in missing]
    asks = [ask for ask in asks if ask.url.rstrip("/") != found.rstrip("/")]
    answers = yield from _asked(asks)
    gone = {
        int(a.surface[-4:]) for a, answer in zip(asks, answers, strict=True) if answer.status in GONE and first.body
    }
    for answer in answers:
        pages |= calendar.day_pages(answer.body, answer.url, edition)
    return pages, gone


def _sections(edition: Edition, oldest: date, now: date, had: dict[str, Answer]) -> Steps:
    """Follow each section back, page by page, until one names nothing new, or nothing as young as `oldest`."""
    seen = {url: set[str]() for url in edition.section_pages}
    for number in range(1, SLACK + PAGES_A_DAY * ((now - oldest).days + 1)):
        answers = dict(had) if number == 1 else {}
        asks = {url: _paged(url, number) for url in seen if url not in answers}
        answers |= zip(asks, (yield from _asked([*asks.values()])), strict=True)
        seen = {url: known for url, known in seen.items() if _goes_on(answers[url], known, edition, oldest)}
        if not seen:
            break
    return []


def _paged(url: str, number: int) -> Ask:
    name = urls.section_name(url)
    return Ask(name, url, whole=True) if number == 1 else Ask(f"{name} {number}", f"{url}{number}/", whole=True)


def _goes_on(answer: Answer, known: set[str], edition: Edition, oldest: date) -> bool:
    """Tell whether the page behind this one may name articles that are wanted; `known` gets those of this one."""
    links = answer.listing.links if answer.listing else ()
    new = {link.url for link in links if urls.is_article(link.url, edition)} - known
    known |= new
    return any(urls.day(url) >= digits(oldest) for url in new)


def _asked(asks: Sequence[Ask]) -> Generator[Sequence[Ask], Sequence[Answer], Sequence[Answer]]:
    """Ask, if there is anything to ask for."""
    return (yield asks) if asks else ()


def _tells(ask: Ask, answer: Answer) -> bool:
    """Tell whether a listing was read whole, or is as it was then; what another URL answered is another listing."""
    if answer.status == NOT_MODIFIED:
        return True
    whole = answer.listing is not None and not answer.listing.damage
    return whole and answer.url.rstrip("/") == ask.url.rstrip("/")


def _tells_month(ask: Ask, answer: Answer) -> bool:
    """Tell the same of a month's sitemap, which names an article of its month, or is something else in its place."""
    links = answer.listing.links if answer.listing else ()
    own = any(urls.day(link.url).startswith(ask.surface[-6:]) for link in links)
    return _tells(ask, answer) and (own or answer.status == NOT_MODIFIED)
