"""Seal: a WARC file gets its name when it reads back as it was written, and is never changed after that."""

from pathlib import Path

from archive import warc
from archive.errors import BadRecord, CannotWrite
from archive.files import disk
from archive.files.disk import sync_folder, writing
from archive.records import lenient
from archive.records.record import digests_of


def gate(left: Path, sha256: str) -> None:
    """Raise CannotWrite unless a file holds what was written to it, each record whole and with its digests.

    sha256: of all that was written, hex.  A file that fails keeps `.open`, and the next run mends it.
    """
    with writing(left):
        same = disk.sha256(left) == sha256
    problem = _damage(left) or ("" if same else "other bytes stand in it")
    if problem:
        raise CannotWrite(f"{left} does not read back as it was written ({problem}): check the disk, then run again")


def _damage(left: Path) -> str:
    """Return what is wrong with the first record that is not whole; "" if all are."""
    try:
        for record in warc.walk(left):
            if lenient.is_foreign(record.file) and record.type in ("response", "request"):
                continue  # its digests are another tool's, and were looked at before it was written
            if record.type != "revisit" and any(record.get(name) != is_ for name, is_ in digests_of(record).items()):
                return f"a digest is wrong at offset {record.offset}"
    except BadRecord as error:
        return str(error)
    return ""


def seal(left: Path) -> None:
    """Take `.open` from a file's name, for good.  Raises CannotWrite: one that is sealed already is not replaced."""
    path = left.with_name(warc.final_name(left))
    with writing(path):
        warc.refuse_existing(path)  # a rename would replace it
        left.rename(path)
        sync_folder(path.parent)
