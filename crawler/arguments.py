"""Arguments of a spider (`-a NAME=VALUE`): texts in, a Plan out, or one clear BadUsage; settings that are numbers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from archive import urls
from archive.decide import Asked
from archive.errors import BadUrl, BadUsage
from archive.files.sorting import Sorting
from archive.gaps.backfill import Span
from archive.runs import recheck

NAMES = ("url", "urls", "limit", "discover", "since", "until", "order")
"""What `-a` may name."""
EXCLUDE = (("url", "urls"), ("since", "url"), ("since", "urls"), ("since", "discover"))
"""Arguments of which a run can have one only."""
WITH_SINCE = ("until", "order")
"""Arguments that mean nothing without the first day."""
ORDERS = ("newest", "oldest")
"""What `-a order=` may say: which articles of a backfill come first."""
SURFACES = ("rss", "news", "sections")
"""What `-a discover=` may name."""
FRONTIER = ("frontier",)
"""What it may name instead: nothing but what other workers have found."""
NUMBERS: dict[str, Callable[[Any], float]] = {
    "MIN_FREE_BYTES": int,
    "QUIET_HOURS": float,
    "LEASE": float,
    "MAX_RUNTIME": float,
    "MAX_REQUESTS": int,
    "MAX_BYTES": int,
}
"""Settings of ours that are numbers, some of them not read before the end of a run."""
BEYOND = 1 << 38
"""Seconds since 1970 that no rank reaches."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    urls: Iterable[tuple[str, int]] = ()
    """Canonical URLs that the user asks for, each with its rank, to be read once; with any, nothing is discovered."""
    asked: Asked = Asked.LISTING
    """How they were asked for."""
    bad_lines: tuple[str, ...] = ()
    """What is wrong with which line of the file they came from."""
    discover: tuple[str, ...] = SURFACES
    """Surfaces to look at for articles."""
    limit: int | None = None
    """Articles to fetch at most, newest first; None = all."""
    since: date | None = None
    """First day of a backfill, by the URLs of articles; None = the run looks for what is new."""
    until: date | None = None
    """Last day of a backfill; None = up to the day of the run."""
    oldest_first: bool = False
    """A backfill fetches the oldest articles first."""


def read(**given: str) -> Plan:
    """Make a Plan of a spider's arguments, as texts.  Raises BadUsage."""
    if unknown := [name for name in given if name not in NAMES]:
        raise BadUsage(f"an argument -a that there is not ({unknown[0]}): there are {', '.join(NAMES)}")
    for name, other in EXCLUDE:
        if name in given and other in given:
            raise BadUsage(f"-a {name}= and -a {other}= exclude each other: give one of them")
    if lonely := next((name for name in WITH_SINCE if name in given and "since" not in given), None):
        raise BadUsage(f"-a {lonely}= says too little by itself: give -a since=, the first day, as well")
    most = _positive(given["limit"]) if "limit" in given else None
    if "url" in given:
        return Plan(urls=(_asked(given["url"]),), asked=Asked.USER, limit=most)
    if "urls" in given:
        return replace(_of_file(given["urls"]), limit=most)
    if "since" in given:
        return replace(_backfill(given), limit=most)
    return Plan(discover=_surfaces(given.get("discover")), limit=most)


def _of_file(name: str) -> Plan:
    bad = list[str]()
    newest = _newest(Path(name), bad)
    if (first := next(newest, None)) is None:
        raise BadUsage(f"-a urls={name}: no URL in it{': ' + bad[0] if bad else ''}")
    return Plan(urls=chain([first], newest), asked=Asked.FILE, bad_lines=tuple(f"{name} {line}" for line in bad))


def _backfill(given: Mapping[str, str]) -> Plan:
    until, order = given.get("until"), given.get("order", ORDERS[0])
    if order not in ORDERS:
        raise BadUsage(f"-a order={order}: it is one of {', '.join(ORDERS)}")
    last = None if until is None else _day("until", until)
    return Plan(since=_day("since", given["since"]), until=last, oldest_first=order == ORDERS[1])


def span(plan: Plan, today: date) -> Span | None:
    """Return the days of a backfill, up to the present day; None: the plan is none.  Raises BadUsage."""
    if plan.since is None:
        return None
    if plan.since > today:
        raise BadUsage(f"-a since={plan.since}: that day has not come yet")
    if plan.until and plan.until < plan.since:
        raise BadUsage(f"-a since={plan.since} comes after -a until={plan.until}: give the first day first")
    return Span(plan.since, min(plan.until or today, today))


def check_frontier(plan: Plan, queue: str) -> None:
    """Raise BadUsage for a run that is to live on what others found, and knows no others."""
    if plan.discover == FRONTIER and not queue:
        raise BadUsage("-a discover=frontier: there is no frontier without other workers: set QUEUE_URL")


def check_numbers(settings: Mapping[str, Any]) -> None:
    """Raise BadUsage for a setting that should be a number, or ages, and is none."""
    recheck.ages(settings["RECHECK"])
    for name, kind in NUMBERS.items():
        try:
            kind(settings[name])
        except (TypeError, ValueError):
            raise BadUsage(f"{name}={settings[name]}: give a number, 0 for none") from None


def _day(name: str, text: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadUsage(f"-a {name}={text}: give a day such as 2023-10-31")


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise BadUsage(f"-a limit={text}: give a whole number from 1 on")
    return int(text)


def _asked(url: str) -> tuple[str, int]:
    try:
        asked = urls.asked(url)
        return asked, urls.rank(asked)
    except BadUrl as error:
        raise BadUsage(f"-a url=: {error}") from None


def _newest(path: Path, bad: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the URLs of a file, the newest first, each once: they may be very many, and wait on disk for their turn.

    bad: takes what is wrong where, before the first is yielded.
    """
    with closing(Sorting()) as found:
        try:
            with path.open(encoding="utf-8") as lines:
                found.add(f"{BEYOND - urls.rank(url):012} {url}" for url in urls.read_list(lines, bad))
        except (OSError, UnicodeDecodeError) as error:
            raise BadUsage(f"-a urls={path}: cannot be read ({error}): name a UTF-8 file of one URL a line") from None
        for line in found:
            before, url = line.split(" ")
            yield url, BEYOND - int(before)


def _surfaces(text: str | None) -> tuple[str, ...]:
    names = SURFACES if text is None else tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == FRONTIER:
        return names
    if unknown := [name for name in names if name not in SURFACES]:
        raise BadUsage(f"-a discover={text}: {unknown[0]!r} is none of {', '.join(SURFACES)}")
    return names
