"""Laws of the spool: what is written is read back, wherever it lies."""

import resource
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.files.spool import Spool

FULL = """
import resource, signal
from archive.errors import CannotWrite
from archive.files.spool import Spool

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
spool = Spool(10)
try:
    spool.write(bytes(2000))
except CannotWrite as error:
    print(error)
"""


@given(st.lists(st.binary(max_size=20)), st.integers(min_value=0, max_value=60))
@example([b"12345", b"67890"], 10)
@example([b"12345", b"678901"], 10)
@example([], 0)
def test_what_is_written_is_read_back(pieces, in_memory):
    """Law: any writes are read as one run of bytes, below, at and above what memory holds, between writes too."""
    spool, all_of_it = Spool(in_memory), b""
    for piece in pieces:
        spool.write(memoryview(piece))
        all_of_it += piece
        assert bytes(spool.view()) == all_of_it
        assert len(spool) == len(all_of_it)

    assert bytes(spool.view()) == all_of_it


@pytest.mark.parametrize("size", [0, 10, 11, 5_000_000])
def test_view_outlives_its_spool(size):
    """Law: a view is whole when the spool that made it is gone, and never grows."""
    spool = Spool(10)
    spool.write(bytes(range(256)) * (size // 256 + 1))
    view = spool.view()
    spool.write(b"more")
    del spool

    assert bytes(view) == bytes(range(256)) * (size // 256 + 1)


def test_many_bytes_lie_in_a_file():
    """Law: what is above the limit takes no memory, and its view is read only."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spool = Spool(1 << 16)
    for _ in range(3000):
        spool.write(bytes(1 << 15))
    view = spool.view()

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "kilobytes"
    assert (len(view), isinstance(view, memoryview) and view.readonly) == (3000 << 15, True)


def test_no_room_for_temporary_files_is_said_so():
    """Law: a refusal of the file system is CannotWrite, which a download does not take for a lost connection."""
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("cannot write /")
    assert "file-size limit" in done.stdout
