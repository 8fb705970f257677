"""Folder: a folder of many files, made under a temporary name and put in its place whole."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import BadUsage
from archive.files import disk


@contextmanager
def made(out: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """Give a new folder to be filled; behind the block it is durable and has the place of `out`, or nothing happened.

    ours: whether a folder that is there holds such an export, and nothing else; any other that is not empty is
    refused by BadUsage.  Raises CannotWrite.
    """
    place = out.resolve()
    if not may_take(place, ours):
        raise BadUsage(f"{out} is there, and no export of this kind: name another --out, or take it away")
    fresh, former = (place.with_name(f".{place.name}.{kind}") for kind in ("new", "old"))
    with disk.writing(out):
        try:
            _clear(fresh, former)  # what a killed export left
            disk.make_folder(fresh)
            yield fresh
            _sync(fresh)
            if place.exists():
                place.rename(former)
            fresh.rename(place)
            disk.sync_folder(place.parent)
        finally:
            _clear(fresh, former)


def may_take(place: Path, ours: Callable[[Path], bool]) -> bool:
    """Tell whether nothing of somebody else's is lost where a folder takes this place."""
    if not (place.exists() or place.is_symlink()):
        return bool(place.name)
    return place.is_dir() and (not any(place.iterdir()) or ours(place))


def _sync(folder: Path) -> None:
    """Make all that is below a folder durable."""
    for path, _, names in os.walk(folder):
        for name in names:
            with Path(path, name).open("rb") as file:
                os.fsync(file.fileno())
        disk.sync_folder(Path(path))


def _clear(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
