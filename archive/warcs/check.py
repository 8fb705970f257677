"""Check: one WARC file as a whole, record by record, behind damage too.  Needs nothing but the file.

A file is walked in stretches, one after the other or side by side: a stretch begins and
ends where no answer waits for its request, and tells what only the whole file can judge.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive import warc
from archive.errors import BadRecord
from archive.files import reach
from archive.finding import STANDARD, Finding, Rule
from archive.records import lenient, rules
from archive.records.record import ANSWERS, Record
from archive.warcs import salvage

OURS = frozenset(("warcinfo", "metadata"))
"""Types of record that this archive itself writes into a file of other tools' records."""
BORROWED = frozenset(("request", "metadata"))
"""Types of record that may stand behind an answer there."""
NOWHERE = 1 << 62
"""Where the next stretch of a file that cannot be read begins."""
STEP = 4 << 20
"""Bytes of a stretch, about: a quarter of a second of work where article files are made again; the last waits alone."""

MEMBER = Rule("every member is a whole record", f"{STANDARD}, 4, annex D.3; DESIGN, law 3")
FIRST = Rule("a file begins with its warcinfo record", f"{STANDARD}, 5.5 and 6.2; DESIGN, On disk")
OWN_NAME = Rule("WARC-Filename is the name of the file", f"{STANDARD}, 5.17")
BEHIND = Rule("an answer has its request right behind it", "DESIGN, laws 1 and 3")
CONCURRENT = Rule("WARC-Concurrent-To names the answer right before it", f"{STANDARD}, 5.7; DESIGN, law 3")
ONE_DATE = Rule("an answer and its request have one WARC-Date", f"{STANDARD}, 5.4")
ONE_TARGET = Rule("an answer and its request have one WARC-Target-URI", f"{STANDARD}, 5.7 and 5.14")
INFO_MET = Rule("WARC-Warcinfo-ID names a warcinfo record before it in the file", f"{STANDARD}, 5.16 and 6.2")
UNIQUE = Rule("a WARC-Record-ID is given to one record", f"{STANDARD}, 5.2")

_HEAPS = 256
"""So many heaps are ids sorted into, so that one after the other can be looked through for two that are equal."""

Placed = tuple[int, Finding]
"""A finding, and the offset at which its file's findings have it in order; -1 for one on the whole file."""
Visit = Callable[[Record, Record], Iterable[Placed]]
"""Says what else is wrong with an answer and its request."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a WARC file to be walked."""

    path: Path
    """The file."""
    start: int = 0
    """Offset of its first record."""
    end: int | None = None
    """It ends with the first whole pair, or lone record, that ends here or behind; None: with the file."""
    damaged: bool = False
    """What stands before it could not be read: its first record may be a request that lost its answer."""


@dataclass(slots=True)
class Walked:
    """What a walk through a stretch found."""

    stretch: Stretch
    """Which one."""
    end: int = 0
    """Where the next one must begin."""
    damaged: bool = False
    """What stands before `end` could not be read."""
    found: list[Placed] = field(default_factory=list)
    """What is wrong, as far as the stretch alone tells."""
    infos: set[str] = field(default_factory=set)
    """Ids of the warcinfo records in it."""
    cited: dict[str, int] = field(default_factory=dict)
    """WARC-Warcinfo-IDs that no warcinfo record before them in it has, with the offset where each is named first."""
    ids: "array[int]" = field(default_factory=lambda: array("q"))
    """Of each record in order, the first 8 bytes of the SHA-1 of its WARC-Record-ID ..."""
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    """... and its offset."""


def walk(stretch: Stretch, visit: Visit = lambda _answer, _request: ()) -> Walked:
    """Walk a stretch; pairs in order are shown to `visit`.  Raises OSError."""
    walk = _Walk(stretch, visit)
    start: int | None = stretch.start
    while start is not None and not walk.is_over(start):
        try:
            start = walk.on(start)
        except BadRecord as error:
            walk.tear(error)
            start = salvage.behind(stretch.path, error.offset)
    walk.walked.end = reach.size(stretch.path) if start is None else start
    if not walk.walked.end:
        walk.walked.found.append((0, FIRST.broken(f"warc/{warc.final_name(stretch.path)}", None, "it is empty")))
    return walk.walked


