"""A web server on loopback that shows one WACZ file in ReplayWeb.page, as somebody would who puts it on a site."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.crawler.crawling import ROOT

PACKAGE = ROOT / ".browser" / "replaywebpage"
"""ReplayWeb.page, as `make browser` installs it."""
FIRST = """<!doctype html><meta charset="utf-8"><title>host</title>
<style>html, body, replay-web-page { margin: 0; height: 100%; }</style>
<script src="replay/ui.js"></script>
<replay-web-page source="/archive.wacz" replayBase="./replay/" embed="default" deepLink></replay-web-page>"""
INNER = """<!doctype html><meta charset="utf-8"><script src="./ui.js"></script><replay-app-main></replay-app-main>"""
HTML, SCRIPT, WACZ = "text/html; charset=utf-8", "text/javascript", "application/wacz"


@dataclass(frozen=True)
class Served:
    """Something that is served: a text, or a file that may be asked for in parts."""

    kind: str
    text: str = ""
    path: Path | None = None

    def part(self, asked: str) -> tuple[bytes, int, int]:
        """The bytes that a Range header asks for, where they begin, and how many there are in all."""
        whole = self.path.read_bytes() if self.path else self.text.encode()
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(whole) - int(last or 0), 0)
        return whole[start : int(last) + 1 if first and last else None], start, len(whole)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; without a Range header with all of it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, files: dict[str, Served], *arguments) -> None:
        self.files = files
        super().__init__(*arguments)

    def do_GET(self) -> None:
        found = self.files.get(self.path.partition("?")[0])
        asked = self.headers.get("Range", "")
        body, start, size = found.part(asked or "bytes=0-") if found else (b"", 0, 0)
        self.send_response(404 if found is None else 206 if asked else 200)
        self.send_header("Content-Type", found.kind if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Accept-Ranges", "bytes")
        if asked and found:
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{size}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_) -> None:
        """Say nothing."""


@contextmanager
def hosting(wacz: Path) -> Iterator[str]:
    """Serve a WACZ file while the block runs; gives the address of the page that shows it."""
    files = {
        "/": Served(HTML, FIRST),
        "/replay/": Served(HTML, INNER),
        "/replay/index.html": Served(HTML, INNER),
        "/replay/ui.js": Served(SCRIPT, path=PACKAGE / "ui.js"),
        "/replay/sw.js": Served(SCRIPT, path=PACKAGE / "sw.js"),
        "/archive.wacz": Served(WACZ, path=wacz),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, files))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
