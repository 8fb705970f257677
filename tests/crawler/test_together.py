"""Laws of waiting: many deeds go to the disk together, one alone at once, and none waits longer than it may."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest

from archive.commit.group import MOST
from archive.errors import CannotWrite
from crawler.together import LONGEST, Together


class Second:
    """A second process whose files are written when a test says so."""

    def __init__(self, ready):
        self.ready, self.busy = ready, False

    def put(self, _files, then):
        self.busy, self.over = True, then
        return lambda: None

    def end(self):
        self.busy = False
        self.over()


class Archive:
    """What waits, and how many deeds were committed together each time."""

    def __init__(self):
        self.waiting, self.done = SimpleNamespace(here=0, away=0), list[int]()
        self.error = None

    def flush(self):
        self.land()
        self.waiting.away, self.waiting.here = self.waiting.here, 0
        self.land()

    def depart(self, put):
        self.waiting.away, self.waiting.here = self.waiting.here, 0
        put({})

    def land(self):
        if self.error:
            raise self.error
        if self.waiting.away:
            self.done.append(self.waiting.away)
            self.waiting.away = 0


class Deeds:
    """A run that commits."""

    def __init__(self, alone=False, ready=False):
        self.archive, self.second, self.errors = Archive(), Second(ready), list[CannotWrite]()
        archive: Any = self.archive
        second: Any = self.second
        self.together = Together(archive, second, lambda: alone, self.errors.append)

    def add(self, number=1):
        for _ in range(number):
            self.archive.waiting.here += 1
            self.together.stir()


def test_one_alone_is_not_kept_waiting():
    """Law: where nothing else is under way, a deed is done at once."""
    deeds = Deeds(alone=True)
    deeds.add()
    assert deeds.archive.done == [1]


def test_many_go_together():
    """Law: so many deeds as make a group are done as soon as they are so many."""

    async def crowd():
        deeds = Deeds()
        deeds.add(2 * MOST + 1)
        return deeds.archive.done, deeds.archive.waiting.here

    assert asyncio.run(crowd()) == ([MOST, MOST], 1)


def test_none_waits_longer():
    """Law: the oldest deed waits 200 ms at most; what was done meanwhile is not done again."""

    async def slow():
        deeds = Deeds()
        deeds.add(3)
        await asyncio.sleep(LONGEST / 2)
        before = list(deeds.archive.done)
        await asyncio.sleep(LONGEST)
        deeds.add()
        deeds.together.flush()
        await asyncio.sleep(2 * LONGEST)
        return before, deeds.archive.done

    assert asyncio.run(slow()) == ([], [3, 1])


def test_one_group_after_the_other():
    """Law: while the files of one group are written, the next one grows, and departs when the first has its rows."""

    async def fast():
        deeds = Deeds(ready=True)
        deeds.add(2 * MOST)
        grown = deeds.archive.done[:], deeds.archive.waiting.away, deeds.archive.waiting.here
        deeds.second.end()
        first = deeds.archive.done[:], deeds.archive.waiting.away
        deeds.second.end()
        return grown, first, deeds.archive.done

    assert asyncio.run(fast()) == (([], MOST, MOST), ([MOST], MOST), [MOST, MOST])


def test_one_that_waited_while_another_was_written():
    """Law: what waits too long while a group is written departs right behind it; what does not goes on waiting."""

    async def slow(seconds):
        deeds = Deeds(ready=True)
        deeds.add(MOST + 1)
        await asyncio.sleep(seconds)
        deeds.second.end()
        return deeds.archive.waiting.away

    assert [asyncio.run(slow(seconds)) for seconds in (0, 1.5 * LONGEST)] == [0, 1]


def test_alone_but_for_what_the_second_process_does():
    """Law: a deed that others can still join, since their pages are being read, waits for them."""

    async def reading():
        deeds = Deeds(alone=True, ready=True)
        deeds.second.busy = True
        deeds.add()
        return deeds.archive.waiting.here

    assert asyncio.run(reading()) == 1


def test_a_disk_that_refuses():
    """Law: what the disk refuses ends the run, wherever it is met."""

    async def full():
        deeds = Deeds(ready=True)
        deeds.archive.error = CannotWrite("full")
        deeds.add(MOST)
        deeds.second.end()
        deeds.together.flush()
        return list(map(str, deeds.errors))

    assert asyncio.run(full()) == ["full", "full"]


@pytest.mark.parametrize(
    ("error", "raised"), [(None, None), (CannotWrite("full"), IgnoreRequest), (KeyError("x"), KeyError)], ids=str
)
def test_what_became_of_a_commit(error, raised):
    """Law: whoever waits for a commit goes on when it is done, or meets what it failed with."""

    async def commit():
        deeds = Deeds()

        def told(done):
            done(error)

        await deeds.together.committed(told)

    if raised:
        with pytest.raises(raised):
            asyncio.run(commit())
    else:
        asyncio.run(commit())
