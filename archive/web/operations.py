"""Operations: the table of the API: each address, what it may be asked with, what it answers, and who answers.

The description is made of it, and so is what a request is held against.
"""

from collections.abc import Callable
from dataclasses import dataclass

from archive.language.query import LONGEST, ORDERS
from archive.search import DEPTH
from archive.web import answer, api
from archive.web.answer import Answer
from archive.web.api import KINDS, Answerer
from archive.web.asked import Asked
from archive.web.context import Context
from archive.web.fields import Field, day, one_of, part, place, values, whole, words

MOST = 100
"""Articles, hits or changes of one answer."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the API."""

    path: str
    """Behind "/api/", with names in braces."""
    name: str
    """operationId."""
    says: str
    """What it answers, for people."""
    fields: tuple[Field, ...]
    answers: str
    """Name of the schema of its answer."""
    answerer: Answerer
    example: str
    """An address to try, behind "/api/"; "" if none is sure to be there."""

    @property
    def parts(self) -> tuple[Field, ...]:
        """What stands in its path."""
        return tuple(field for field in self.fields if field.where == "path")


_STEM = part("stem", "Name of the article.", {"type": "string", "pattern": "^[0-9]{8}-[0-9a-f]{12}$"})
_VERSION = {"type": "string", "pattern": "^[1-9][0-9]{0,5}$"}
_KIND = part("kind", "Which labels.", {"type": "string", "enum": [*KINDS]})
_LABELS = tuple(words(kind, f"Only articles with this {kind}, by its whole name.") for kind in KINDS)
_LIMIT = whole("limit", "At most so many.", 1, MOST, 20)
_SINCE, _UNTIL = day("since", "From this day on, on the clock of Paris."), day("until", "Up to this day, included.")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "articles",
        "articles",
        "Articles, the newest first",
        (*_LABELS, whole("before", "As `next` has it.", 0, 10**18 - 1), _LIMIT),
        "Articles",
        api.articles,
        "articles?limit=5",
    ),
    Operation("articles/{stem}", "article", "One article and its provenance", (_STEM,), "Article", api.article, ""),
    Operation(
        "articles/{stem}/versions", "versions", "What became of an article", (_STEM,), "Versions", api.life_of, ""
    ),
    Operation(
        "articles/{stem}/diff/{a}/{b}",
        "diff",
        "What two versions say differently",
        (_STEM, part("a", "Number of the one.", _VERSION), part("b", "Number of the other.", _VERSION)),
        "Diff",
        api.diff,
        "",
    ),
    Operation(
        "search",
        "search",
        "Articles that say something",
        (
            words("q", "What to look for, as one types it in the box.", LONGEST),
            *_LABELS,
            whole("year", "News of this year.", 1, 9999),
            _SINCE,
            _UNTIL,
            one_of("order", "Which come first.", ORDERS, ORDERS[0]),
            whole("start", "As `next` has it.", 0, DEPTH, 0),
            _LIMIT,
        ),
        "Found",
        api.searched,
        "search?q=%E5%8C%97%E4%BA%AC&order=newest",
    ),
    Operation(
        "labels/{kind}",
        "labels",
        "All sections, shows, authors, tags or editions",
        (_KIND, whole("limit", "At most so many.", 1, 2_000, MOST)),
        "Labels",
        api.labels,
        "labels/section",
    ),
    Operation(
        "days",
        "days",
        "How many articles there are of which day",
        (_SINCE, _UNTIL, whole("limit", "At most so many, the newest.", 1, 4_000, MOST)),
        "Days",
        api.days,
        "days?since=2026-01-01",
    ),
    Operation(
        "changes",
        "changes",
        "What was edited, taken down or given back",
        (place("before", "As `next` has it."), _LIMIT),
        "Changes",
        api.changes,
        "changes?limit=5",
    ),
    Operation("health", "health", "How archive and crawls do", (), "Health", api.healthy, "health"),
)


def handler(operation: Operation) -> Callable[[Context, Asked], Answer]:
    """Return what answers an operation's address."""

    def answered(context: Context, asked: Asked) -> Answer:
        given = values(operation.fields, asked.names, asked.query)
        return answer.data(operation.answerer(context, asked, given))

    return answered
