"""What tests of many workers share: a Redis, emptied for each."""

import os
import shutil

import fsspec
import pytest
from redis import Redis

from archive.files import cloud
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


@pytest.fixture(scope="module")
def _s3(tmp_path_factory):
    with servers.s3(tmp_path_factory.mktemp("s3")) as bucket:
        yield bucket


@pytest.fixture
def bucket(_s3):
    """A bucket in which nothing lies."""
    files, path = fsspec.core.url_to_fs(_s3.url)
    for name in files.find(path):
        files.rm_file(name)
    return _s3


@pytest.fixture(params=["s3", "file"])
def store(request, tmp_path):
    """A store in which nothing lies, of each kind; this process has chosen it."""
    before = os.environ.get(cloud.SETTING)
    address = request.getfixturevalue("bucket").url if request.param == "s3" else f"file://{tmp_path / 'far'}"
    cloud.choose(address)
    yield cloud.store()
    os.environ.pop(cloud.SETTING) if before is None else cloud.choose(before)
    shutil.rmtree(tmp_path / "far", ignore_errors=True)
