"""An archive and a reader over it, made once a worker; a browser that can reach nobody else, once a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, news
from tests.browser.serving import Served, served


@pytest.fixture(scope="session")
def reader(tmp_path_factory) -> Iterator[Served]:
    """The reader of the archive of `news.py`."""
    root = news.make(tmp_path_factory.mktemp("news") / "archive")
    with served(root) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    """A browser; when all is over, its own log says that it connected to this machine only."""
    log = tmp_path_factory.mktemp("browser") / "network.json"
    with chromium.chromium(log) as found:
        yield found
    assert {address.rpartition(":")[0] for address in chromium.connected(log)} <= {"127.0.0.1"}
