"""Ending: how a run went -> exit code, one word, and the last line that people read.  Pure.

Codes and their meaning: DESIGN.md, "Words on the command line".  An error that ends a run
brings its own (errors.py); it comes before all that stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass

LOG = "see the log above"
UNEXPECTED = "something unexpected happened"


@dataclass(frozen=True, slots=True)
class Went:
    """How a run went."""

    summary: str
    """What it did, on one line."""
    unexpected: bool = False
    """A mistake of ours was met."""
    refused: str = ""
    """Who refuses us, how, and until when nothing is asked there; "" if nobody does."""
    unheard: tuple[str, ...] = ()
    """Every surface that was asked, if none of them gave a link or said that nothing is new."""
    gone: tuple[str, ...] = ()
    """What went missing on the site's pages, a line each."""
    quiet: str = ""
    """For how long no article was new, if that is too long; else ""."""
    spent: str = ""
    """The part of the budget that is used up, by the name of its setting; else ""."""
    stopped: str = ""
    """The signal that told it to stop, by name; else ""."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    code: int
    """Exit code."""
    word: str
    """The same in one word, for programs."""
    line: str
    """The same for people, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to end."""

    code: int
    """Exit code."""
    word: str
    """The same in one word, for programs."""
    says: Callable[[Went], str]
    """What to tell people of it; "" if the run did not go this way."""


FAILED = "failed"
"""The word for an end by an error that brings its own code."""
RULES = (
    Rule(1, "unexpected", lambda went: f"{UNEXPECTED}; {LOG}" if went.unexpected else ""),
    Rule(11, "refused", lambda went: went.refused and f"{went.refused}: {went.summary}"),
    Rule(14, "unheard", lambda went: "" if went.spent or went.stopped else _unheard(went)),
    Rule(12, "drift", lambda went: f"{_drifted(went.gone)}: {went.summary}" if went.gone else ""),
    Rule(14, "quiet", lambda went: "" if went.stopped else went.quiet and f"{_silent(went.quiet)}: {went.summary}"),
    Rule(15, "spent", lambda went: went.spent and f"{went.spent} is used up, {_REST}: {went.summary}"),
    Rule(15, "stopped", lambda went: went.stopped and f"told to stop ({went.stopped}), {_REST}: {went.summary}"),
    Rule(0, "finished", lambda went: went.summary),
)
"""Ways to end, the first that fits counts: what somebody must look at comes before what the next run sets right."""
_REST = "the rest is left for the next run"


def ending(went: Went) -> Ending:
    """Return how a run ended that went this way."""
    return next(Ending(rule.code, rule.word, said) for rule in RULES if (said := rule.says(went)))


def _unheard(went: Went) -> str:
    surfaces = ", ".join(went.unheard)
    return surfaces and f"nothing could be discovered: {surfaces} failed or were empty; {LOG}"


def _drifted(gone: tuple[str, ...]) -> str:
    told = "; ".join(gone)
    return f"the site's pages are not what they were ({told}): mend the parser, then `rfi-archive rebuild --pending`"


def _silent(quiet: str) -> str:
    return f"no new article for {quiet}, although the listings answer: look at the site (QUIET_HOURS)"
