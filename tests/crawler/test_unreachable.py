"""A site that cannot be reached at all: nobody listens, or its name is nobody's."""

import socket

import pytest

from tests.crawler import evidence, loopback, state
from tests.crawler.crawling import crawl, verify

pytestmark = pytest.mark.slow
NOTHING_FOUND = 14
ROBOTS = "https://www.rfi.fr/robots.txt"


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((loopback.ADDRESS, 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("settings", "why"),
    [(loopback.SETTINGS, "DownloadConnectionRefusedError"), (loopback.NOWHERE, "CannotResolveHostError")],
    ids=["refused", "no name"],
)
def test_a_site_that_cannot_be_reached(tmp_path, settings, why):
    """Law: each try is noted, nothing is recorded, the run ends with 14 and one line, without a traceback."""
    archive, env = tmp_path / "a", {"LOOPBACK": f"80={closed_port()} 443={closed_port()}"}

    done = crawl(archive, None, env=env, settings=settings | {"RETRY_TIMES": 1})

    done.was_clean(NOTHING_FOUND)
    assert done.last.startswith("rfi-archive: nothing could be discovered: ")
    assert evidence.pairs(archive) == []
    assert evidence.failed(archive) == [ROBOTS] * 2
    assert state.of(archive)[ROBOTS] == ("failed", 1)
    assert why.encode() in b"".join(record.block for record in evidence.records(archive))
    verify(archive)
