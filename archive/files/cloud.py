"""Cloud: files of an archive in a store that many machines share: S3 and what speaks like it, by fsspec.

A name in the store is the file's path in the archive.  Whatever the store refuses is an OSError.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from archive.errors import BadUsage, CannotWrite, Unsupported

SETTING = "STORE_URL"
"""Environment variable: `s3://BUCKET/PREFIX`, or `file:///FOLDER`, which a network may share; "": all is local."""
PART = 16 << 20
"""Bytes of a file that are sent or read at once; S3 takes 10,000 parts."""
AT_ONCE = 2
"""Parts that are sent at the same time."""
SCHEMES = ("s3://", "file://")
_OVER = 22
"""errno of a range that begins behind the end of a file, as s3fs has it: EINVAL."""


def url() -> str:
    """Return what STORE_URL says; "" where all is local."""
    return os.environ.get(SETTING, "")


def choose(given: str) -> None:
    """Let this process, and those that it starts, use the store that a setting names; "" for none."""
    os.environ[SETTING] = given


def store() -> "Store | None":
    """Return the store that STORE_URL names; None: all is local.  Raises BadUsage, Unsupported."""
    return _opened(url()) if url() else None


@cache
def _opened(address: str) -> "Store":
    return Store(address)


class Store:
    """Files by name."""

    def __init__(self, address: str) -> None:
        """Speak to a store; nothing is asked of it yet.  Raises BadUsage, Unsupported."""
        if not address.startswith(SCHEMES):
            raise BadUsage(f"{SETTING}={address}: it begins with {' or '.join(SCHEMES)}")
        try:
            import fsspec

            self._atomic = address.startswith("s3://")
            given: dict[str, Any] = {"use_listings_cache": False} if self._atomic else {"auto_mkdir": True}
            self._fs, self._root = fsspec.core.url_to_fs(address.rstrip("/"), **given)
        except ImportError as error:
            raise Unsupported(f"{SETTING} needs {error.name}: pip install 'rfi-archive[cluster]'") from None

    def put(self, name: str, content: bytes) -> None:
        """Put a file, whatever stands there, and read it back.  Raises OSError."""
        with _refusals():
            self._fs.pipe_file(self._at(name), content)
        if self.sha256(name) != hashlib.sha256(content).hexdigest():
            raise OSError(f"{name} does not read back from the store as it was sent")

    def add(self, name: str, path: Path) -> None:
        """Send a file that never changes, unless it is there already, and read it back.

        Two machines cannot both win: the store itself refuses the second.  Raises OSError; CannotWrite
        if another file bears this name.
        """
        with _refusals(), suppress(FileExistsError):  # sent before, perhaps by this machine, which died upon it
            self._send(name, path)
        with path.open("rb") as file:
            ours = hashlib.file_digest(file, "sha256").hexdigest()
        if self.sha256(name) != ours:
            raise CannotWrite(f"{name} in the store is not {path}: nothing was changed; look at both, then run again")

    def _send(self, name: str, path: Path) -> None:
        at = self._at(name)
        if not self._atomic and self._fs.exists(at):
            raise FileExistsError(at)
        given = {"chunksize": PART, "max_concurrency": AT_ONCE} if self._atomic else {}
        self._fs.put_file(str(path), at, mode="create", **given)  # S3: If-None-Match: *, of a file in parts too

    def read(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of a stretch, fewer where the file ends before.  Raises OSError, FileNotFoundError."""
        with _refusals():
            try:
                return bytes(self._fs.cat_file(self._at(name), start=start, end=end))
            except OSError as error:
                if error.errno == _OVER and start:
                    return b""
                raise

    def size(self, name: str) -> int:
        """Return the bytes of a file.  Raises OSError, FileNotFoundError."""
        with _refusals():
            return int(self._fs.info(self._at(name))["size"])

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of a file, hex, as the store gives it back.  Raises OSError."""
        found, at = hashlib.sha256(), 0
        while piece := self.read(name, at, at + PART):
            found.update(piece)
            at += len(piece)
            if len(piece) < PART:
                break
        return found.hexdigest()

    def names(self, folder: str) -> Iterator[tuple[str, int]]:
        """Yield the names of all files below a folder, with their bytes.  Raises OSError."""
        with _refusals():
            found = self._fs.find(self._at(folder), detail=True)
        for at, info in found.items():
            if info["type"] == "file":  # s3fs tells of the folder itself where its first file comes meanwhile
                yield at.removeprefix(f"{self._root}/"), int(info["size"])

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn whatever a client of a store raises into OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"the store {url()}: {error}") from error
