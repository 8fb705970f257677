"""Mend: cut a WARC file that a dead run left open behind its last whole pair, and keep what is cut.

A tail is never guessed at and never written behind: other tools lose every record behind a tear.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

from archive.errors import BadRecord
from archive.files.disk import replace, writing
from archive.records.member import member
from archive.records.record import ANSWERS, FIELDS_TYPE, head_fields, new_id, warc_fields
from archive.warc import final_name, walk

_STEP = 1 << 20


def mend(left: Path, now: datetime) -> str | None:
    """Cut a file that a dead run left open behind its last whole pair; return the SHA-256 of what it is now.

    What is cut is kept in `torn/` beside it, and a closing metadata record says so.  None,
    and no file, if nothing whole was in it.  A kill in here leaves a file to mend again.
    """
    end, problem = last_whole_pair(left)
    with writing(left), left.open("r+b") as file:
        if problem:
            said = _keep_aside(file, left, end, problem, now)
            _close_with(file, end, b"".join(said) if end else b"")
        if not end:
            left.unlink()
            return None
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_aside(file: BufferedRandom, left: Path, end: int, problem: BadRecord, now: datetime) -> Iterator[bytes]:
    """Copy all behind `end` into `torn/`; return the record that says so."""
    file.seek(end)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.tell() - end
    # A second kill may leave a second tear at the same place: the name keeps them apart.
    aside = f"{final_name(left)}-{end}-{sha256[:8]}"
    file.seek(end)
    replace(left.parent / "torn" / aside, iter(lambda: file.read(_STEP), b""))
    said = (
        ("cut-bytes", str(size)),
        ("cut-sha256", sha256),
        ("cut-because", str(problem)),
        ("cut-kept-in", f"torn/{aside}"),
    )
    fields = head_fields("metadata", new_id(), now, (("Content-Type", FIELDS_TYPE),))
    return member(fields, (warc_fields(said),))


def _close_with(file: BufferedRandom, end: int, record: bytes) -> None:
    """Let a file end at `end` with a record behind it.

    The record goes over the tail before what is left of that is cut off: a kill in
    between leaves a tear, and so another record that tells of it, never a cut untold.
    """
    file.seek(end)
    file.write(record)
    file.flush()
    os.fsync(file.fileno())
    file.truncate(end + len(record))


def last_whole_pair(path: Path) -> tuple[int, BadRecord | None]:
    """Return the offset behind the last whole pair (or lone whole record), and what is wrong behind it."""
    end, pending = 0, False
    try:
        for record in walk(path):
            pending = record.type in ANSWERS
            end = end if pending else record.offset + record.length
    except BadRecord as error:
        return end, error
    return end, BadRecord(path.name, end, "a response without its request") if pending else None
