"""Walk: every file below some paths, in the order of their names; whatever there is, little of it is held.

No link is followed, and nothing is opened that is no file: neither a ring of links nor a pipe
that nobody writes to holds a walk up.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.files.sorting import Sorting


class Walk:
    """What lies at and below some paths; a path that is a link itself was named by somebody, and is followed."""

    def __init__(self, paths: Iterable[Path], without: Path) -> None:
        """Look for all files, but for those in the folder `without`.  Raises CannotWrite: no room for their names."""
        self.size = 0
        """Bytes of all the files."""
        self.passed = 0
        """Links, pipes and the like."""
        self.problems: list[tuple[str, str]] = []
        """Folders that cannot be read, and paths at which there is nothing: name, and why."""
        self._names = Sorting()
        self._without = _identity(without) if without.exists() else None
        self._folders: list[str] = []
        for path in paths:
            self._names.add(self._named(str(path)))
        while self._folders:
            self._names.add(self._listed(self._folders.pop()))

    def __iter__(self) -> Iterator[str]:
        """Yield the files' names, each once, in the order of their bytes."""
        return (os.fsdecode(bytes.fromhex(line)) for line in self._names)

    def close(self) -> None:
        """Let the names go."""
        self._names.close()

    def _named(self, path: str) -> Iterator[str]:
        if os.path.isdir(path):  # noqa: PTH112 - a Path for each file takes longer than all else
            self._folders.append(path)
        elif os.path.isfile(path):  # noqa: PTH113 - as above
            yield self._noted(path, os.stat(path).st_size)  # noqa: PTH116 - as above
        else:
            self.problems.append((path, "there is no file or folder of this name"))

    def _listed(self, folder: str) -> Iterator[str]:
        """Yield the lines of the files in one folder, and note the folders in it."""
        try:
            if _identity(folder) == self._without:
                return
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        self._folders.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        yield self._noted(entry.path, entry.stat(follow_symlinks=False).st_size)
                    else:
                        self.passed += 1
        except OSError as error:
            self.problems.append((folder, f"the folder cannot be read: {error.strerror}"))

    def _noted(self, path: str, size: int) -> str:
        """Count a file; return its line, which sorts as the bytes of its name do."""
        self.size += size
        return os.fsencode(path).hex()


def _identity(folder: str | Path) -> tuple[int, int]:
    found = os.stat(folder)  # noqa: PTH116 - as above
    return found.st_dev, found.st_ino
