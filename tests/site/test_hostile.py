"""Hostile answers, on a raw socket: each says what its name says, and the log agrees as far as it can."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import Running, Site, serve
from tests.site.client import connected, get, request
from tests.site.hostile import HOSTILE
from tests.site.test_odd import agrees

ENDLESS = "tiny-chunks endless-head interim-flood flood flood-length drip-forever".split()
RSS = "https://www.rfi.fr/cn/rss"


@pytest.fixture
def running() -> Iterator[Running]:
    """A site that has no fault yet."""
    with serve(Site(feed_items=3)) as one:
        yield one


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if name not in (*ENDLESS, "http-0.9", "000", "length-small")]
)
def test_the_log_says_what_was_sent(running: Running, name: str) -> None:
    """Law: heads, entity and status of each that ends are logged exactly."""
    running.site.set_fault("/cn/rss$", name)

    reply = get(running, RSS)

    agrees(running.log[-1], reply)
    assert running.log[-1].fault == name


@pytest.mark.parametrize("name", ENDLESS)
def test_what_is_endless_is_sent_until_the_client_has_enough(running: Running, name: str) -> None:
    """Law: bytes go on coming, and another client is served meanwhile."""
    running.site.set_fault("/cn/rss$", name)
    enough = 50 if name == "drip-forever" else 300_000
    with connected(running, RSS) as sock:
        sock.sendall(request(RSS))
        received = 0
        while received < enough:
            received += len(sock.recv(1 << 16))

        assert get(running, "https://www.rfi.fr/robots.txt").status == 200


def test_the_readme_lists_every_hostile_answer() -> None:
    """Law: README.md's second table names each."""
    table = Path(__file__).with_name("README.md").read_text("utf-8").split("|---|")[2].split("**Pages")[0]
    assert sorted(re.findall(r"`([\w.-]+)`", table)) == sorted(HOSTILE)
