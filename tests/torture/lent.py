"""`python -m tests.torture.lent ARCHIVE`: `rfi-archive import` of another tool's WARC of what the site lists.

That file is made first, outside of the archive: of each listed article that is not archived yet.
"""

import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from archive import cli
from tests.torture import witness

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n"


def records(archive: Path) -> Iterator[bytes]:
    """Yield an answer of each such article, and a request of every other one."""
    had = witness.committed(archive)
    listed = re.findall(
        r"<link>(https://www\.rfi\.fr/cn/[^<]*/[0-9]{8}-[^<]*)</link>", _get("https://www.rfi.fr/cn/rss").decode()
    )
    for number, url in enumerate(dict.fromkeys(url for url in listed if url not in had)):
        if number % 2:
            yield _record("request", url, b"GET / HTTP/1.1\r\nHost: www.rfi.fr\r\n\r\n")
        yield _record("response", url, _HEAD + _get(url))


def _get(url: str) -> bytes:
    with urlopen(url.replace("https:", "http:", 1), timeout=60) as answer:
        body: bytes = answer.read()
        return body


def _record(kind: str, url: str, block: bytes) -> bytes:
    fields = (
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>",
        f"WARC-Date: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"WARC-Target-URI: {url}",
        f"Content-Type: application/http;msgtype={kind}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join((*fields, "", "")).encode() + block + b"\r\n\r\n"


def main(archive: Path) -> int:
    """Make the file and import it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "theirs.warc")
        path.write_bytes(b"".join(records(archive)))
        return cli.main(["import", "--archive", str(archive), str(path)])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
