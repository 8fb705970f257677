"""Laws of the disk: the old bytes or the new ones; every refusal is CannotWrite and says what to do."""

import errno
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import CannotWrite
from archive.files import disk

LIMITED = """
import resource, signal, sys
from pathlib import Path
from archive.files import disk
from archive.errors import CannotWrite

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    disk.replace(Path(sys.argv[1]), bytes(100_000))
except CannotWrite as error:
    print(error)
"""


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@given(st.lists(st.binary(), min_size=1, max_size=3))
def test_what_was_put_is_there(tmp_path_factory, contents):
    """Law: a file holds what was put there last, and nothing lies beside it; folders above it are made."""
    path = tmp_path_factory.mktemp("disk") / "a" / "b" / "article.md"
    for content in contents:
        disk.replace(path, content)
        assert path.read_bytes() == content

    assert names(path.parent) == ["article.md"]


@pytest.mark.parametrize("limit", [0, 1, 4096, 99_999])
def test_full_disk_keeps_the_old_file(tmp_path, limit):
    """Law: where the new bytes do not fit, the old file keeps its hash, no part of the new one stays, and it is said."""
    path = tmp_path / "article.md"
    disk.replace(path, b"old")
    before = sha256(path)
    done = subprocess.run([sys.executable, "-c", LIMITED, path, str(limit)], capture_output=True, text=True, check=True)

    assert done.stdout == f"cannot write {path}: a file-size limit is reached: raise it (ulimit -f) and run again\n"
    assert (sha256(path), names(tmp_path)) == (before, ["article.md"])


def test_leftover_of_a_kill_is_written_over(tmp_path):
    """Law: what a killed run left under the temporary name neither hinders nor stays."""
    (tmp_path / ".article.md.new").write_bytes(b"half of an old artic")
    disk.replace(tmp_path / "article.md", b"new")

    assert (names(tmp_path), (tmp_path / "article.md").read_bytes()) == (["article.md"], b"new")


@pytest.mark.parametrize("place", ["file/below/a file", "folder", "/proc/no/such/folder", "/dev/null/file"])
def test_place_that_cannot_be_written_is_said_so(tmp_path, place):
    """Law: no place raises anything but CannotWrite, which names it.

    Tests may run as root, whom no permission stops: these places refuse root, too.
    """
    (tmp_path / "file").write_bytes(b"a file, not a folder")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWrite, match=f"^cannot write {tmp_path / place}: "):
        disk.replace(tmp_path / place, b"new")

    assert names(tmp_path) == ["file", "folder"]


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_refusal_is_one_line(number):
    """Law: any OSError becomes one line with the path and a reason; the cause is kept."""
    with pytest.raises(CannotWrite, match=r"^cannot write /a/b: [^\n]+$") as caught, disk.writing(Path("/a/b")):
        raise OSError(number, "raw")

    assert isinstance(caught.value.__cause__, OSError)
    assert not isinstance(caught.value, OSError), "Scrapy would try again"


def test_other_errors_pass():
    """Law: what is no refusal of the file system stays what it is."""
    with pytest.raises(KeyError), disk.writing(Path("/a/b")):
        raise KeyError
