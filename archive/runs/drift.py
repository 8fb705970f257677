"""Drift: whether fields that articles used to have went missing, and whether articles still come.  Pure.

A title needs no row of its own: a page without one is no article, and told under "pages".
"""

import html
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from archive import urls
from archive.page import NotAnArticle, Page, Why

PAGES = "pages"
"""Name under which fetched pages are counted: having = those that are articles."""
BODY = 200
"""Characters, white space left out; with fewer the body counts as missing."""
RECENT = timedelta(days=30)
"""An article older than this when it was captured says nothing of what the site sends today: backfills meet those."""
SAMPLE = 20
"""Articles that are looked at: those of this run, and of as many runs before it as it takes."""
LEAST_PAGES = 5
"""Pages without which nothing is said of "pages"; a young archive has no larger sample."""
LEAST_BEFORE = 30
"""Articles before the sample, without which nothing is said of a field: what is usual is not known yet."""
UNLIKELY = 1e-6
"""Probability below which so few are no chance.  Six fields in 8,760 hourly runs a year raise one false alarm in 19
years at most, and about one in a hundred at usual rates (lead 95 %, image 97 %, authors of shows 90 %)."""
STILL_UNLIKELY = 1e-4
"""The same once the run before has told of drift: what is usual is then taken from other runs, and differs a little."""
CROWD = 5.0
"""Articles without a field that come together are counted as one, and the sample is as much larger, up to this many."""
DOUBT = 10
"""Samples in which articles lack a field singly, taken for seen before the others: a few tell little of the rest."""
BACK = 0.05
"""Probability below which a row of articles that have a field again is no chance: then it is back."""

_MARKUP = re.compile(r"""<(?:[^<>"']++|"[^"]*+"|'[^']*+')*>""")


@dataclass(frozen=True, slots=True)
class Field:
    """Something that nearly every article has."""

    name: str
    """As reports and metrics have it."""
    says: str
    """What its articles do, for people."""
    has: Callable[[Page], bool | None]
    """Whether this one does; None where it need not."""


