"""`python relay.py PORT TLS`: a proxy on 127.0.0.2 that leads every tunnel to the TLS port of our own web server.

It speaks CONNECT, which crawlers and clients do, and SOCKS5 (RFC 1928), which warcprox does.  The bytes in a tunnel
never come to this process: the kernel moves them (splice(2)), so that who is measured does not wait for it.
127.0.0.2 is loopback by another name: warcprox asks nothing of 127.0.0.1.
"""

import contextlib
import os
import socket
import sys
import threading

HOST = "127.0.0.2"
_STEP = 1 << 16
_SOCKS = 5


def main(port: int, tls: int) -> None:
    """Serve until somebody ends the process."""
    with socket.create_server((HOST, port), backlog=256) as server:
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client, tls), daemon=True).start()


def serve(client: socket.socket, tls: int) -> None:
    """Lead one tunnel."""
    with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", tls)) as there:
        for end in (client, there):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not greeted(client):
            return
        back = threading.Thread(target=pour, args=(there, client), daemon=True)
        back.start()
        pour(client, there)
        back.join()


def greeted(client: socket.socket) -> bool:
    """Hear where a tunnel shall lead, and say that it does; False: nobody asked."""
    asked = client.recv(_STEP)
    if asked[:1] == bytes([_SOCKS]):
        client.sendall(b"\x05\x00")
        client.recv(_STEP)
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return True
    while asked and not asked.endswith(b"\r\n\r\n"):
        asked += (more := client.recv(_STEP))
        if not more:
            return False
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    return bool(asked)


def pour(here: socket.socket, there: socket.socket) -> None:
    """Pass all bytes on, and then the end."""
    way_out, way_in = os.pipe()
    with contextlib.suppress(OSError):
        while many := os.splice(here.fileno(), way_in, _STEP):
            while many:
                many -= os.splice(way_out, there.fileno(), many)
    os.close(way_out)
    os.close(way_in)
    with contextlib.suppress(OSError):
        there.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
