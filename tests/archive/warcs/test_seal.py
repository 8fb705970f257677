"""Laws of sealing: a file gets its name only if it reads back as it was written, and none is replaced."""

import pytest

from archive import warc
from archive.doctor import doctor
from archive.errors import CannotWrite, NotFound
from archive.warcs.seal import gate, seal
from tests.archive import archives
from tests.archive.archives import CLOCK, CN, crawl, findings, keep, open_archive, page


def change(path, at):
    """Let the disk hold another byte."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def left_by(archive):
    (left,) = (archive.root / "warc").glob("*" + warc.OPEN)
    return left


@pytest.mark.parametrize("at", [600, -5])
def test_a_file_that_does_not_read_back_is_not_sealed(tmp_path, at):
    """Law: where the disk holds other bytes than were written, the run ends with one clear line, the file is left
    open, and no run goes on before the doctor has mended it: then what was lost is fetched again."""
    archive = open_archive(tmp_path)
    for article in CN[:3]:
        keep(archive, page(article))
    left = left_by(archive)
    change(left, at)
    with pytest.raises(CannotWrite, match="does not read back as it was written"):
        archives.close(archive)

    assert warc.sealed(tmp_path / "warc") == []
    assert left.exists()
    CLOCK.wait(hours=1)
    with pytest.raises(NotFound, match=r"lost what the index knows of .*doctor"):
        open_archive(tmp_path)
    assert {cure.does for cure in doctor(tmp_path, CLOCK(), lambda _: None)} >= {"mend", "drop row", "quarantine"}
    crawl(tmp_path, [page(CN[2])])
    assert len(list((tmp_path / "warc" / "torn").iterdir())) == 1
    assert len(warc.sealed(tmp_path / "warc")) == 2
    assert findings(tmp_path) == []


def test_after_it_nothing_is_written_to_the_file(tmp_path):
    """Law: a writer whose file was refused is done with: the end of the run adds nothing to it."""
    archive = open_archive(tmp_path, rotate=1)
    keep(archive, page(CN[0]))
    change(left_by(archive), -5)
    with pytest.raises(CannotWrite):
        keep(archive, page(CN[1]))
    before = left_by(archive).read_bytes()
    archive.finish("cannot_write", {})
    archive.close()

    assert left_by(archive).read_bytes() == before


def test_the_gate_lets_whole_files_through(tmp_path):
    """Law: what was written, and nothing else, gets its name."""
    archive = open_archive(tmp_path)
    keep(archive, page(CN[0]))
    writer = archive._warc
    assert writer
    left = writer.close()
    gate(left, writer.sha256)
    with pytest.raises(CannotWrite, match="other bytes"):
        gate(left, "0" * 64)
    seal(left)
    archive.close()

    assert [path.name for path in warc.sealed(tmp_path / "warc")] == [warc.final_name(left)]


def test_a_run_without_trouble_is_sealed(tmp_path):
    """Law: revisits pass the gate, too."""
    crawl(tmp_path, [page(CN[0]), page(CN[0])])

    assert findings(tmp_path) == []