FIELDS = (
    Field("date", "articles have a date", lambda page: page.facts.published is not None),
    Field("lead", "articles have a lead", lambda page: bool(page.article.lead.strip())),
    Field("image", "articles have a lead image", lambda page: page.facts.image is not None),
    Field("body", f"articles have {BODY} characters or more", lambda page: _length(page.article.body) >= BODY),
    Field("author", "episodes name an author", lambda page: bool(page.facts.authors) if page.facts.show else None),
    Field(
        "generation",
        "articles with an image are of a known layout",
        lambda page: page.facts.generation is not None if page.facts.image else None,
    ),
)  # fmt: skip
SAYS = {PAGES: "pages are articles"} | {field.name: field.says for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Fill:
    """How many have a field."""

    having: int = 0
    """Those that have it."""
    of: int = 0
    """Those that should."""

    def __add__(self, other: "Fill") -> "Fill":
        """Return both together."""
        return Fill(self.having + other.having, self.of + other.of)


_NONE = Fill()


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier run."""

    fields: Mapping[str, Fill]
    """What its articles had, by field; "pages" too."""
    drifted: bool
    """A field was missing at its end: what its articles had is not what is usual."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A field that went missing."""

    field: str
    """Its name, or "pages"."""
    sample: Fill
    """The newest articles that should have it: SAMPLE of them or, since runs are taken whole, some more."""
    before: Fill
    """Those of the 30 days before; runs that ended in drift are left out."""

    def __str__(self) -> str:
        """Return it as a line for people."""
        line = f"{self.field}: {self.sample.having} of the last {self.sample.of} {SAYS[self.field]}"
        return f"{line}; of those before, {self.before.having} of {self.before.of}" if self.before.of else line


def marks(found: Page | NotAnArticle) -> dict[str, bool]:
    """Return what a fetched page has of all that it should have, by field; "pages": it is an article.

    A challenge is a refusal, which says nothing of the site's pages: nothing is marked.  A URL
    that was rejected before should be left out by the caller: it is fetched up to eight times.
    """
    if isinstance(found, NotAnArticle):
        return {} if found.why is Why.CHALLENGE else {PAGES: False}
    oldest = datetime.fromtimestamp(found.article.epoch // 1000, UTC) - RECENT
    fields = FIELDS if urls.day(found.article.url) >= f"{oldest:%Y%m%d}" else ()
    told = ((field.name, field.has(found)) for field in fields)
    return {PAGES: True} | {name: has for name, has in told if has is not None}


def counted(fields: Mapping[str, Fill], marked: Mapping[str, bool]) -> dict[str, Fill]:
    """Return the fields of a run with one more page."""
    return {**fields} | {name: fields.get(name, _NONE) + Fill(int(has), 1) for name, has in marked.items()}


def gone(now: Mapping[str, Fill], earlier: Sequence[Past]) -> list[Gone]:
    """Return which fields are missing at the end of a run.

    now: what its articles had.  earlier: the runs of the 30 days before it, newest first.

    A field went missing if so few of the sample have it, but so many had it before, that this is
    no chance; pages, if more than a fifth of the sample are no articles.  It stays missing, in runs
    without any article too, until so many in a row have it that this is no chance either.
    """
    runs = [Past(now, drifted=False), *earlier]
    return [missing for name in SAYS if (missing := _missing(name, runs))]


def quiet(last_new: datetime | None, now: datetime, hours: float) -> bool:
    """Tell whether no new article has come for longer than so many hours; 0 = never told.

    last_new: when the newest article was captured, UTC; None if there is none yet, which is not told here.
    """
    return bool(hours > 0 and last_new and now - last_new > timedelta(hours=hours))


def chance(having: int, of: int, before: Fill) -> float:
    """Return how probable it is that `having` or fewer of `of` have a field, if all is as it was before.

    The tail of a binomial distribution, at the rate (having + 1) / (of + 2) of those before (Laplace's rule of
    succession): what was never missing in 50 is taken to be missing once in 52.
    """
    rate = (before.having + 1) / (before.of + 2)
    if having >= of * rate:
        return 1.0  # as many as are usual: of no interest here
    total = term = 1.0
    for k in range(having, 0, -1):  # each term from the one above it; they get smaller fast
        term *= k * (1 - rate) / ((of - k + 1) * rate)
        total += term
        if term < total * 1e-12:
            break
    ways = math.lgamma(of + 1) - math.lgamma(having + 1) - math.lgamma(of - having + 1)
    return min(1.0, total * math.exp(ways + having * math.log(rate) + (of - having) * math.log1p(-rate)))


def _missing(name: str, runs: Sequence[Past]) -> Gone | None:
    """Return what is missing of one field, newest run first."""
    fills = [run.fields.get(name, _NONE) for run in runs]
    latest = fills[: _since(runs)]
    taken = _reach(latest, SAMPLE)
    sample = _sum(fills[:taken])
    if sample.having == sample.of or _is_back(sample, fills):
        return None
    usual = _usual(runs, fills)
    found, crowd = Gone(name, sample, _sum(usual[taken:])), 1.0
    limit = STILL_UNLIKELY if len(runs) > 1 and runs[1].drifted else UNLIKELY
    if name != PAGES and _is_low(found, crowd, limit):
        crowd = min(CROWD, _crowd(usual))
        taken = _reach(latest, SAMPLE * crowd)
        found = Gone(name, _sum(fills[:taken]), _sum(usual[taken:]))
    return found if _is_low(found, crowd, limit) else None


def _since(runs: Sequence[Past]) -> int:
    """Return how many runs there are since the last alarm ended; all, if none has, or one stands.

    What it was about is behind it: of the articles since then one that lacks a field by chance would
    else bring it back.
    """
    alarm = next((number for number, run in enumerate(runs) if run.drifted), 0)
    return alarm if alarm > 1 else len(runs)


def _reach(fills: Iterable[Fill], least: float) -> int:
    """Return how many of the first runs hold that many articles together; all, if they do not."""
    number = total = 0
    for number, fill in enumerate(fills, 1):  # noqa: B007 - told where the row ends, too
        total += fill.of
        if total >= least:
            break
    return number


def _usual(runs: Sequence[Past], fills: Sequence[Fill]) -> list[Fill]:
    """Return the fills of which one may learn what is usual, each in its place, nothing in the places of the others.

    Left out are runs that ended in drift, and as many articles as a sample has before each row of them:
    among them are those that told of it.  So is the newest sample.
    """
    usual, unsure = list[Fill](), SAMPLE
    for run, fill in zip(runs, fills, strict=True):
        usual.append(_NONE if run.drifted or unsure > 0 else fill)
        unsure = SAMPLE if run.drifted else unsure - fill.of
    return usual


def _crowd(usual: Sequence[Fill]) -> float:
    """Return how many articles without a field come together, on average: 1 if each lacks it by its own chance.

    Measured as the variance of their number among SAMPLE articles, beside that of a binomial distribution.
    """
    whole = _sum(usual)
    rate = (whole.having + 1) / (whole.of + 2)
    blocks, block, most = 0, _NONE, 0.0
    for fill in usual:
        block += fill
        if block.of >= SAMPLE:
            most += (block.having - block.of * rate) ** 2 / (block.of * rate * (1 - rate))
            blocks, block = blocks + 1, _NONE
    return max(1.0, (most + DOUBT) / (blocks + DOUBT))


def _is_low(found: Gone, crowd: float, limit: float) -> bool:
    sample, before = found.sample, found.before
    if found.field == PAGES:
        return sample.of >= LEAST_PAGES and 5 * (sample.of - sample.having) > sample.of
    having, of = math.ceil(sample.having / crowd), math.ceil(sample.of / crowd)
    return before.of >= LEAST_BEFORE and chance(having, of, before) < limit


def _is_back(sample: Fill, fills: Iterable[Fill]) -> bool:
    """Tell whether the articles since the last one without the field are too many for a field that is missing."""
    since = _sum(takewhile(lambda fill: fill.having == fill.of, fills))
    rate = (sample.having - since.having + 1) / (sample.of - since.of + 2)
    return since.of < sample.of and rate**since.of < BACK


def _sum(fills: Iterable[Fill]) -> Fill:
    having, of = 0, 0
    for fill in fills:  # a month of them, for each field
        having, of = having + fill.having, of + fill.of
    return Fill(having, of)


def _length(markup: str) -> int:
    """Return how many characters of text a piece of markup has, white space left out."""
    return len("".join(html.unescape(_MARKUP.sub("", markup)).split()))
