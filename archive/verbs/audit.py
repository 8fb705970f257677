"""Audit: which articles are missing and why, which days are thin: a calendar, JSON, or URLs that can be asked for."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import Any

from archive import urls
from archive.audit import Asked, Audit
from archive.cores import work
from archive.engines.opening import open_index
from archive.errors import BadUsage
from archive.gaps import listed
from archive.gaps.causes import Cause
from archive.gaps.desk import Named, Stands, Unread
from archive.gaps.thin import Thin
from archive.index import NAME as INDEX
from archive.rfi.editions import BY_CODE, EDITIONS, Edition
from archive.tables.rows import iso
from archive.terminal import progress
from archive.terminal.month import LEGEND, Day, months
from archive.terminal.plain import plain
from archive.terminal.telling import WELL, WRONG, coloured, say, show_next

Days = list[tuple[Edition, dict[date, Day], list[Thin]]]


def run(options: argparse.Namespace) -> int:
    """Tell all that is missing."""
    if options.json and options.urls:
        raise BadUsage("--json and --urls exclude each other: give one of them")
    if options.since and options.until and options.since > options.until:
        raise BadUsage(f"--since {options.since} is later than --until {options.until}")
    editions = (BY_CODE[options.edition],) if options.edition else EDITIONS
    asked = Asked(editions, options.since, options.until)
    with closing(open_index(options.archive / INDEX)) as index, closing(Audit(options.archive, index, asked)) as audit:
        lengths = [listing.length for listing in audit.wanted()]
        with progress.bytes_of(sum(lengths), "audit") as tell:
            audit.read(work.cores() if len(lengths) > listed.MANY else 1, tell)
        tells = _urls if options.urls else _values if options.json else _lines
        for value, line in tells(audit):
            show_next(value, line, as_json=options.json)
        if not options.json:
            say(_sum(audit))
        return WRONG if audit.gaps else WELL


def _lines(audit: Audit) -> Iterator[tuple[Any, str]]:
    """Yield all of it for people."""
    days = list(audit.days())
    shown = [line for edition, some, _ in days for line in months(edition.code, some, coloured=coloured())]
    yield from ((None, line) for line in ([LEGEND, "", *shown] if shown else []))
    yield from ((None, _gap(*article)) for article in audit.articles(gaps=True))
    yield from ((None, _thin(edition, thin)) for edition, _, found in days for thin in found)
    yield from ((None, _unread(unread)) for unread in audit.unread())


def _values(audit: Audit) -> Iterator[tuple[Any, str]]:
    """Yield all of it for programs: one object a line, and what it speaks of under "is"."""
    days = list(audit.days())
    for edition, some, _ in days:
        for day, what in some.items():
            yield {"is": "day", "edition": edition.code, "day": str(day), **asdict(what)}, ""
    for stands, named in audit.articles(gaps=False):
        yield {"is": "article", **_article(stands, named)}, ""
    for edition, _, found in days:
        for thin in found:
            yield {"is": "thin day", "edition": edition.code, **asdict(thin), "day": str(thin.day)}, ""
    for unread in audit.unread():
        yield {"is": "unread listing", **asdict(unread), "first": iso(unread.first), "last": iso(unread.last)}, ""
    yield {"is": "sum", **_figures(audit)}, ""


def _urls(audit: Audit) -> Iterator[tuple[Any, str]]:
    """Yield what `-a urls=` takes: of what is missing, all that the site may give when it is asked again."""
    for stands, _ in audit.articles(gaps=True):
        assert stands.verdict
        if stands.verdict.cause is not Cause.MOVED and _is_article(stands.link):
            yield None, f"# {stands.verdict.cause}: {plain(stands.verdict.detail)}"
            yield None, stands.link


def _is_article(link: str) -> bool:
    return "\ufffd" not in link and urls.kind(link) is urls.Kind.ARTICLE


def _article(stands: Stands, named: Named) -> dict[str, Any]:
    verdict = stands.verdict
    return {
        "url": stands.link,
        "day": stands.day,
        "edition": stands.edition,
        "archived": verdict is None,
        "cause": verdict and verdict.cause,
        "detail": verdict.detail if verdict else "",
        "missing": bool(verdict and verdict.gap),
        "surfaces": named.surfaces,
        "first": iso(named.first),
        "last": iso(named.last),
    }


def _gap(stands: Stands, named: Named) -> str:
    assert stands.verdict
    by = f"listed by {', '.join(named.surfaces)}, first {iso(named.first)}, last {iso(named.last)}"
    why = f"{stands.verdict.detail}; {by if named.surfaces else 'in no listing'}"
    return plain(f"{stands.verdict.cause}: {why}: {stands.link}")


def _thin(edition: Edition, thin: Thin) -> str:
    return (
        f"thin day: {thin.day:%Y-%m-%d %a}, {edition.code}: {thin.known} articles are known, {thin.usual:g} are usual;"
        f" by chance once in {thin.once:,} days"
    )


def _unread(unread: Unread) -> str:
    times = f"{unread.times:,} times" if unread.times > 1 else "once"
    when = f"first {iso(unread.first)}, last {iso(unread.last)}"
    return plain(f"unread listing: {unread.url}: {unread.why} ({times}, {when})")


def _figures(audit: Audit) -> dict[str, Any]:
    """Return how many articles stand how: archived, missing by cause, and by cause what is not archived nor missing."""
    told = audit.causes.items()
    return {
        "listings": audit.listings,
        "archived": audit.causes["", False],
        "missing": {cause: number for (cause, gap), number in sorted(told) if gap},
        "not missing": {cause: number for (cause, gap), number in sorted(told) if cause and not gap},
    }


def _sum(audit: Audit) -> str:
    found = _figures(audit)
    if not audit.causes:
        return "nothing to audit: no article of these days was ever listed or archived here"
    missing = ", ".join(f"{cause} {number:,}" for cause, number in found["missing"].items()) or "nothing"
    others = "".join(f", {cause} {number:,}" for cause, number in found["not missing"].items())
    heard = f"listings read: {audit.listings:,}" if audit.listings else "no listing is recorded"
    return f"archived {found['archived']:,}{others}; missing: {missing} ({heard})"
