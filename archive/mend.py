"""Mend: cut a WARC file that a dead run left open behind its last whole pair, and keep what is cut.

A tail is never guessed at and never written behind: other tools lose every record behind a tear.
"""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from archive.disk import replace, writing
from archive.errors import BadRecord
from archive.record import FIELDS_TYPE, head_fields, new_id, warc_fields
from archive.warc import OPEN, member, walk


def mend(left: Path, now: datetime) -> str | None:
    """Cut a file that a dead run left open behind its last whole pair; return the SHA-256 of what it is now.

    What is cut is kept in `torn/` beside it, and a closing metadata record says so.  None,
    and no file, if nothing whole was in it.  A kill in here leaves a file to mend again.
    """
    end, problem = last_whole_pair(left)
    with writing(left), left.open("r+b") as file:
        if problem:
            file.seek(end)
            torn = file.read()
            cut_sha256 = hashlib.sha256(torn).hexdigest()
            # A second kill may leave a second tear at the same place: the name keeps them apart.
            aside = f"{left.name.removesuffix(OPEN)}-{end}-{cut_sha256[:8]}"
            replace(left.parent / "torn" / aside, torn)
            file.seek(end)
            file.truncate()
            if end:
                cut = (
                    ("cut-bytes", str(len(torn))),
                    ("cut-sha256", cut_sha256),
                    ("cut-because", str(problem)),
                )
                block = warc_fields((*cut, ("cut-kept-in", f"torn/{aside}")))
                fields = head_fields("metadata", new_id(), now, (("Content-Type", FIELDS_TYPE),))
                file.write(b"".join(member(fields, (block,))))
            file.flush()
            os.fsync(file.fileno())
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if not end:
            left.unlink()
    return sha256 if end else None


def last_whole_pair(path: Path) -> tuple[int, BadRecord | None]:
    """Return the offset behind the last whole pair (or lone whole record), and what is wrong behind it."""
    end, pending = 0, False
    try:
        for record in walk(path):
            pending = record.type == "response"
            end = end if pending else record.offset + record.length
    except BadRecord as error:
        return end, error
    return end, BadRecord(path.name, end, "a response without its request") if pending else None
