"""Archives that tests of reading, checking and mending start from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive import archives, lived
from tests.archive.server import Server, served


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """An archive with some of everything, made once a module: leave it as it is."""
    return archives.varied(tmp_path_factory.mktemp("good") / "archive")


@pytest.fixture
def root(good, tmp_path):
    """A copy of the good archive, to be broken."""
    return Path(shutil.copytree(good, tmp_path / "archive"))


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[lived.Step]]:
    """An archive in which an article was edited, taken away and given back, and the steps of its script."""
    root = tmp_path_factory.mktemp("life") / "archive"
    return root, lived.live(root)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL of the tests' own."""
    with served() as one:
        yield one
