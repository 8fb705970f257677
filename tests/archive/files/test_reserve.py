"""Laws of the reserve: while a run lasts its room is taken, afterwards it is there again."""

import os
import resource

import pytest

from archive.errors import CannotWrite, NotFound
from archive.files.lock import held
from archive.files.reserve import NAME, SIZE, Reserve
from tests.archive import archives


def test_the_room_is_taken_and_given_back(tmp_path):
    """Law: the reserve takes SIZE bytes of the disk, not of its length only, and leaves nothing."""
    reserve = Reserve(tmp_path)
    stands = (tmp_path / NAME).stat()
    assert stands.st_size == SIZE
    assert stands.st_blocks * 512 >= SIZE
    reserve.release()
    reserve.release()
    assert list(tmp_path.iterdir()) == []


def test_the_reserve_of_a_dead_run_is_taken_over(tmp_path):
    """Law: what a run that died kept back is the next one's."""
    Reserve(tmp_path)
    Reserve(tmp_path).release()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_so(tmp_path):
    """Law: where no room can be had, it is CannotWrite, and nothing is left."""
    with pytest.raises(CannotWrite, match="cannot write"):
        Reserve(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_a_limit_on_files_is_no_full_disk(tmp_path):
    """Law: a limit on the size of a file lets a run begin: it is told where it is reached."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            Reserve(tmp_path)
        finally:
            os._exit(len(list(tmp_path.iterdir())))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_archive_that_is_refused_keeps_nothing_back(tmp_path):
    """Law: a run that does not begin leaves neither the reserve nor the lock behind."""
    archives.crawl(tmp_path, [archives.page(archives.CN[0])])
    archives.edit(tmp_path, "update warcs set sha256 = ''")
    with pytest.raises(NotFound):
        archives.open_archive(tmp_path)

    assert not (tmp_path / NAME).exists()
    assert not held(tmp_path)
