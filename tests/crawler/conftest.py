"""What is collected here: the replica's test only where the replica is; and what tests of many runs share."""

from collections.abc import Iterator

import pytest

from tests.crawler.crawling import ROOT
from tests.torture.forked import Hatchery, hatchery

collect_ignore = [] if (ROOT.parent / "shared/replica/replica.py").is_file() else ["test_replica.py"]


@pytest.fixture(scope="module")
def parent() -> Iterator[Hatchery]:
    """The parent of forked runs."""
    with hatchery() as one:
        yield one
