"""Tally: what one run counts as it goes.  Plain numbers; whoever feeds it knows what they mean."""

import re
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappush, heappushpop

from archive.decide import Outcome, State
from archive.manners import guest
from archive.page import NotAnArticle, Page, Why
from archive.runs import drift
from archive.runs.drift import Fill

SLOWEST = 10
"""Answers that a report names for the time they took."""
LOOKED, CHANGED, GONE, BACK = "looked at again", "changed", "taken down", "back"
"""Archived articles that were asked for again and told how they stand; and what that may be."""
TOLD = (
    *("found", "archived", LOOKED, CHANGED, GONE, BACK),
    *("skipped", "beyond the limit", "not modified", "rejected", "gone", "refused", "failed"),
)
"""Counts that people are told of, in this order, and what each counts:
articles that listings named, that were archived; archived ones that were asked for again and told how they stand, and
of these that have a new version, that are there no more, that are there again; articles that are archived already or
wait for their next try, that go beyond `-a limit=`; listings that answered 304; pages that are no articles, that are
no more; answers that refuse us; fetches that failed, each try."""
NOT_MODIFIED = 304
STATES = {State.REJECTED: "rejected", State.GONE: "gone", State.FAILED: "failed"}
"""What an answer is counted as, by what it makes of its URL."""
REFUSALS = {Why.CHALLENGE, *(f"HTTP {status}" for status in guest.REFUSALS)}
"""Causes that are counted as "refused", by whoever keeps us out."""
_CAUSE = re.compile(r"HTTP [0-9]{3}|[^:(,]*[^:(, ]")
"""The part of a reason that many answers share."""


@dataclass(slots=True)
class Hearing:
    """What one listing gave."""

    surface: str
    """Its name: "rss", "news", or that of a section."""
    url: str
    """What answered at last."""
    links: int
    """Articles that it names; 0 where it says that nothing is new."""
    status: int | None
    """HTTP status of what answered at last; None: no answer came."""
    why: str
    """"" if it gave links or said that nothing is new, else why not, on one line."""
    new: int = 0
    """Those of its links that nothing was known of, or that were due again."""

    @property
    def spoke(self) -> bool:
        """Whether it told of articles, or that nothing is new: an index of others that were not heard tells nothing."""
        return not self.why and (self.links > 0 or self.status == NOT_MODIFIED)


@dataclass(slots=True)
class Tally:
    """The counts of one run."""

    counts: Counter[str] = field(default_factory=Counter)
    """By name; those of TOLD, and "unexpected"."""
    causes: Counter[str] = field(default_factory=Counter)
    """Why pages were rejected and fetches failed: how often each."""
    requests: int = 0
    """Requests sent: robots.txt, redirects and retries too."""
    received: int = 0
    """Bytes of answers, heads and bodies as they came."""
    heard: dict[str, Hearing] = field(default_factory=dict)
    """Listings by surface, as they answered."""
    fields: dict[str, Fill] = field(default_factory=dict)
    """What the pages had of what an article has, by field, as drift.py has them."""
    slow: list[tuple[float, str, int]] = field(default_factory=list)
    """The SLOWEST answers: seconds, URL, bytes; a heap."""

    def answered(self, url: str, seconds: float, size: int) -> None:
        """Count an answer of so many bytes, which took so long."""
        self.received += size
        (heappush if len(self.slow) < SLOWEST else heappushpop)(self.slow, (round(seconds, 3), url, size))

    def became(self, outcome: Outcome) -> None:
        """Count what an answer made of its URL, if it was not what was hoped for."""
        if outcome.state in STATES:
            self.lost(STATES[outcome.state], outcome.why)

    def read(self, found: Page | NotAnArticle) -> None:
        """Count what a page has, that was never read before: one odd page is fetched up to eight times."""
        self.fields = drift.counted(self.fields, drift.marks(found))

    def lost(self, name: str, why: str) -> None:
        """Count a page that was rejected or a fetch that failed, with its cause."""
        found = _CAUSE.match(why)
        cause = found[0] if found else "not said"
        self.causes[cause] += 1
        if cause not in REFUSALS:
            self.counts[name] += 1

    def summary(self, seconds: float) -> str:
        """Return one line that says what the run did in so many seconds."""
        told = ", ".join(f"{self.counts[name]:,} {name}" for name in TOLD if self.counts[name])
        nothing = "nothing new" if self.requests else "nothing was asked for"
        return f"{told or nothing}, in {lasting(seconds)}"


def lasting(seconds: float) -> str:
    """Return a time span for people: "1.4 s", "5 min 27 s", "3 h 20 min"."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:  # noqa: PLR2004
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
