"""Audit: every listing ever recorded beside the index: which articles are missing, and why; which days are thin.

An article is missing if a listing named it, or the index knows its URL otherwise, and no record of it is
here.  What is asked for is a span of days, those in the URLs of articles.  Listings are read out of
the WARC files; their links lie in a file of their own meanwhile, so memory does not grow with the archive.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from archive import urls, warc
from archive.errors import ArchiveError
from archive.exchange import content
from archive.gaps import causes, coverage, dropped, listed, thin
from archive.gaps.causes import Cause, Verdict
from archive.gaps.desk import Desk, Link, Named, Stands, Unread
from archive.gaps.thin import Thin
from archive.index import Index
from archive.manners.robots import Robots
from archive.page import PARIS
from archive.rfi.editions import BY_SPIDER, SITE, Edition
from archive.tables.standing import Last, Recorded, Standing
from archive.terminal.month import Day

FRESH = timedelta(days=35)
"""So long after the last day asked for, feed and news sitemap, which show what is new, are not read any more."""
EARLY = timedelta(days=1)
"""No listing names an article earlier than so long before its day."""
_NEW = ("feed", "news sitemap")
_OTHER = Verdict(Cause.DROPPED, "another edition, which this archive has no run of", gap=False)
_UNKNOWN = Verdict(Cause.NEVER, "the index does not know it: `rfi-archive rebuild`")
_OK = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audit is to look at."""

    editions: tuple[Edition, ...]
    """Articles and listings of these."""
    since: date | None = None
    """From this day on; None: from the first."""
    until: date | None = None
    """Up to this day, included; None: to the last."""

    @property
    def first(self) -> str:
        """Its first day as eight digits."""
        return f"{self.since:%Y%m%d}" if self.since else ""

    @property
    def last(self) -> str:
        """Its last day as eight digits."""
        return f"{self.until:%Y%m%d}" if self.until else "9"


