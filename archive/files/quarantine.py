"""Quarantine: where article files go that no record makes any more, each with a note that says why."""

import hashlib
from datetime import datetime
from pathlib import Path

from archive.files import disk
from archive.files.disk import make_folder, replace, sync_folder, writing

QUARANTINE = "quarantine"
"""Folder of the archive: files that no record makes, each with a note."""


def put_aside(root: Path, name: str, why: str, now: datetime) -> None:
    """Move a file, by its path relative to the archive, out of the way, beside a note that says why.

    Its hash in its name keeps two of one name apart.  Raises CannotWrite.
    """
    path = root / name
    with writing(path):
        link = path.is_symlink()
        sha256 = hashlib.sha256(bytes(path.readlink())).hexdigest() if link else disk.sha256(path)
        target = root / QUARANTINE / f"{name}-{sha256[:8]}"
        note = f"found {now:%Y-%m-%d %H:%M:%S} UTC as {name}\n{why}\nSHA-256 {sha256}\n"
        replace(target.with_name(target.name + ".note"), note.encode())
        make_folder(target.parent)
        path.rename(target)
        sync_folder(target.parent)
        sync_folder(path.parent)
