"""Scheduler: crawls of news sites as discrete events: what they ask of the sites, and how fresh the archive is.

The rules are the crawler's own: guest.py, decide.py, recheck.py; only sites and time are made up.
"""

import heapq
import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import simpy

from archive import decide
from archive.decide import Asked, Known, State
from archive.manners import guest
from archive.manners.guest import Answer, Host, Visit
from archive.runs import recheck
from archive.tables.stood import Stood
from crawler import settings

FEED = 30
"""Articles that a feed names, the newest.  Source: rfi-site.md, 1.1."""
NEWS = timedelta(hours=48)
"""How far back a news sitemap goes from its newest article.  Source: rfi-site.md, 1.3."""
TRIES = 1 + settings.RETRY_TIMES
"""Requests of one URL within a run, where it fails."""
AGES = recheck.ages(settings.RECHECK)
Events = Generator[simpy.Event, Any, None]


@dataclass(frozen=True, slots=True)
class Story:
    """An article of a site."""

    published: datetime
    """UTC."""
    there: bool = True
    """Whether it can be had; else it is listed alone."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How a site and this machine are while one run lasts."""

    asks: bool = True
    """Whether anything that the run asks for reaches the site."""
    knocks: int = 0
    """Requests that nobody answers, after which the run ends; 0: somebody does."""
    refuses: bool = False
    """Whether all but the feed is refused."""
    busy: bool = False
    """Whether the first page is, by a 503."""
    named: timedelta | None = None
    """For how long a site that refuses or is busy wants to be left alone, where it says so."""
    readable: bool = True
    """Whether its pages are articles."""
    most: float = math.inf
    """Pages after which the run ends, killed or its budget spent."""
    failing: int = 0
    """Times in a row that the first page fails."""
    net: int = 0
    """Section pages that serve where the feed fails; 0: it does not."""

    def refusal(self, now: datetime) -> Answer:
        """Return what a refused request is answered."""
        return Answer("" if self.busy else "HTTP 403", told=now + self.named if self.named else None)


@dataclass(frozen=True, slots=True)
class Habit:
    """How one site is crawled."""

    starts: Sequence[datetime]
    """When its runs are to begin, UTC; one that falls into the run before it does not."""
    delay: float
    """Seconds between two requests to a host."""


@dataclass(slots=True)
class Tally:
    """What came of it."""

    requests: int = 0
    """Of pages, listings, robots.txt, as the site counts them; pictures are another host's."""
    ages: dict[int, float] = field(default_factory=dict)
    """Seconds between publication and first capture, of each story that was archived, by its number."""
    runs: int = 0
    """Runs that began."""
    missed: int = 0
    """Runs that did not, since the one before still went on."""


class Kept:
    """What the archive knows of a story."""

    def __init__(self, number: int, story: Story) -> None:
        """Know nothing of it but its number: the first that came out is 0."""
        self.number, self.story = number, story
        self.known = Known(State.LISTED, 0, None)
        self.stood: Stood | None = None

    def fetched(self, now: datetime, *, readable: bool) -> bool:
        """Take in a whole answer; tell whether that archived the story."""
        if not (readable and self.story.there):
            self.failed(State.REJECTED if self.story.there else State.GONE, now)
            return False
        before = self.stood
        stood = before or Stood("", "", "", 0, "", now, now, now, None, None, self.story.published, 0, now)
        self.stood = replace(stood, looked=now, attempts=0, last=now)
        self.known = Known(State.ARCHIVED, 0, now)
        return before is None

    def failed(self, state: State, now: datetime) -> None:
        """Take in that nothing came of a fetch."""
        attempts = self.known.attempts + 1
        self.known = Known(State.ARCHIVED if self.stood else state, attempts, now)
        self.stood = self.stood and replace(self.stood, attempts=attempts, last=now)


