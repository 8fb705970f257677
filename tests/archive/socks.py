"""A SOCKS5 proxy that leads every host to the small RFI, whatever it is called.  Source: RFC 1928."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

from tests.site.server import LOOPBACK, Running

HOST = "127.0.0.2"
"""Loopback by another name: warcprox asks nothing of 127.0.0.1."""
_STEP = 1 << 16
_TLS = 443


class _Socks(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        _, _, _, kind = self.rfile.read(4)
        self.rfile.read({1: 4, 4: 16}.get(kind) or self.rfile.read(1)[0])
        port = int.from_bytes(self.rfile.read(2))
        site: Running = self.server.site  # type: ignore[attr-defined]  # set right after the server is made
        with socket.create_connection((LOOPBACK, site.tls_port if port == _TLS else site.port)) as there:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=_pour, args=(there, self.connection), daemon=True)
            back.start()
            _pour(self.connection, there)
            back.join()


def _pour(here: socket.socket, there: socket.socket) -> None:
    """Pass all bytes on, and then the end."""
    with contextlib.suppress(OSError):
        while data := here.recv(_STEP):
            there.sendall(data)
    with contextlib.suppress(OSError):
        there.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextlib.contextmanager
def socks(site: Running) -> Iterator[str]:
    """Serve while the block runs; yield its address, "host:port"."""
    with _Server((HOST, 0), _Socks) as server:
        server.site = site  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"{HOST}:{server.server_address[1]}"
        server.shutdown()
        thread.join()
