"""Witness: what is wrong with an archive, told by zlib, warcio and sqlite3: none of the project's own code.

Each function returns lines; none is well.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArchiveLoadFailed

from tests.crawler import evidence, state
from tests.site import Site

Hashes = dict[str, str]


def members(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield offset and content of each whole gzip member; zlib.error or EOFError where one is not."""
    at = 0
    while at < len(data):
        unzip = zlib.decompressobj(31)
        content = unzip.decompress(data[at:])
        if not unzip.eof:
            raise EOFError(f"torn at {at}")
        yield at, content
        at = len(data) - len(unzip.unused_data)


def sealed(archive: Path) -> Hashes:
    """SHA-256 of each sealed file, by name; also of those that a merged file holds."""
    found = {path.name: path.read_bytes() for path in sorted(archive.glob("warc/*.warc.gz"))}
    inside = dict(part for name, data in found.items() for part in _inside(name, data))
    return {name: hashlib.sha256(data).hexdigest() for name, data in (inside | found).items()}


def _inside(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files, by name, that stand in a merged one, as its first record lists them: at its end, in order."""
    if not name.startswith("rollup-"):
        return
    listed = re.findall(rb"^rollup-source: (\S+) (\d+) \S+\r$", next(members(data))[1], re.MULTILINE)
    at = len(data) - sum(int(size) for _, size in listed)
    for source, size in listed:
        part = data[at : at + int(size)]
        yield source.decode(), part
        yield from _inside(source.decode(), part)
        at += int(size)


def committed(archive: Path) -> set[str]:
    """URLs whose row says that they are archived."""
    return {url for url, (known, _) in state.of(archive).items() if known == "archived"}


def recorded(archive: Path) -> set[str]:
    """Article URLs of the whole pairs in the files that were left open: on disk for good, row or not."""
    return {url for path in archive.glob("warc/*.open") for url in _pairs(path.read_bytes())}


def _pairs(data: bytes) -> Iterator[str]:
    kind = url = ""
    try:
        for _, content in members(data):
            head = content.partition(b"\r\n\r\n")[0].decode()
            before, kind = kind, re.findall(r"^WARC-Type: (.*)\r$", head, re.MULTILINE)[0]
            if kind == "request" and before in ("response", "revisit"):
                url = re.findall(r"^WARC-Target-URI: (.*?)\r?$", head, re.MULTILINE)[0]
                yield url
    except (zlib.error, EOFError):
        return


def asked_again(asked: Iterable[str], had: set[str]) -> list[str]:
    """Articles that were asked for though they were archived, or more than once."""
    listed = list(asked)
    again = sorted({url for url in listed if url in had or listed.count(url) > 1})
    return [f"fetched again: {url}" for url in again]


def torn(archive: Path, known: Hashes) -> list[str]:
    """Sealed files with a member that is not whole or a digest that is wrong; those of `known` were looked at before."""
    return [line for path in sorted(archive.glob("warc/*.warc.gz")) if path.name not in known for line in _torn(path)]


def _torn(path: Path) -> Iterator[str]:
    try:
        for at, content in members(path.read_bytes()):
            head, _, block = content.partition(b"\r\n\r\n")
            length = re.search(rb"\r\nContent-Length: (\d+)$|\r\nContent-Length: (\d+)\r\n", head)
            size = int(length[1] or length[2]) if length else -1
            if not head.startswith(b"WARC/1.1\r\n") or size + 4 != len(block) or not block.endswith(b"\r\n\r\n"):
                yield f"torn record: {path.name} at {at}"
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
    except (zlib.error, EOFError, ArchiveLoadFailed) as error:
        yield f"torn record: {path.name}: {error}"


def changed(before: Hashes, after: Hashes) -> list[str]:
    """Sealed files that are not what they were."""
    return [f"sealed file changed: {name}" for name, sha256 in before.items() if after.get(name) != sha256]


def left(archive: Path) -> list[str]:
    """What no run may leave: open files, temporary names; the index of a rebuild that died waits for the next one."""
    loose = [path for path in archive.rglob("*") if re.search(r"\.(open|rollup)$|/\.[^/]*\.new$", str(path))]
    return [f"left over: {path.relative_to(archive)}" for path in sorted(loose)]


def lost(archive: Path, site: Site, wanted: Iterable[str]) -> list[str]:
    """Articles without their row, or whose file is not, by SHA-256, what the site expects and the row says."""
    with state.opened(archive) as db:
        found = db.execute("select path, lower(hex(sha256)), epoch from articles")
        rows = {path: (sha256, epoch) for path, sha256, epoch in found}
    lines = []
    for url in wanted:
        path = evidence.path_of(url)
        sha256, epoch = rows.pop(path, ("", 0))
        made = hashlib.sha256(site.expected(url, epoch * 1000).encode()).hexdigest()
        stands = hashlib.sha256((archive / path).read_bytes()).hexdigest() if (archive / path).is_file() else "missing"
        if not sha256 == made == stands:
            lines.append(f"lost: {url} ({path}: row {sha256:.8}, file {stands:.8}, should be {made:.8})")
    lines += [f"a row of nothing that is listed: {path}" for path in rows]
    there = len(list(archive.glob("articles/*/*/*.md")))
    return lines + ([f"{there} article files, {len(list(wanted))} listed"] if there != len(list(wanted)) else [])
