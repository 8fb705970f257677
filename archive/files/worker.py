"""Worker: the name by which others know whoever writes to an archive that is one of several.

It belongs to the folder: who starts again there after a crash is known to be the same.
"""

import re
import socket
import uuid
from pathlib import Path

from archive.files import disk

NAME = "worker"
"""File in the archive that holds it."""
_FORM = re.compile(r"[A-Za-z0-9.-]{1,80}")


def name(root: Path) -> str:
    """Return the name of an archive's worker, made if it has none: host and random letters.  Raises CannotWrite."""
    path = root / NAME
    with disk.writing(path):
        known = path.read_text("ascii", "replace").strip() if path.exists() else ""
    if _FORM.fullmatch(known):
        return known
    host = re.sub(r"[^A-Za-z0-9]+", ".", socket.gethostname()).strip(".") or "localhost"
    made = f"{host[:60]}-{uuid.uuid4().hex[:8]}"
    disk.replace(path, made.encode() + b"\n")
    return made
