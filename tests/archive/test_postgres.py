"""Laws of the index in PostgreSQL: those of every index; and many writers leave what one would have left."""

from itertools import count

import pytest

from archive.postgres import Postgres
from tests.archive.contract import Contract
from tests.archive.server import served


@pytest.fixture(scope="session")
def server():
    """A server of these tests."""
    with served() as one:
        yield one


class Schemas:
    """Indexes in schemas of one database."""

    def __init__(self, url):
        self._url, self._names = url, count()

    def name(self):
        return f"index_{next(self._names)}"

    def opened(self, name, *, create=False):
        return Postgres(self._url, schema=name, create=create)


@pytest.fixture(scope="module")
def engine(server):
    return Schemas(server.database())


class TestContract(Contract):
    """An index in PostgreSQL keeps the laws of an index."""

    @pytest.fixture
    def root(self, server, tmp_path, monkeypatch):
        monkeypatch.setenv("INDEX_URL", server.database())
        return tmp_path / "archive"
