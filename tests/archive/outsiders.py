"""Strangers: WARC files as other tools write them, record by record, without any of our own writers."""

import base64
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import zstandard

from archive.errors import BadRecord
from archive.strangers import foreign

URL = "https://www.rfi.fr/cn/%E4%B8%AD%E5%9B%BD/20231026-a"


def sha1(data: bytes) -> str:
    """A labelled digest as most tools write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(
    kind: str,
    block: bytes,
    *more: tuple[str, str],
    url: str = URL,
    version: str = "1.0",
    date: str = "2023-10-27T08:09:10Z",
    end: bytes = b"\r\n",
) -> bytes:
    """One record, not compressed, its end included."""
    given = {name.lower() for name, _ in more}
    name = hashlib.sha256(kind.encode() + url.encode() + block + date.encode()).hexdigest()
    fields = [("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{name[:32]}>"), ("WARC-Date", date)]
    fields += [("WARC-Target-URI", url)] if url else []
    fields = [field for field in fields if field[0].lower() not in given]
    lines = [f"WARC/{version}", *(f"{n}: {v}" for n, v in (*fields, *more)), f"Content-Length: {len(block)}", "", ""]
    return end.join(line.encode() for line in lines) + block + end + end


def http(body: bytes, *more: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    """An answer's block."""
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {kind}", *more, "", "")).encode() + body


def each_gzipped(records: Iterable[bytes]) -> bytes:
    """A .warc.gz of a member a record."""
    return b"".join(gzip.compress(one, 6, mtime=0) for one in records)


def each_zstd(records: Iterable[bytes], dictionary: bytes = b"") -> bytes:
    """A .warc.zst of a frame a record, with its dictionary in front if it has one."""
    if not dictionary:
        return b"".join(zstandard.ZstdCompressor().compress(one) for one in records)
    packer = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(dictionary))
    held = zstandard.ZstdCompressor().compress(dictionary)
    return b"\x5d\x2a\x4d\x18" + len(held).to_bytes(4, "little") + held + b"".join(map(packer.compress, records))


def wacz(*entries: tuple[str, bytes, int]) -> bytes:
    """A zip file of (name, bytes, way of compression)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data, how in entries:
            package.writestr(name, data, how)
    return out.getvalue()


def read(folder: Path, data: bytes, name: str = "a.bin") -> tuple[list[foreign.Raw], list[BadRecord]]:
    """All records of a file with these bytes, and all that is told of it."""
    path = folder / name
    path.write_bytes(data)
    found = list(foreign.records(path))
    return (
        [one for one in found if isinstance(one, foreign.Raw)],
        [one for one in found if isinstance(one, BadRecord)],
    )


def whole(raw: foreign.Raw) -> bytes:
    """A record as it stood, but for its end."""
    return raw.header + bytes(raw.record.block)
