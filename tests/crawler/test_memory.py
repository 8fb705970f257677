"""Answers made to take memory, as large as the settings let them be; 400 MB must do.

So must they for every row of test_faults.py and test_faults_elsewhere.py.  The limit is RLIMIT_DATA, set by prlimit:
all memory that is a process's own, its heap and what it maps for itself, used or not; files that it maps are not
counted, and a large answer lies in one.
"""

import subprocess
import sys

import pytest

from tests.crawler.crawling import limited
from tests.crawler.faults import MEMORY, Fault, Row, holds, strike
from tests.crawler.listings import unread
from tests.site import broken

pytestmark = pytest.mark.slow
MOST = 32 << 20
"""DOWNLOAD_MAXSIZE as it is set."""
LARGE: Row = {"most": MOST, "got": (200,), "settings": {"DOWNLOAD_TIMEOUT": 20}}
"""Time enough for what waits while a large answer is read."""
BOMB: Row = {"last": "3 found, 2 archived, 1 rejected", "state": "rejected", "why": "undecodable: .* open to more than"}
BOMBED = Fault("bomb", **LARGE, **BOMB)
FAULTS = (
    Fault("flood", **LARGE, cut="length", endless=broken.BLOCK, least=MOST),
    Fault("flood-length", **LARGE, cut="length", endless=broken.BLOCK, least=0),
    BOMBED,
    Fault("bomb-size", **LARGE, **BOMB),
    Fault("attributes", **LARGE, **unread(200, "no article", lost="rejected"), state="rejected"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_answer_takes_much_memory(tmp_path, fault):
    """Law: with 400 MB the row of the table is the same."""
    holds(fault, strike(fault, tmp_path / "a"))


@pytest.mark.parametrize(("size", "there"), [(300 << 20, True), (MEMORY, False)])
def test_the_limit_is_real(size, there):
    """Law: under the limit a process gets 300 MB, and not 400."""
    words = [*limited(data=MEMORY), sys.executable, "-c", f"bytearray({size})"]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode == 0, "MemoryError" in done.stderr) == (there, not there)


def test_a_crawl_is_held_to_it(tmp_path):
    """Law: a crawl that gets less than it needs fails, so it cannot have escaped the limit."""
    assert strike(BOMBED, tmp_path / "a", memory=24 << 20).run.crawled.code != 0
