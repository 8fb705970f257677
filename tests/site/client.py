"""A blunt client: one request, every byte that came back, and how it ended."""

import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from .server import LOOPBACK, Running


@dataclass(frozen=True)
class Reply:
    """All bytes of one answer."""

    raw: bytes
    ended: str
    """`closed`, `reset` or `silence`."""

    @property
    def interim(self) -> bytes:
        """1xx heads at the start."""
        found = re.match(rb"(?:HTTP/1\.1 1\d\d .*?\r\n\r\n)*", self.raw, re.DOTALL)
        return found[0] if found else b""

    @property
    def head(self) -> bytes:
        """Status line to empty line."""
        top, gap, _ = self.raw[len(self.interim) :].partition(b"\r\n\r\n")
        return top + gap

    @property
    def status(self) -> int:
        """The status, 0 if there is none."""
        found = re.match(rb"HTTP/1\.1 (\d{3})", self.head)
        return int(found[1]) if found else 0

    @property
    def entity(self) -> bytes:
        """What follows the head, chunks undone, content coding kept."""
        body = self.raw[len(self.interim) + len(self.head) :]
        return dechunked(body) if b"Transfer-Encoding: chunked" in self.head else body

    def header(self, name: str) -> str:
        """First value of a header."""
        found = re.search(rf"^{name}: (.*)\r$", self.head.decode("latin-1"), re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


def dechunked(body: bytes) -> bytes:
    """Undo chunked coding as far as it goes."""
    out, at = [], 0
    while (gap := body.find(b"\r\n", at)) > at:
        size = int(body[at:gap].split(b";")[0], 16)
        if not size:
            break
        out.append(body[gap + 2 : gap + 2 + size])
        at = gap + 2 + size + 2
    return b"".join(out)


def connected(running: Running, url: str) -> socket.socket:
    """A socket to the proxy, for https with a tunnel and TLS in it."""
    parts = urlsplit(url)
    raw = socket.create_connection((LOOPBACK, running.port), timeout=10)
    if parts.scheme == "http":
        return raw
    raw.sendall(f"CONNECT {parts.hostname}:443 HTTP/1.1\r\nHost: {parts.hostname}\r\n\r\n".encode())
    if not raw.recv(4096).startswith(b"HTTP/1.1 200"):
        raise ConnectionError("no tunnel")
    trust = ssl.create_default_context(cadata=running.certificate)
    return trust.wrap_socket(raw, server_hostname=parts.hostname, suppress_ragged_eofs=False)


def request(url: str, *lines: str, method: str = "GET") -> bytes:
    """The bytes of a request as a client of a proxy writes them."""
    parts = urlsplit(url)
    local = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = local if parts.scheme == "https" else url
    rows = (f"{method} {target} HTTP/1.1", f"Host: {parts.hostname}", *lines, "", "")
    return "\r\n".join(rows).encode()


def drained(sock: socket.socket, patience: float) -> Reply:
    """Read until the other side has ended, or has said nothing for a while."""
    sock.settimeout(patience)
    raw, ended = bytearray(), "closed"
    try:
        while piece := sock.recv(1 << 16):
            raw += piece
    except TimeoutError:
        ended = "silence"
    except (ConnectionError, ssl.SSLError):
        ended = "reset"  # inside TLS: an end without its notice
    return Reply(bytes(raw), ended)


def get(running: Running, url: str, *lines: str, method: str = "GET", patience: float = 5) -> Reply:
    """Ask once and close."""
    with connected(running, url) as sock:
        sock.sendall(request(url, *lines, "Connection: close", method=method))
        return drained(sock, patience)
