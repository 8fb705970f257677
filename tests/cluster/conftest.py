"""What tests of many workers share: a Redis, emptied for each."""

import pytest
from redis import Redis

from tests.cluster import servers


@pytest.fixture(scope="module")
def _redis(tmp_path_factory):
    with servers.redis(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture
def redis(_redis):
    """The address of a Redis in which nothing stands."""
    with Redis.from_url(_redis) as one:
        one.flushall()
    return _redis
