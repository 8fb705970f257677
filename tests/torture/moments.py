"""Moments: when a command is killed, as a table.  A kind is one or two kills in a row; numbers are drawn anew each time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.torture.cage import KILL, LET, Call, Verdict

ANY = ""
RECORD = r"^write warc/.*\.open$"
FILE = r"^open articles/.*\.new$"
PLACED = r"^rename articles/"
SYNCED = r"^sync (articles|warc)"
ROW = r"^write index\.sqlite-wal$"
SEALED = r"^rename warc/.*\.open "
BELOW_WARC = r"^\w+ warc"
OF_FILES = r"^\w+ (warc|cdxj)/"
BELOW_IMPORTED = r"^\w+ imported"
BROUGHT = r"^rename imported/"
MERGED = r"^rename warc/.*\.rollup "


@dataclass(frozen=True)
class Moment:
    """A point between two calls, or inside one: the `nth` call like `at` behind the `after_nth` like `after`."""

    at: str
    """Pattern of what a call is: see `Call.__str__`."""
    nth: int
    """From 1."""
    after: str = ANY
    after_nth: int = 0
    """0: from the beginning."""
    part: float = 0
    """How much of a write is on disk when the process dies: 0 is nothing, so that it dies between two calls."""

    def judge(self) -> Callable[[Call], Verdict]:
        """Return what kills there."""
        before, left = self.after_nth, self.nth

        def judge(call: Call) -> Verdict:
            nonlocal before, left
            if before:
                before -= re.search(self.after, str(call)) is not None
                return LET
            left -= re.search(self.at, str(call)) is not None
            if left > 0:
                return LET
            most = max(1, min(call.size - 1, int(call.size * self.part)))
            return Verdict(kill=True, torn=most) if self.tears(call) else KILL

        return judge

    def tears(self, call: Call | None) -> bool:
        """Tell whether some of a call is done when the process dies of it."""
        return call is not None and call.name == "write" and call.size > 1 and self.part > 0


@dataclass(frozen=True)
class Scene:
    """What a draw may lean on."""

    rng: Random
    articles: int
    """That the killed run will find new, one at least."""
    seconds: float
    """That a whole crawl takes."""


When = Moment | float
"""A moment, or seconds after the start."""


@dataclass(frozen=True)
class Step:
    """One killed command."""

    victim: str
    """A row of `rounds.VICTIMS`."""
    draw: Callable[[Scene], When]


def some(scene: Scene, most: int) -> int:
    """Draw a number from 1 on."""
    return scene.rng.randint(1, max(1, most))


def at_a_time(scene: Scene) -> When:
    return scene.rng.uniform(0.05, scene.seconds)


def at_any_call(scene: Scene) -> When:
    return Moment(ANY, some(scene, 60 + 40 * scene.articles), part=scene.rng.choice((0, scene.rng.random())))


def in_a_record(scene: Scene) -> When:
    return Moment(RECORD, some(scene, 8 + 4 * scene.articles), part=0.001 + scene.rng.random())


def before_a_file(scene: Scene) -> When:
    return Moment(FILE, some(scene, scene.articles))


def before_a_row(scene: Scene) -> When:
    return Moment(ROW, 1, PLACED, some(scene, scene.articles))


def in_a_row(scene: Scene) -> When:
    return Moment(ROW, some(scene, 12), PLACED, some(scene, scene.articles), part=0.001 + scene.rng.random())


def in_a_group(scene: Scene) -> When:
    """While articles wait for the disk together: at a file, at its new name, at a sync, at the rows of all."""
    at = scene.rng.choice((FILE, PLACED, SYNCED, ROW, RECORD))
    if at == ROW:
        return Moment(ROW, some(scene, 12), PLACED, some(scene, scene.articles), scene.rng.choice((0, 0.5)))
    return Moment(at, some(scene, scene.articles))


def near_sealing(scene: Scene) -> When:
    """Behind the last article, in what a run does at its end; or from the new name on."""
    if scene.rng.random() < 0.5:
        return Moment(ANY, some(scene, 70), PLACED, scene.articles)
    return Moment(ANY, some(scene, 25), SEALED, 1) if scene.rng.random() < 0.7 else Moment(SEALED, 1)


def in_mending(scene: Scene) -> When:
    """At or in one of the first changes to `warc/`, or to anything behind the first of these."""
    part = scene.rng.choice((0, scene.rng.random()))
    return Moment(scene.rng.choice((ANY, BELOW_WARC)), some(scene, 16), BELOW_WARC, scene.rng.randint(0, 1), part)


def in_making_anew(scene: Scene) -> When:
    return Moment(ANY, some(scene, 200), part=scene.rng.choice((0, scene.rng.random())))


def in_rolling_up(scene: Scene) -> When:
    """While the merged file is made, or behind its new name: index, CDXJ, removal of its sources."""
    part, at = scene.rng.choice((0, scene.rng.random())), scene.rng.choice((ANY, OF_FILES))
    return Moment(at, some(scene, 40 if at == ANY else 10), MERGED, scene.rng.randint(0, 1), part)


def in_importing(scene: Scene) -> When:
    """While files are put in their place, or behind the last of them: their rows, and the end."""
    if scene.rng.random() < 0.7:
        return Moment(BELOW_IMPORTED, some(scene, 150), part=scene.rng.choice((0, scene.rng.random())))
    return Moment(ANY, some(scene, 12), BROUGHT, some(scene, 40))


def in_borrowing(scene: Scene) -> When:
    """While another tool's records are copied, their files and rows made; or at the end, when that is sealed."""
    part = scene.rng.choice((0, scene.rng.random()))
    if scene.rng.random() < 0.3:
        return Moment(ANY, some(scene, 25), SEALED, scene.rng.randint(0, 1), part)
    return Moment(ANY, some(scene, 40 + 20 * scene.articles), part=part)


KINDS: dict[str, tuple[Step, ...]] = {
    "at a random time": (Step("crawl", at_a_time),),
    "at any call": (Step("crawl", at_any_call),),
    "inside a record": (Step("crawl", in_a_record),),
    "between record and file": (Step("crawl", before_a_file),),
    "between file and row": (Step("crawl", before_a_row),),
    "inside a row": (Step("crawl", in_a_row),),
    "inside a group": (Step("fast crawl", in_a_group),),
    "while sealing": (Step("crawl", near_sealing),),
    "while mending": (Step("crawl", in_a_record), Step("crawl", in_mending)),
    "while rebuilding": (Step("crawl", in_a_record), Step("rebuild", in_making_anew)),
    "while reading again": (Step("crawl", in_a_record), Step("pending", in_making_anew)),
    "while rolling up": (Step("rollup", in_rolling_up),),
    "while importing": (Step("import", in_importing),),
    "while importing records": (Step("import of records", in_borrowing),),
    "in the doctor's hands": (Step("crawl", in_a_record), Step("doctor", in_making_anew)),
}
"""Kinds of kill.  A verb that writes gets a row here and one in `rounds.VICTIMS`."""
