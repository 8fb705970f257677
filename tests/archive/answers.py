"""Answers: all that an index says of its archive, question by question, to be held against what another says."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive.index import Index
from archive.tables import card
from archive.urls import Kind

EARLY, LATE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DAY, YEARS = date(2026, 10, 31), (date(2000, 1, 1), date(2099, 1, 1))
LIMITS = (3600, 86400, 30 * 86400)
Question = Callable[[Index], Any]

# Of the whole archive; lists of what an index yields in an order of its own are put in one.
QUESTIONS: dict[str, Question] = {
    "counts": Index.counts,
    "totals": Index.totals,
    "import counts": Index.import_counts,
    "backlog": lambda index: sorted(index.backlog(), key=str),
    "waiting": Index.waiting,
    "given up": lambda index: (index.given_up(EARLY, 3), index.given_up_count()),
    "open": lambda index: {kind: list(index.open_urls(kind)) for kind in Kind},
    "newest": lambda index: [index.newest(edition) for edition in ("cn", "tw", "none")],
    "archived between": lambda index: index.archived_between("cn", *YEARS),
    "fills": lambda index: index.fills("rfi_cn", EARLY),
    "drifted": lambda index: index.drifted(timedelta(days=1)),
    "parsers": Index.parsers,
    "runs": lambda index: (index.runs(2), index.runs(-1), index.last_runs()),
    "recorded": lambda index: list(index.recorded(None)),
    "spans": Index.spans,
    "standings": lambda index: sorted(index.standings(), key=str),
    "warcs": Index.warcs,
    "articles": lambda index: (list(index.articles()), list(index.articles(edition="tw", newest=2))),
    "days": lambda index: (list(index.of_days(None, None)), list(index.of_days(DAY, DAY)), index.by_day()),
    "rejected": Index.rejected,
    "histories": lambda index: list(index.histories()),
    "young": lambda index: index.young("cn", EARLY, timedelta(days=9999), timedelta(days=9999)),
    "edits": lambda index: list(index.edits(EARLY, LATE)),
    "latest": lambda index: list(_paged(index)),
    "gone": lambda index: index.gone_cards(None, 2),
    "imports": lambda index: list(index.imports()),
    "unmet": Index.unmet,
    "monthly": lambda index: [index.monthly(kind) for kind in card.LABELS],
    "lags": lambda index: (index.lags(LIMITS), index.ages(LIMITS)),
    "grown": Index.grown,
    "labels": lambda index: [(index.labels(kind), index.labels(kind, limit=2)) for kind in card.LABELS],
    "cards": lambda index: (index.newest_cards(limit=500), list(index.every_card())),
    "uneven": lambda index: (sorted(index.uneven()), list(index.flaws())),
}
# Of each URL.
OF_URL: dict[str, Callable[[Index, str], Any]] = {
    "known": lambda index, url: index.known([url]),
    "validators": Index.validators,
    "captures": Index.captures,
    "filed": lambda index, url: index.filed(url=url),
    "pages": Index.pages,
    "made from": Index.made_from,
    "noted": Index.noted,
    "stood": lambda index, url: index.stood([url]),
    "standing": Index.standing,
    "last answer": Index.last_answer,
    "unrecorded": Index.unrecorded,
}


def answers(index: Index) -> Iterator[tuple[str, Any]]:
    """Yield each question and what an index says to it."""
    yield from ((name, ask(index)) for name, ask in QUESTIONS.items())
    for one in sorted(index.standings(), key=lambda one: one.url):
        yield from ((f"{name} of {one.url}", ask(index, one.url)) for name, ask in OF_URL.items())
    for warc in index.warcs():
        yield f"captured in {warc.name}", (list(index.captured(warc.name)), index.offsets(warc.name))
        yield f"records in {warc.name}", list(index.records(warc.name))
    for kind in card.LABELS:
        for name, _ in index.labels(kind):
            yield f"cards of {kind} {name}", index.newest_cards((kind, name), limit=500)


def _paged(index: Index) -> Iterator[Any]:
    """Yield the latest edits, two at a time."""
    before = None
    while some := index.latest_edits(before, 2):
        yield some
        before = some[-1][2]