class Crawl:
    """One site, crawled by one habit: `runs` is its process."""

    def __init__(
        self,
        env: simpy.Environment,
        stories: Sequence[Story],
        habit: Habit,
        weather: Callable[[int], Weather] = lambda _: Weather(),
        host: simpy.Resource | None = None,
    ) -> None:
        """Crawl a site.

        env: its time is in seconds since 1970 UTC.  stories: by their publication.
        weather: of each run, by its number.  host: which other sites are on, too.
        """
        self.env, self.tally = env, Tally()
        self._habit, self._weather = habit, weather
        self._stories = [Kept(number, story) for number, story in enumerate(stories)]
        self._www = host or simpy.Resource(env)
        self._guest, self._visit, self._out = Host(), Visit(), 0
        self._known = set[int]()
        self._open = set[int]()
        self._due: list[tuple[datetime, int]] = []
        self._reached = set[int]()

    def runs(self) -> Events:
        """Begin each run at its time."""
        for number, start in enumerate(self._habit.starts):
            wait = start.timestamp() - self.env.now
            if wait < 0:
                self.tally.missed += 1
                continue
            yield self.env.timeout(wait)
            weather = self._weather(number)
            if weather.asks and not guest.rests(self._guest, self._now()):
                self.tally.runs += 1
                yield from self._run(weather)

    def published(self, number: int) -> datetime:
        """Return when a story came out, by its number."""
        return self._stories[number].story.published

    def _run(self, weather: Weather) -> Events:
        """Ask for robots.txt, listings, what is new, what is due, what was left."""
        yield from self._ask(weather.knocks or 1)
        if weather.knocks:
            return
        self._visit, named = Visit(), set[int]()
        yield from self._ask(TRIES + weather.net if weather.net else 1)
        self._heard(None)
        named |= set(self._list(self._feed()))
        yield from self._ask()
        self._heard(weather if weather.refuses else None)
        named |= set() if weather.refuses else set(self._list(self._news()))
        for taken, kept in enumerate(self._wanted(named)):
            if self._visit.over or taken >= weather.most:
                break
            yield from self._page(kept, weather, first=not taken)
        self._guest = guest.leave(self._guest, self._visit, self._now())

    def _page(self, kept: Kept, weather: Weather, *, first: bool) -> Events:
        """Ask for a page, and take what comes."""
        failing, refused = weather.failing * first, weather.refuses or (weather.busy and first)
        yield from self._ask(min(failing + 1, TRIES))
        self._heard(weather if refused else None)
        if refused or failing >= TRIES:
            kept.failed(State.FAILED, self._now())
        elif kept.fetched(self._now(), readable=weather.readable):
            self._archived(kept)

    def _archived(self, kept: Kept) -> None:
        self.tally.ages[kept.number] = self.env.now - kept.story.published.timestamp()
        self._open.discard(kept.number)
        for age in AGES:
            heapq.heappush(self._due, (self._now() + age, kept.number))

    def _ask(self, times: int = 1) -> Events:
        """Ask the site so many times, each when its turn has come."""
        for _ in range(times):
            with self._www.request() as turn:
                yield turn
                self.tally.requests += 1
                yield self.env.timeout(self._habit.delay)

    def _heard(self, refusing: Weather | None) -> None:
        heard = refusing.refusal(self._now()) if refusing else guest.WELCOME
        self._guest, self._visit = guest.after(self._guest, self._visit, heard, self._now())

    # What listings name, and what is wanted of it

    def _came_out(self) -> int:
        """Return how many stories have come out."""
        while self._out < len(self._stories) and self._stories[self._out].story.published <= self._now():
            self._out += 1
        return self._out

    def _feed(self) -> range:
        out = self._came_out()
        return range(max(0, out - FEED), out)

    def _news(self) -> range:
        first = out = self._came_out()
        while first and self._stories[out - 1].story.published - self._stories[first - 1].story.published <= NEWS:
            first -= 1
        return range(first, out)

    def _list(self, numbers: range) -> range:
        self._open.update(number for number in numbers if number not in self._known)
        self._known.update(numbers)
        return numbers

    def _wanted(self, named: set[int]) -> list[Kept]:
        """Return what a run asks for: what listings named, what is due, what was left; of each the newest first."""
        now, new = self._now(), self._open & named
        order = (*_newest(new), *_newest(self._looks(now)), *_newest(self._open - new))
        wanted = (self._stories[number] for number in order)
        return [kept for kept in wanted if kept.stood or decide.fetch(kept.known, Asked.LISTING, now)]

    def _looks(self, now: datetime) -> set[int]:
        """Return the stories that have reached an age and may be asked for; what failed, and is not due yet, waits."""
        while self._due and self._due[0][0] <= now:
            self._reached.add(heapq.heappop(self._due)[1])
        met = [self._stories[number] for number in self._reached]
        looks = {kept.number for kept in met if kept.stood and recheck.by_age(kept.stood, AGES, now)}
        self._reached = looks | {kept.number for kept in met if kept.known.attempts}
        return looks

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.env.now, UTC)


def _newest(numbers: set[int]) -> list[int]:
    return sorted(numbers, reverse=True)
