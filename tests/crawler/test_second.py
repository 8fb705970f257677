"""Laws of a run's second process: it is there where much is to be done, and nobody can tell by what comes of it."""

import asyncio
import os
import resource
import signal
from dataclasses import replace

import pytest

from archive.commit import draft
from archive.files.spool import Spool
from archive.page import NotAnArticle
from crawler.beside import LARGE, MANY, Second
from tests.archive.archives import CN, TW, answer, page

PAGES = [
    *map(page, [*CN[:20], *TW[:5]]),
    answer(CN[0].url, b"<html>"),
    answer(CN[1].url, b"no page", 200, "text/plain"),
]


@pytest.fixture
def handle(tmp_path):
    (tmp_path / "lock").touch()
    file = os.open(tmp_path / "lock", os.O_RDONLY)
    yield file
    os.close(file)


async def started(handle):
    """A second process that is ready."""
    second = Second(lambda: MANY, handle)
    while not second.ready:
        await second.read(PAGES[0])
        await asyncio.sleep(0.01)
    return second


def test_it_is_not_started_for_little(handle):
    """Law: where answers come one by one, pages are read here, and no process is started."""

    async def slow():
        second = Second(lambda: MANY - 1, handle)
        found = [await second.read(exchange) for exchange in PAGES]
        second.close()
        return found, second.ready, second.busy

    assert asyncio.run(slow()) == ([draft.article(exchange) for exchange in PAGES], False, False)


def test_no_room_for_another_process(handle):
    """Law: where no process can be started, all is done here."""

    async def crowded():
        second, (soft, hard) = Second(lambda: MANY, handle), resource.getrlimit(resource.RLIMIT_NOFILE)
        last = os.dup(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, hard))
        try:
            return [await second.read(exchange) for exchange in PAGES[:2]], second.ready
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            os.close(last)
            second.close()

    assert asyncio.run(crowded()) == ([draft.article(exchange) for exchange in PAGES[:2]], False)


def test_it_reads_the_same(handle):
    """Law: a page makes the same there and here, an article or none, and so does one whose bytes lie on disk."""
    body, large = Spool(), replace(PAGES[0], body=bytes(PAGES[0].body) + b"\0" * LARGE)
    body.write(bytes(PAGES[1].body))
    some = [*PAGES, replace(PAGES[1], body=body.view()), large]

    async def fast():
        second = await started(handle)
        waits = [asyncio.ensure_future(second.read(exchange)) for exchange in some]
        await asyncio.sleep(0)
        busy = second.busy
        found = await asyncio.gather(*waits)
        second.close()
        return found, busy

    found, busy = asyncio.run(fast())
    assert found == [draft.article(exchange) for exchange in some]
    assert busy
    assert sum(isinstance(one, NotAnArticle) for one in found) == 2


def test_its_death_is_not_noticed(handle, tmp_path):
    """Law: killed while it reads, and while it writes files, it leaves nothing undone."""

    async def killed():
        second = await started(handle)
        waits, landed = [asyncio.ensure_future(second.read(exchange)) for exchange in PAGES], asyncio.Event()
        await asyncio.sleep(0)
        wait = second.put({tmp_path / "a.md": b"a"}, landed.set)
        os.kill(second._beside._process.pid, signal.SIGKILL)
        found = await asyncio.gather(*waits)
        await landed.wait()
        wait()
        after = second.ready, await second.read(PAGES[0])
        second.close()
        return found, after

    found, after = asyncio.run(killed())
    assert found == [draft.article(exchange) for exchange in PAGES]
    assert after == (False, draft.article(PAGES[0]))
    assert (tmp_path / "a.md").read_bytes() == b"a"
