"""Shipping: what is finished goes to the store; a local copy goes away when the store has given the same bytes back.

Whatever dies, wherever it dies, the local copy is there, or both are; the next run goes on.
"""

from contextlib import suppress
from pathlib import Path

from archive import warc
from archive.files import cloud, reach
from archive.files.disk import sync_folder, writing

LISTS = ("lists", "cdxj")
"""Folders of files that are made again from the index: they stay here, and the store has the newest."""
LEAVING = ".leaving"
"""Stands behind the name of an article file that is on its way; the name is free for a newer version."""


def warcs(root: Path) -> int:
    """Send all sealed WARC files; return how many.  Raises CannotWrite."""
    sent = 0
    for path in warc.sealed(root / "warc") if cloud.store() else ():
        _leave(path, path)
        sent += 1
    return sent


def article(path: Path) -> None:
    """Send one article file, if it is here; whoever calls sees to it that nobody sends another version.

    Raises CannotWrite.
    """
    leaving = path.with_name(f".{path.name}{LEAVING}")
    if cloud.store():
        with writing(path):
            if path.exists():
                path.rename(leaving)
            if leaving.exists():
                _leave(leaving, path)


def articles(root: Path) -> int:
    """Send the article files that a dead run left; return how many.  Raises CannotWrite."""
    left = (root / "articles").glob("*/*/*.md*") if cloud.store() else ()
    names = {path.with_name(path.name.removeprefix(".").removesuffix(LEAVING)) for path in left}
    for path in sorted(path for path in names if path.suffix == ".md"):
        article(path)
    return len(names)


def lists(root: Path) -> None:
    """Send what is made from the index; of `cdxj/`, which never changes, what is not there.  Raises CannotWrite."""
    store = cloud.store()
    if store is None:
        return
    with writing(root):
        there = {name for name, _ in store.names("cdxj")}
        for path in (path for folder in LISTS for path in sorted((root / folder).glob("[!.]*"))):
            if (name := f"{path.parent.name}/{path.name}") not in there:
                store.put(name, path.read_bytes())


def _leave(path: Path, named: Path) -> None:
    """Send a file by the name that it bears in the archive, and remove it here.  Raises CannotWrite."""
    store, name = cloud.store(), reach.key(named)
    assert store
    assert name
    with writing(path):
        try:
            if name.startswith("warc/"):
                store.add(name, path)
            else:
                store.put(name, path.read_bytes())
        except FileNotFoundError:
            if path.exists():
                raise
            return  # another one of this machine has sent it
        with suppress(FileNotFoundError):
            path.unlink()
        sync_folder(path.parent)
