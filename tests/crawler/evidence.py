"""What an archive holds, read without the project's own code: gzip, a blank line, a length."""

import gzip
import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.site import Entry, Site

NOT_MODIFIED = 304


@dataclass(frozen=True)
class Record:
    """One WARC record."""

    fields: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next((v for n, v in self.fields if n == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [v for n, v in self.fields if n == name]

    @property
    def type(self) -> str:
        """Which kind of record."""
        return self.get("WARC-Type")


@dataclass(frozen=True)
class Pair:
    """The record of an answer, the request record that points to it, and the record that holds the payload."""

    response: Record
    request: Record
    payload: Record

    @property
    def url(self) -> str:
        """What was asked for."""
        return self.response.get("WARC-Target-URI")

    @property
    def head(self) -> bytes:
        """The answer's head as stored."""
        return split(self.response)[0]

    @property
    def body(self) -> bytes:
        """The entity body as stored."""
        return split(self.payload)[1]

    @property
    def status(self) -> int:
        """Status code, 0 if there is none."""
        found = re.match(rb"HTTP/1\.[01] (\d{3})", self.head)
        return int(found[1]) if found else 0

    @property
    def truncated(self) -> str:
        """Why the answer is not whole; nothing if it is."""
        return self.payload.get("WARC-Truncated")

    @property
    def epoch(self) -> int:
        """When it was captured, milliseconds since 1970."""
        stamp = self.response.get("WARC-Date")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
        return int(datetime.fromisoformat(stamp).timestamp()) * 1000


def split(record: Record) -> tuple[bytes, bytes]:
    """Head and entity body of an answer's record."""
    top, gap, body = record.block.partition(b"\r\n\r\n")
    return top + gap, body


def records(archive: Path) -> Iterator[Record]:
    """All records of the sealed files, in the order in which they were begun."""
    for path in sorted(archive.glob("warc/*.warc.gz"), key=lambda p: p.name.split("-", 1)[1]):
        yield from read(path)


def read(path: Path) -> Iterator[Record]:
    """All records of one file."""
    data, at = gzip.decompress(path.read_bytes()), 0
    while at < len(data):
        end = data.index(b"\r\n\r\n", at)
        _, *lines = data[at:end].decode().split("\r\n")
        fields = tuple((line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in lines)
        size = int(dict(fields)["Content-Length"])
        yield Record(fields, data[end + 4 : end + 4 + size])
        at = end + 4 + size + 4


def pairs(archive: Path) -> list[Pair]:
    """All exchanges: each answer with the request that names it; the payload of a revisit is an earlier record's."""
    found = list(records(archive))
    requests = {r.get("WARC-Concurrent-To"): r for r in found if r.type == "request"}
    answers = {r.get("WARC-Record-ID"): r for r in found if r.type in ("response", "revisit")}
    assert requests.keys() == answers.keys()
    return [Pair(r, requests[name], _payload(r, answers)) for name, r in answers.items()]


def _payload(record: Record, answers: dict[str, Record]) -> Record:
    """The record that holds the payload of an answer."""
    if record.type == "response":
        return record
    first = answers[record.get("WARC-Refers-To")]
    assert split(record)[1] == b""
    assert list(answers.values()).index(first) < list(answers.values()).index(record)
    assert first.type == "response"
    assert first.get("WARC-Target-URI") == record.get("WARC-Refers-To-Target-URI")
    assert first.get("WARC-Date") == record.get("WARC-Refers-To-Date")
    assert first.get("WARC-Payload-Digest") == record.get("WARC-Payload-Digest")
    return first


def failed(archive: Path) -> list[str]:
    """URLs of the fetches that brought no byte."""
    notes = (r for r in records(archive) if r.type == "metadata" and b"fetch-failed: " in r.block)
    return [r.get("WARC-Target-URI") for r in notes]


def stored(head: bytes) -> bytes:
    """A head as it must be stored: nothing but Transfer-Encoding renamed."""
    return head.replace(b"\r\nTransfer-Encoding:", b"\r\nX-Archive-Orig-Transfer-Encoding:")


Exchange = tuple[str, bytes, bytes, str]


def sent(log: Iterable[Entry]) -> Counter[Exchange]:
    """What must be recorded of a site's log: each answer of which a byte went out, but no 304."""
    answers = (e for e in log if e.status != NOT_MODIFIED and e.head)
    return Counter((e.url, e.request, stored(e.head), e.entity_sha1) for e in answers)


def kept(archive: Path) -> Counter[Exchange]:
    """What is recorded, in the same words."""
    return Counter((p.url, p.request.block, p.head, hashlib.sha1(p.body).hexdigest()) for p in pairs(archive))


def files(archive: Path) -> dict[str, tuple[str, int]]:
    """Article files: path -> (text, time of last change)."""
    found = archive.glob("articles/*/*/*")
    return {p.relative_to(archive).as_posix(): (p.read_text("utf-8"), p.stat().st_mtime_ns) for p in found}


def path_of(url: str) -> str:
    """Where the article file of a canonical URL lies.  Source: FORMAT.md, "Path"."""
    digits = re.search(r"/(\d{8})-[^/]+$", url)
    assert digits, url
    year, month = digits[1][:4], digits[1][4:6]
    return f"articles/{year}/{month}/{digits[1]}-{hashlib.sha256(url.encode()).hexdigest()[:12]}.md"


def other_tools_agree(archive: Path) -> None:
    """The readers of the field find nothing wrong in any sealed file.

    FastWARC makes the payload digest of a revisit from its empty body, and so fails each of them; the
    standard (6.7.2) wants the digest of the payload that it refers to.
    """
    beside = Path(sys.executable).parent
    for path in archive.glob("warc/*.warc.gz"):
        for words in (["gzip", "-t"], [beside / "warcio", "check"], [beside / "fastwarc", "check", "-q"]):
            done = subprocess.run([*map(str, words), str(path)], capture_output=True, check=False)
            assert done.returncode == 0, (words, done.stdout, done.stderr)
        told = subprocess.run(
            [str(beside / "fastwarc"), "check", "-p", str(path)], capture_output=True, text=True, check=False
        ).stdout
        revisits = {r.get("WARC-Record-ID") for r in read(path) if r.type == "revisit"}
        assert set(re.findall("<urn:uuid:[^>]+>", told)) == revisits


def holds_exactly(archive: Path, site: Site, urls: Iterable[str]) -> None:
    """The article files are those of these URLs, each equal to what the site expects of a record of it."""
    wanted, there = set(urls), files(archive)
    assert set(there) == {path_of(url) for url in wanted}
    epochs: dict[str, set[int]] = {url: set() for url in wanted}
    for pair in pairs(archive):
        if pair.url in epochs and pair.status == 200 and not pair.truncated:
            epochs[pair.url].add(pair.epoch)
    for url in wanted:
        text = there[path_of(url)][0]
        epoch = int(text[4 : text.index("-->")])
        assert epoch in epochs[url], url
        assert text == site.expected(url, epoch)


def asked(log: Iterable[Entry], part: str) -> list[Entry]:
    """Entries of a log whose URL contains a text."""
    return [e for e in log if part in e.url]


def pages(log: Iterable[Entry]) -> list[str]:
    """URLs of article pages in the order in which they were asked for."""
    return [e.url for e in log if re.search(r"rfi\.fr/.*/\d{8}-[^/]+$", e.url)]
