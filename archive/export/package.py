"""Package: a zip file with a list of what it holds, the frame of a WACZ.

The same content makes the same bytes: times are fixed, and so are names and order.
Source: WACZ 1.1.1, "WACZ Object"; Frictionless Data Package 1.0.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Self

VERSION = "1.1.1"
"""Of the WACZ format."""
LISTED, DIGEST = "datapackage.json", "datapackage-digest.json"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can name."""
_STEP = 1 << 20


class Package:
    """Takes files one after the other, each in pieces; `close` writes the list.  Use it in a `with` block."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to an empty file that can be read and sought in."""
        self._file = file
        self._zip = zipfile.ZipFile(file, "w")
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After an error forget the file: the zip module would write a directory when its garbage is collected."""
        if kind:
            self._zip.fp = None

    def add(self, path: str, pieces: Iterable[bytes], *, squeeze: bool = False, most: int = 0) -> str:
        """Add a file; return its SHA-256, hex.

        squeeze: compress it; what is read by offset must not be.  most: how many bytes it may have, if that may be
        2 GiB or more.  ReplayWeb.page takes a file's place from the zip's directory alone if that has no extra
        field, so one that needs none must not have one in its own header either: no `file_size` is told here.
        """
        info = zipfile.ZipInfo(path, _WHEN)
        info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
        info.create_system, info.external_attr = 3, 0o644 << 16  # wherever it is made
        sha256, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=most > zipfile.ZIP64_LIMIT) as entry:
            for piece in pieces:
                entry.write(piece)
                sha256.update(piece)
                size += len(piece)
        name = path.rpartition("/")[2].lower()
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{sha256.hexdigest()}", "bytes": size})
        return sha256.hexdigest()

    def close(self, about: Mapping[str, str]) -> None:
        """Write the list of all files, with `about` in it, and the list's own digest; make all of it durable."""
        told = {"profile": "data-package", "wacz_version": VERSION, **about, "resources": self._resources}
        digest = self.add(LISTED, [_json(told)], squeeze=True)
        self.add(DIGEST, [_json({"path": LISTED, "hash": f"sha256:{digest}"})], squeeze=True)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())


def pieces(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes of a file from offset `start` on; fewer if it ends before."""
    file.seek(start)
    while length > 0 and (piece := file.read(min(_STEP, length))):
        yield piece
        length -= len(piece)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
