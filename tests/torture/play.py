"""A play: what happens in which hour, as a table, and the articles that come out meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

from tests.site.article import PARIS, Article
from tests.site.source import read_all

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
"""The hour at which every play begins; what the site's folder holds came out before."""
HOUR = timedelta(hours=1)
EARLIER = timedelta(seconds=4)
"""How much earlier in its hour each run begins than the one before it.

Whatever waits for whole hours since a run waits one run longer: always, and not where this machine happened to be slow.
"""
RHYTHM = 1, 1, 1, 2, 2, 3, 4, 5, 6, 6, 6, 6, 5, 5, 5, 5, 5, 5, 4, 4, 3, 3, 2, 1
"""Articles in each hour of a day, UTC: 90 in all."""


@dataclass(frozen=True)
class Act:
    """What is the matter for some hours; what stands here is the script, and what the crawler must say to it."""

    says: str
    """In a few words."""
    faults: tuple[tuple[str, str, int | None], ...] = ()
    """Laid over the site in each of these hours: pattern, odd answer, how many times; NEW is the hour's first article."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Of the run."""
    code: int = 0
    """What each run ends with."""
    within: int = 0
    """Articles of these hours after which it must end so, and with 0 before: a rule that needs several to tell."""
    still: bool = False
    """Whether no article comes out."""
    lacks: Literal["", "lead", "picture"] = ""
    """What articles that come out now do not have."""
    deaf: bool = False
    """Whether nobody listens where the site was."""
    asks: bool = True
    """Whether a run may ask the site for anything."""
    refused: bool = False
    """Whether the site refuses, so that later runs keep away: an hour, then two, then four ... a day at most."""
    named: timedelta | None = None
    """For how long it wants to be left alone, where it says so."""
    unread: bool = False
    """Whether what comes out now is archived after the end only."""
    kill: int = 0
    """Article pages after which the run is killed; 0: never."""
    taken_down: bool = False
    """Whether the hour's first article is listed, but was never to be had."""
    withdrawn: bool = False
    """Whether the newest article is taken down, archived as it is."""

    def without(self, article: Article) -> Article:
        """Return an article without what articles lack now."""
        if self.lacks == "lead":
            return replace(article, lead=None)
        return replace(article, picture=None) if self.lacks == "picture" else article


NEW = "NEW"
WELL = Act("all is well")


@dataclass(frozen=True)
class Play:
    """Hours in order, one run in each."""

    hours: int
    acts: Mapping[range, Act]
    """In which hours something is the matter."""

    def act(self, hour: int) -> Act:
        """What is the matter in an hour."""
        return next((act for hours, act in self.acts.items() if hour in hours), WELL)

    def begun(self, hour: int) -> datetime:
        """When the run of an hour begins."""
        return BEGIN + HOUR * (hour + 1) - timedelta(minutes=5) - EARLIER * hour

    def new(self, hour: int) -> int:
        """How many articles come out in an hour, before its run."""
        return 0 if self.act(hour).still else RHYTHM[hour % len(RHYTHM)]

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """All articles that come out, each dated within its hour."""
        written = [article for article in read_all() if article.edition == "cn"]
        found: list[Article] = []
        for hour in range(self.hours):
            for number in range(self.new(hour)):
                base = written[len(found) % len(written)].clone(len(found), BEGIN)
                when = (BEGIN + HOUR * hour + timedelta(minutes=number)).astimezone(PARIS)
                found.append(replace(self.act(hour).without(base), published=when, day=when.date()))
        return tuple(found)
