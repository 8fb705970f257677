"""Pairing: which request belongs to which answer, in the order in which other tools write records.  Pure.

A request stands before its answer (wget) or behind it (warcprox, Common Crawl, Heritrix), or
there is none.  WARC-Concurrent-To tells, on either of the two; where neither bears it, the
URI and the neighbourhood do.  Source: WARC 1.1, 5.7.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import BadRecord
from archive.records import lenient
from archive.records.record import ANSWERS, Record
from archive.strangers.foreign import Raw

NEAR = 16
"""So many wanted records apart an answer and its request may stand."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer, and what was asked."""

    answer: Raw
    """A response or revisit record."""
    request: Raw | None
    """None if there is none near it."""


def pairs(found: Iterable[Raw | BadRecord]) -> Iterator[Pair | BadRecord]:
    """Yield the answers among some records with their requests; what cannot be read passes through."""
    waiting = deque[Raw]()
    for raw in found:
        if isinstance(raw, BadRecord):
            yield raw
            continue
        other = next((one for one in reversed(waiting) if _belong(raw.record, one.record)), None)
        if other:
            waiting.remove(other)
            yield _pair(raw, other)
            continue
        waiting.append(raw)
        if len(waiting) > NEAR:
            yield from _alone(waiting.popleft())
    for raw in waiting:
        yield from _alone(raw)


def _alone(raw: Raw) -> Iterator[Pair]:
    """Yield an answer that has no request; a request without an answer is nothing."""
    if raw.record.type in ANSWERS:
        yield Pair(raw, None)


def _pair(one: Raw, other: Raw) -> Pair:
    return Pair(one, other) if one.record.type in ANSWERS else Pair(other, one)


def _belong(one: Record, other: Record) -> bool:
    """Tell whether two records are an answer and its request."""
    if (one.type in ANSWERS) == (other.type in ANSWERS):
        return False
    named = {*lenient.concurrent(one), *lenient.concurrent(other)}
    if named:
        return bool(named & {one.id, other.id})
    return lenient.asked(one) == lenient.asked(other) and one.get("WARC-Date")[:16] == other.get("WARC-Date")[:16]
