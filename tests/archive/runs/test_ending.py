"""Laws of a run's end: one code, one word, one line, the gravest first."""

from itertools import combinations

import pytest

from archive.runs.ending import RULES, Went, ending

WAYS = {
    "unexpected": Went("1 found", unexpected=True),
    "refused": Went("3 refused", refused="www.rfi.fr refused"),
    "unheard": Went("1 failed", unheard=("rss", "news")),
    "drift": Went("9 found", gone=("lead: 0 of 20",)),
    "quiet": Went("9 skipped", quiet="13 h 0 min"),
    "spent": Went("9 found", spent="MAX_BYTES"),
    "stopped": Went("9 found", stopped="SIGTERM"),
    "finished": Went("9 found, 9 archived, in 1.0 s"),
}
"""A run for each word, gravest first."""
UNASKED = {("unheard", "spent"), ("unheard", "stopped"), ("quiet", "stopped")}
"""A run that asked for no more cannot tell that there is nothing, or nothing new."""


def test_every_way_to_end_is_tried():
    """Law: the table here has each rule of the code, in its order."""
    assert list(WAYS) == [rule.word for rule in RULES]


@pytest.mark.parametrize("word", WAYS)
def test_a_way_to_end_has_its_code_and_says_what_to_do(word):
    """Law: the line is one line and holds what the run did, or points to the log."""
    ended = ending(WAYS[word])

    assert ended.word == word
    assert ended.code == next(rule.code for rule in RULES if rule.word == word)
    assert ended.line.isprintable()
    assert WAYS[word].summary in ended.line or "see the log above" in ended.line


@pytest.mark.parametrize(("graver", "other"), [*combinations(WAYS, 2)])
def test_the_gravest_counts(graver, other):
    """Law: of two ways at once, the one that somebody must look at is told, but for what was not asked any more."""
    fields = {name: getattr(WAYS[way], name) for way in (other, graver) for name in Went.__slots__}
    both = {name: getattr(WAYS[graver], name) or getattr(WAYS[other], name) for name in fields}

    told = other if (graver, other) in UNASKED else graver
    assert ending(Went(**both)).word == told
