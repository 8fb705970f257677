"""Laws of what workers share in Redis, step by step, with a real one."""

import json
import time

import pytest

from archive.errors import BadUsage, CannotWrite
from crawler import letter
from crawler.shared import Shared

URL = "https://www.rfi.fr/cn/x/20261101-a"


@pytest.fixture
def workers(redis):
    """Two workers, whose leases last for a fifth of a second."""
    return [Shared(redis, "rfi_cn", name, 0.2) for name in ("one", "two")]


def text(name, priority=0):
    return json.dumps({"url": name, "priority": priority})


def test_the_first_of_all_is_taken_first(workers):
    """Law: whoever asks gets the request of the highest priority, whoever found it, and each is given once."""
    one, two = workers
    for number, worker in enumerate((one, two, one, two)):
        assert worker.push(text(f"{number}", number), number, f"{number}", doubles=False)

    taken = [two.pop(), one.pop(), two.pop(), one.pop(), one.pop()]

    assert taken == [*(text(f"{number}", number) for number in (3, 2, 1, 0)), None]


def test_a_double_is_none_once_the_first_is_done(workers):
    """Law: what waits or is under way is not taken in twice, unless that is wanted; what is done may come again."""
    one, two = workers
    assert one.push(text("a"), 0, "a", doubles=False)
    assert not two.push(text("a", 1), 1, "a", doubles=False)
    taken = one.pop()
    assert not two.push(text("a", 1), 1, "a", doubles=False)
    assert two.push(text("a", 2), 2, "a", doubles=True)

    one.done(taken, "a")
    assert not two.push(text("a", 1), 1, "a", doubles=False)
    two.done(two.pop(), "a")

    assert two.push(text("a", 1), 1, "a", doubles=False)


def test_a_dead_workers_requests_wait_again(workers):
    """Law: what a worker held that gives no sign of life waits again, where it stood, and nothing of one that lives."""
    one, two = workers
    for name, priority in (("a", 3), ("b", 2), ("c", 1)):
        one.push(text(name, priority), priority, name, doubles=False)
    one.beat()
    two.beat()
    one.hold("!1 a listing")
    held = one.pop()
    assert (two.take_up(), two.waiting()) == (0, 4)

    time.sleep(0.3)
    two.beat()

    assert two.take_up() == 1
    assert (two.waiting(), two.pop()) == (3, held)
    one.done(held, "a")
    assert one.waiting() == 3


def test_a_lease_has_one_holder(workers):
    """Law: a lease is one worker's until it lets go or dies; then the next has another token, and the old one counts no more."""
    one, two = workers
    one.beat()
    token = one.lease(URL)
    assert two.lease(URL) is None
    for _ in range(4):
        time.sleep(0.1)
        one.beat()
    assert one.holds(URL, token)
    assert one.lease(URL) == token

    time.sleep(0.3)
    late = two.lease(URL)

    assert late not in (None, token)
    assert not one.holds(URL, token)
    one.beat()
    one.release(URL, token)
    assert two.holds(URL, late)


def test_who_starts_again_leaves_nothing_behind(workers):
    """Law: a worker that begins where one of its name died need not wait for leases to run out."""
    one, two = workers
    one.beat()
    one.push(text("a"), 0, "a", doubles=False)
    held, _ = one.pop(), one.lease(URL)

    one.leave()

    assert two.pop() == held
    assert two.lease(URL)


def test_a_host_is_one_workers_at_a_time(workers):
    """Law: whoever asks a host has its turn for as long as the pause is; the other is told how long to wait."""
    one, two = workers

    assert one.turn("www.rfi.fr", 0.1) == 0
    assert 0 < two.turn("www.rfi.fr", 0.1) <= 0.1
    time.sleep(0.11)
    assert two.turn("www.rfi.fr", 0.1) == 0
    one.keep_off("www.rfi.fr", 5)
    assert two.turn("www.rfi.fr", 0.1) > 4


def test_refusals_in_a_row_are_those_of_all(workers):
    """Law: refusals are counted over all workers, until one is welcome."""
    one, two = workers

    assert [worker.row("h", refused=True) for worker in (one, two, one)] == [0, 1, 2]
    assert two.row("h", refused=False) == 3
    assert one.row("h", refused=True) == 0


def test_a_redis_that_is_away_is_one_clear_error():
    """Law: an address that is none is wrong usage; where nobody answers the run cannot write.  Neither tells a password."""
    with pytest.raises(BadUsage, match=r"^QUEUE_URL: "):
        Shared("http://127.0.0.1:1", "rfi_cn", "one", 1)
    with pytest.raises(CannotWrite, match=r"^QUEUE_URL: Redis cannot be used") as error:
        Shared("redis://:secret@127.0.0.1:1/0", "rfi_cn", "one", 1).beat()
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("made", ["{}", "[]", "null", '{"meta": {"asked": "nobody"}}', '{"meta": 1}', "no JSON"])
def test_no_letter_but_ours_is_read(made):
    """Law: any text but a letter of ours is a ValueError."""
    with pytest.raises(ValueError, match=r"[a-z]"):
        letter.loads(made)


def test_no_letter_tells_a_secret():
    """Law: of a request crosses what is named, and nothing that one worker has set: no header, no proxy, no answer."""
    meta = {"asked": "listing", "proxy": "http://me:secret@proxy", "exchange": object(), "retry_times": 1}
    told = {"url": URL, "callback": "page", "errback": "no_page", "priority": 7, "dont_filter": True}

    crossed = letter.loads(letter.dumps({**told, "headers": {"a": b"secret"}, "meta": meta, "fingerprint": "f"}))

    assert crossed == {**told, "meta": {"asked": "listing", "retry_times": 1}, "fingerprint": "f"}