class _Walk:
    """A walk through a stretch, and what it met last."""

    def __init__(self, stretch: Stretch, visit: Visit) -> None:
        self.walked = Walked(stretch, damaged=stretch.damaged)
        self._name = warc.final_name(stretch.path)
        self._foreign = lenient.is_foreign(self._name)
        self._visit = visit
        self._answer: Record | None = None

    def is_over(self, at: int) -> bool:
        """Tell whether the stretch ends at an offset."""
        end = self.walked.stretch.end
        return self._answer is None and end is not None and at >= end

    def on(self, start: int) -> int | None:
        """Walk from `start` to where the stretch ends, or to the end of the file: None.  Raises BadRecord."""
        for record in warc.walk(self.walked.stretch.path, start):
            self._meet(record)
            if self.is_over(end := record.offset + record.length):
                return end
        if self._answer:
            self._tell(BEHIND, self._answer.offset, "the file ends behind it")
        return None

    def tear(self, error: BadRecord) -> None:
        """Take note of a member that is no whole record."""
        self._tell(MEMBER, error.offset, error.problem)
        self._answer, self.walked.damaged = None, True

    def _tell(self, rule: Rule, offset: int, what: str) -> None:
        self.walked.found.append((offset, rule.broken(f"warc/{self._name}", offset, what)))

    def _meet(self, record: Record) -> None:
        walked, kind, name = self.walked, record.type, record.id
        borrowed = self._foreign and kind not in OURS
        if wrong := rules.borrowed(record) if borrowed else rules.broken(record):
            walked.found += [(record.offset, finding) for finding in wrong]
        if not borrowed:
            walked.ids.append(_short(name))
            walked.offsets.append(record.offset)
        if record.offset == 0:
            self._first(record)
        if kind == "warcinfo":
            walked.infos.add(name)
        elif not borrowed and (info := record.get("WARC-Warcinfo-ID")) and info not in walked.infos:
            walked.cited.setdefault(info, record.offset)
        self._match(record, kind)
        self._answer, walked.damaged = record if kind in ANSWERS else None, False

    def _first(self, record: Record) -> None:
        if record.type != "warcinfo":
            self._tell(FIRST, 0, f"it begins with a {record.type or 'nameless'} record")
        elif (named := record.get("WARC-Filename")) != self._name:
            self._tell(OWN_NAME, 0, f"{named!r}")

    def _match(self, record: Record, kind: str) -> None:
        """Hold a record against the answer that stands before it, or against there being none."""
        answer = self._answer
        if answer and self._foreign and kind in BORROWED:
            self.walked.found += self._visit(answer, record)
        elif answer and kind != "request":
            self._tell(BEHIND, answer.offset, f"a {kind or 'nameless'} record stands there")
        elif answer:
            self._pair(answer, record)
        elif kind == "request" and not self.walked.damaged:
            self._tell(CONCURRENT, record.offset, "there is none")

    def _pair(self, answer: Record, request: Record) -> None:
        for rule, name in ((ONE_DATE, "WARC-Date"), (ONE_TARGET, "WARC-Target-URI")):
            if (asked := request.get(name)) != (answered := answer.get(name)):
                self._tell(rule, request.offset, f"the answer has {answered!r:.200}, the request {asked!r:.200}")
        if (named := request.get("WARC-Concurrent-To")) == answer.id:
            self.walked.found += self._visit(answer, request)
        else:
            self._tell(CONCURRENT, request.offset, f"names {named or 'none'}, not {answer.id or 'one'}")


def _short(record_id: str) -> int:
    """Return 8 bytes that stand for an id, enough to tell some millions apart: of a UUID its own."""
    try:
        return int(record_id[10:18] + record_id[34:41], 16)
    except ValueError:
        made = hashlib.sha1(record_id.encode(errors="replace"), usedforsecurity=False).digest()
        return int.from_bytes(made[:8], signed=True)


class Whole:
    """What only a whole file tells.  Its stretches come in order; 16 bytes a record are kept."""

    def __init__(self, path: Path) -> None:
        self._file = f"warc/{warc.final_name(path)}"
        self._infos, self._missed = set[str](), set[str]()
        self._ids = [array("q") for _ in range(_HEAPS)]
        self._offsets = [array("q") for _ in range(_HEAPS)]

    def findings(self, walked: Walked) -> Iterator[Finding]:
        """Yield what is wrong with the next stretch, in the order of the file."""
        for number, at in zip(walked.ids, walked.offsets, strict=True):
            self._ids[number % _HEAPS].append(number)
            self._offsets[number % _HEAPS].append(at)
        found = [*walked.found, *self._unmet(walked)]
        self._infos |= walked.infos
        yield from (finding for _, finding in sorted(found, key=lambda placed: placed[0]))

    def _unmet(self, walked: Walked) -> Iterator[Placed]:
        """Find the warcinfo records that are named and were not met, each once."""
        for info in walked.cited.keys() - self._infos - self._missed:
            at = walked.cited[info]
            yield at, INFO_MET.broken(self._file, at, f"there is no {info}")
        self._missed |= walked.cited.keys() - self._infos

    def repeated(self) -> Iterator[Finding]:
        """Yield, when all of the file was walked, the records whose ids were met before, in their order."""
        twice = sorted(at for ids, places in zip(self._ids, self._offsets, strict=True) for at in _again(ids, places))
        for at in twice:
            yield UNIQUE.broken(self._file, at, "a record before it in the file has the same")


def _again(ids: "array[int]", offsets: "array[int]") -> Iterator[int]:
    """Yield the offsets of ids that stand in a heap before."""
    if len(set(ids)) == len(ids):
        return
    met = set[int]()
    for number, at in zip(ids, offsets, strict=True):
        if number in met:
            yield at
        met.add(number)