class Audit:
    """What came of it; `close` lets go of a file."""

    def __init__(self, root: Path, index: Index, asked: Asked) -> None:
        """Look at an archive by its index; `read` does the work."""
        self._folder, self._index, self._asked = warc.folder_of(root), index, asked
        self._codes = {edition.code for edition in asked.editions}
        self._desk = Desk()
        self.listings = 0
        """Payloads of listings that were read."""
        self.causes: Counter[tuple[str, bool]] = Counter()
        """Articles of the days asked for by cause, "" for archived, and whether they are missing."""
        self._days: dict[str, dict[date, Day]] = defaultdict(dict)

    def wanted(self) -> Iterator[Recorded]:
        """Yield the listings that may name articles of the days asked for."""
        asked = self._asked
        since = datetime.combine(asked.since, time(), PARIS) - EARLY if asked.since else None
        until = datetime.combine(asked.until, time(), PARIS) + FRESH if asked.until else None
        return (one for one in self._index.recorded(since) if self._is_ours(one.url) and not _late(one, until))

    def read(self, workers: int, tell: Callable[[int], object]) -> None:
        """Do it, by so many processes.  tell: is told how many bytes of listings were read.  Raises CannotWrite."""
        for recorded, said in listed.said(self._folder, self.wanted(), workers):
            self.listings += 1
            self._desk.listing(recorded, said, self._asked.first, self._asked.last)
            tell(recorded.length)
        for standing in self._index.standings():
            edition = urls.edition_of(standing.url)
            if edition and edition.code in self._codes:
                self._take(standing, edition)
        for link in self._desk.links():
            if not self._desk.stands(link.link) and (verdict := self._dropped(link)):
                self._stand(Stands(link.link, link.day, link.edition, verdict))

    def _take(self, standing: Standing, edition: Edition) -> None:
        """Take in how the index has an article; of days that were not asked for, only that there is one."""
        digits = urls.day(standing.url)
        if self._asked.first <= digits <= self._asked.last:
            verdict = causes.of(standing, self._forbids, self._index.standing, self._last.get(edition.spider))
            if verdict and verdict.cause is Cause.NEVER and edition not in self._kept:
                verdict = _OTHER
            self._stand(Stands(standing.url, digits, edition.code, verdict))
        elif day := _day(digits):
            self._count(edition.code, day, None)

    def _stand(self, stands: Stands) -> None:
        self._desk.stand(stands)
        verdict = stands.verdict
        self.causes[verdict.cause if verdict else "", bool(verdict and verdict.gap)] += 1
        if (day := _day(stands.day)) and (not verdict or verdict.gap or verdict.cause is Cause.IMPORTED):
            self._count(stands.edition, day, verdict)

    def _count(self, edition: str, day: date, verdict: Verdict | None) -> None:
        was = self._days[edition].get(day, Day())
        self._days[edition][day] = Day(
            was.archived + (verdict is None), was.known + 1, was.gaps + bool(verdict and verdict.gap)
        )

    def _dropped(self, link: Link) -> Verdict | None:
        """Return why a link is not archived of which the index knows no article; None if it is."""
        if not link.rule:
            return _UNKNOWN
        known = self._index.standing(link.link)
        if known and not causes.of(known, self._forbids, self._index.standing, None):
            return None
        if any(dropped.fits(link.link, url) for url in self._desk.archived(link.day)):
            return None
        return Verdict(Cause.DROPPED, link.rule, gap=link.ours)

    @cached_property
    def _last(self) -> dict[str, Last]:
        return {last.spider: last for last in self._index.last_runs()}

    @cached_property
    def _kept(self) -> frozenset[Edition]:
        """The editions that the archive is to have: those of its runs, and one that was asked for by name."""
        ran = frozenset(BY_SPIDER[spider] for spider in self._last if spider in BY_SPIDER)
        return ran if ran and len(self._codes) > 1 else frozenset(self._asked.editions)

    def _forbids(self, url: str) -> str:
        return self._robots.against(url) if self._robots else ""

    @cached_property
    def _robots(self) -> Robots | None:
        """What the latest robots.txt says; None if there was none, or it cannot be read."""
        answer = self._index.last_answer(f"{SITE}/robots.txt")
        if not answer or answer[0] != _OK:
            return None
        try:
            return Robots(content(warc.read_pair(self._folder, *answer[1:])[1]).decode("utf-8", "replace"))
        except ArchiveError:
            return None

    def _is_ours(self, url: str) -> bool:
        edition = urls.edition_of(url)
        return edition is not None and edition.code in self._codes

    @property
    def gaps(self) -> int:
        """How many articles are missing."""
        return sum(number for (_, gap), number in self.causes.items() if gap)

    def articles(self, *, gaps: bool) -> Iterator[tuple[Stands, Named]]:
        """Yield each article of the days asked for, or each that is missing, by day and URL; and who named it."""
        return self._desk.articles(gaps=gaps)

    def unread(self) -> Iterator[Unread]:
        """Yield the listings that cannot be read."""
        return self._desk.unread()

    def days(self) -> Iterator[tuple[Edition, dict[date, Day], list[Thin]]]:
        """Yield for each edition the days asked for of which something is known or should be, and the thin ones."""
        spans = [span for span in self._index.spans() if self._is_ours(span[0])]
        for edition in self._asked.editions:
            covered = coverage.of(span for span in spans if urls.edition_of(span[0]) == edition)
            all_days = self._days[edition.code]
            asked = sorted(day for day in all_days.keys() | covered if self._is_asked(day))
            found = list(thin.thin({day: what.known for day, what in all_days.items()}, covered, asked))
            told = {one.day for one in found}
            yield edition, {day: _marked(all_days.get(day, Day()), thin=day in told) for day in asked}, found

    def _is_asked(self, day: date) -> bool:
        return self._asked.first <= f"{day:%Y%m%d}" <= self._asked.last

    def close(self) -> None:
        """Let its file go."""
        self._desk.close()


def _marked(day: Day, *, thin: bool) -> Day:
    return Day(day.archived, day.known, day.gaps, thin)


def _late(recorded: Recorded, until: datetime | None) -> bool:
    return until is not None and recorded.first > until and listed.surface(recorded.url) in _NEW


def _day(digits: str) -> date | None:
    """Return the day of eight digits; None if there is no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
