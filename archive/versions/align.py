"""Align: what two sequences have in common, in order, by the fewest steps from one to the other.  Pure.

The texts come from the network, so the work is bounded: what needs more than its share of
steps is taken for wholly different.
Source: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy algorithm.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MOST_STEPS = 1_000_000
"""Comparisons of one call behind what both begin and end with: under a second, some 1,400 differences."""


class Run(NamedTuple):
    """A stretch of both sequences."""

    same: bool
    """Whether it is in both; if not, one of the two may be empty."""
    a: range
    """Which items of the first."""
    b: range
    """Which items of the second."""


def align(a: Sequence[object], b: Sequence[object], steps: int = MOST_STEPS) -> list[Run]:
    """Return stretches that are the same and stretches that are not, in turn; together they are all of both."""
    start, end = 0, 0
    shorter = min(len(a), len(b))
    while start < shorter and a[start] == b[start]:
        start += 1
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    blocks = _common(a[start : len(a) - end], b[start : len(b) - end], steps)
    inner = ((x + start, y + start, length) for x, y, length in blocks)
    return list(_runs([(0, 0, start), *inner, (len(a) - end, len(b) - end, end)]))


def _runs(blocks: list[tuple[int, int, int]]) -> Iterator[Run]:
    """Yield what is the same, and what is between."""
    x = y = 0
    for left, right, length in blocks:
        if x < left or y < right:
            yield Run(False, range(x, left), range(y, right))
        x, y = left + length, right + length
        if length:
            yield Run(True, range(left, x), range(right, y))


def _common(a: Sequence[object], b: Sequence[object], steps: int) -> list[tuple[int, int, int]]:
    """Return blocks (start in a, start in b, length) that are the same; none if that takes too many steps."""
    blocks = list[tuple[int, int, int]]()
    rounds = _walk(a, b, steps) if a and b else []
    x, y = len(a), len(b)
    for depth in reversed(range(len(rounds))):
        left = right = 0
        if depth:
            at = (x - y + depth) // 2
            down = _goes_down(rounds[depth - 1], at)
            left = rounds[depth - 1][at if down else at - 1]
            right = left - (x - y) - (1 if down else -1)
        # From there one step down or right, then the same in both up to here.
        if length := min(x - left, y - right):
            blocks.append((x - length, y - length, length))
        x, y = left, right
    return blocks[::-1]


def _walk(a: Sequence[object], b: Sequence[object], steps: int) -> list["array[int]"]:
    """Return for each number of differences how far into `a` each diagonal is reached; [] if it takes too many steps.

    With d differences the diagonals are -d, -d + 2 ... d; the last round reaches the end of both.
    """
    rounds = list["array[int]"]()
    for depth in range(len(a) + len(b) + 1):
        before = rounds[-1] if rounds else array("q")
        rounds.append(array("q", bytes(8 * (depth + 1))))
        for at in range(depth + 1):
            diagonal = 2 * at - depth
            x = 0 if not depth else before[at] if _goes_down(before, at) else before[at - 1] + 1
            begin = x
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            rounds[-1][at] = x
            steps -= 1 + x - begin
            if x >= len(a) and x - diagonal >= len(b):
                return rounds
            if steps < 0:
                return []
    return []


def _goes_down(before: "array[int]", at: int) -> bool:
    """Tell whether the best way to a diagonal takes an item of b; else it takes one of a."""
    return at == 0 or (at != len(before) and before[at - 1] < before[at])
