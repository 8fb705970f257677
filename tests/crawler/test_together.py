"""Laws of waiting: many deeds go to the disk together, one alone at once, and none waits longer than it may."""

import asyncio

from archive.group import MOST
from crawler.together import LONGEST, Together


class Deeds:
    """What waits, and how many went together each time."""

    def __init__(self, alone=False):
        self.waiting, self.alone, self.flushed, self.done = 0, alone, [], asyncio.Event()
        self.together = Together(lambda: self.waiting, self.flush, lambda: self.alone)

    def flush(self):
        self.flushed.append(self.waiting)
        self.waiting = 0
        self.done.set()

    def add(self, number=1):
        for _ in range(number):
            self.waiting += 1
            self.together.stir()


def test_one_alone_is_not_kept_waiting():
    """Law: where nothing else is under way, a deed is done at once."""
    deeds = Deeds(alone=True)
    deeds.add()
    assert deeds.flushed == [1]


def test_many_go_together():
    """Law: so many deeds as make a group are done as soon as they are so many."""

    async def crowd():
        deeds = Deeds()
        deeds.add(2 * MOST + 1)
        return deeds.flushed, deeds.waiting

    assert asyncio.run(crowd()) == ([MOST, MOST], 1)


def test_none_waits_longer():
    """Law: the oldest deed waits 200 ms at most; what was done meanwhile is not done again."""

    async def slow():
        deeds, begun = Deeds(), asyncio.get_running_loop().time()
        deeds.add(3)
        before = list(deeds.flushed)
        await deeds.done.wait()
        took = asyncio.get_running_loop().time() - begun
        deeds.add()
        deeds.flush()
        await asyncio.sleep(2 * LONGEST)
        return before, took >= LONGEST, deeds.flushed

    assert asyncio.run(slow()) == ([], True, [3, 1])
