"""Advice: what a probe's answers mean for whoever wants to crawl, and what to set or try next.  Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.heard import Heard
from archive.manners.robots import NAME, Robots
from archive.probing.probe import ANSWERED, WELL, Row, State, code, robots_of
from archive.probing.surfaces import ARTICLE, FEED, ROBOTS
from archive.rfi.editions import Edition


@dataclass(frozen=True, slots=True)
class Probed:
    """A probe as a whole."""

    edition: Edition
    """The edition that was asked for."""
    rows: tuple[Row, ...]
    """As `probe.rows` gives them."""
    robots: Robots | None
    """robots.txt of the pages' host; None if it could not be had."""
    agent: str
    """User agent that asked; "" if nothing answered."""

    @property
    def code(self) -> int:
        """Exit code."""
        return code(self.rows)

    def row(self, surface: str) -> Row:
        """Return the row of a surface."""
        return next(row for row in self.rows if row.surface == surface)

    def those(self, *states: State) -> list[str]:
        """Return the names of the surfaces of these states."""
        return [row.surface for row in self.rows if row.state in states]


def of(heard: Heard, edition: Edition, rows: Sequence[Row]) -> Probed:
    """Return what there is to tell of a probe."""
    return Probed(edition, tuple(rows), robots_of(heard, edition.feed), heard.agent)


def robots(probed: Probed) -> list[str]:
    """Return what robots.txt says of us, line by line."""
    if not probed.robots:
        return ["robots.txt could not be had, which forbids everything"]
    found = probed.robots
    group = f"the rules for {found.group}" if found.group else "no rules, so all is allowed"
    delay = "no Crawl-delay" if found.delay is None else f"Crawl-delay {found.delay:g} s, which a crawl keeps"
    generic = ", ".join(found.generic) or "none"
    return [
        f"robots.txt has for {NAME}: {group}; {delay}",
        f"of our kind or of what we are built with it names: {generic}",
    ]


def advise(probed: Probed) -> list[str]:
    """Return what to set or try next, the most urgent first; at least one line."""
    return [line for rule in RULES if (line := rule(probed))]


def _unreached(probed: Probed) -> str:
    if probed.those(*ANSWERED):
        return ""
    why = probed.row(ROBOTS.name).status
    return f"Nothing answered ({why}): check this machine's network, and http_proxy, https_proxy, no_proxy around it."


def _robots_failed(probed: Probed) -> str:
    row = probed.row(ROBOTS.name)
    if probed.robots or row.state is State.SILENT:
        return ""
    return f"robots.txt could not be had (HTTP {row.status}), and without it nothing may be asked: try again in hours."


def _forbidden(probed: Probed) -> str:
    names = ", ".join(probed.those(State.FORBIDDEN))
    return names and f"robots.txt forbids us {names}: a crawl obeys. Ask the site for leave, or do without."


def _feed_only(probed: Probed) -> str:
    asked = [row for row in probed.rows if row.state in ANSWERED and row.surface != ROBOTS.name]
    refused = [row for row in asked if row.state is State.REFUSED]
    if not (refused and len(asked) == len(refused) + 1 and probed.row(FEED.name).state is State.WELL):
        return ""
    return (
        "Only robots.txt and the feed let this network in: a crawl would see what is new,"
        " title and lead, and archive none of it. Run it from another network; a disguise is no way in."
    )


def _refused(probed: Probed) -> str:
    names = ", ".join(probed.those(State.REFUSED))
    if not names or _feed_only(probed):
        return ""
    return f"The site refuses {names}: try again tomorrow, once, then from another network; a disguise is no way in."


def _unread(probed: Probed) -> str:
    lost = probed.row(ARTICLE.name).missing
    names = probed.those(State.UNREAD)
    if not (names or lost):
        return ""
    what = ", ".join([*names, *(f"the article's {name}" for name in lost)])
    return f"Could not be read: {what}. If that stays so the site has changed its make: report it, with --save DIR."


def _odd(probed: Probed) -> str:
    failed = probed.those(State.FAILED, State.SILENT) if probed.those(*ANSWERED) and probed.robots else []
    names = ", ".join(name for name in failed if name != ROBOTS.name)
    return names and f"No good answer from {names}: try again; where it is slow, with -s DOWNLOAD_TIMEOUT=180."


def _contact(probed: Probed) -> str:
    if "no contact given" not in probed.agent:
        return ""
    return "Nobody can write to you: export CONTACT=URL or mail address; it goes into the user agent."


def _all_well(probed: Probed) -> str:
    return f"This network is let in: scrapy crawl {probed.edition.spider} -a limit=3" if probed.code == WELL else ""


RULES: tuple[Callable[[Probed], str], ...] = (
    _unreached,
    _robots_failed,
    _forbidden,
    _feed_only,
    _refused,
    _unread,
    _odd,
    _contact,
    _all_well,
)
"""Each gives its line where it applies, else ""."""
