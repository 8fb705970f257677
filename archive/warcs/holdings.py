"""Holdings: the sealed WARC files of an archive, those in its folder and those in the store."""

from pathlib import Path

from archive import warc
from archive.files import reach


def sealed(folder: Path) -> list[Path]:
    """Return them in the order in which they were begun, each as its path in the folder.  Raises OSError."""
    return sorted({*warc.sealed(folder), *reach.names(folder)}, key=lambda path: warc.sort_key(path.name))


def total(root: Path) -> int:
    """Return how many bytes they have: for a progress bar.  Raises OSError."""
    return sum(map(reach.size, sealed(root / "warc")))
