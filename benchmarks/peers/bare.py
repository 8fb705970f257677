"""No framework: aiohttp on uvloop, lxml and fastwarc.  Fetches, extracts, writes a WARC file and a file an article.

What it leaves out: no robots.txt, no retries, no look whether a URL is archived, no index, no fsync, and heads
written anew from what aiohttp made of them.  `bare.py URLS OUT PROXY`.
"""

import asyncio
import hashlib
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import lxml.html
import uvloop
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

WORKERS = 16
HEADERS = {"User-Agent": "bare", "Accept-Encoding": "gzip", "Accept": "text/html"}
FIELDS = {
    "title": "//h1[contains(@class, 'a-page-title')]//text()",
    "shown": "//div[contains(@class, 't-content__dates')]//time//text()",
    "lead": "//p[contains(@class, 't-content__chapo')]//text()",
}


async def main(urls: list[str], out: Path, proxy: str) -> None:
    """Fetch all of these."""
    waiting = asyncio.Queue()
    for url in urls:
        waiting.put_nowait(url)
    (out / "articles").mkdir()
    with (out / "pages.warc.gz").open("wb") as warc:
        async with aiohttp.ClientSession(headers=HEADERS, auto_decompress=False) as session:
            await asyncio.gather(*(work(session, waiting, proxy, warc, out) for _ in range(WORKERS)))


async def work(session, waiting, proxy, warc, out):
    """Fetch one URL after the other, while there are any."""
    while not waiting.empty():
        url = waiting.get_nowait()
        async with session.get(url, proxy=proxy, ssl=False) as answer:
            answer.raise_for_status()
            body = await answer.read()
        keep(warc, url, answer, body)
        page = zlib.decompress(body, 31) if answer.headers.get("Content-Encoding") == "gzip" else body
        (out / "articles" / f"{hashlib.sha1(url.encode()).hexdigest()}.md").write_text(extracted(url, page), "utf-8")


def keep(warc, url, answer, body):
    """Write the answer as it came over the wire, and the request, with digests."""
    path, now = urlsplit(url), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = "".join(f"{name}: {value}\r\n" for name, value in answer.request_info.headers.items())
    head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
    said = f"HTTP/1.1 {answer.status} {answer.reason}\r\n".encode() + head + b"\r\n"
    write(warc, "response", url, now, said + body, hashlib.sha1(body).digest())
    write(warc, "request", url, now, f"GET {path.path} HTTP/1.1\r\n{asked}\r\n".encode(), None)


def write(warc, kind, url, now, block, digest):
    """Write one record as a gzip member of its own."""
    record = WarcRecord()
    record.init_headers(getattr(WarcRecordType, kind))
    record.headers["WARC-Target-URI"], record.headers["WARC-Date"] = url, now
    record.headers["Content-Type"] = f"application/http; msgtype={kind}"
    record.set_bytes_content(block)
    member = GzipWriter(warc, compression_level=1)
    record.write(member, checksum_data=True, payload_digest=digest)
    member.finish()


def extracted(url, page):
    """Return the text of an article file: title, date, lead, and the body's markup."""
    tree = lxml.html.document_fromstring(page.decode())
    found = {name: " ".join("".join(tree.xpath(path)).split()) for name, path in FIELDS.items()}
    (body,) = tree.xpath("//div[contains(@class, 't-content__body')]")
    paragraphs = "".join(lxml.html.tostring(part, encoding="unicode") for part in body)
    return f"[{found['title']}]({url})\n------\n\n{found['shown']}\n\n{found['lead']}\n\n{paragraphs}\n"


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]).read_text("ascii").split(), Path(sys.argv[2]), sys.argv[3]))
