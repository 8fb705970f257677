"""Bell: a loopback address that runs ring when they fail, recover or are well; it notes what it was told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLD, WELL = "/told", "/well"


@dataclass
class Bell:
    """What was rung, in order."""

    port: int = 0
    rung: list[tuple[str, str]] = field(default_factory=list)
    """Path and words of each call; "" where it had none."""

    def env(self) -> dict[str, str]:
        """Environment of a run that rings it, without going through the site."""
        here = f"127.0.0.1:{self.port}"
        return {"NOTIFY": f"json://{here}{TOLD}", "HEARTBEAT_URL": f"http://{here}{WELL}", "no_proxy": "127.0.0.1"}

    def taken(self) -> list[tuple[str, str]]:
        """Return what was rung since the last time."""
        taken, self.rung = self.rung, []
        return taken


@contextmanager
def bell() -> Iterator[Bell]:
    """Listen while the block runs."""
    one = Bell()

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            said = json.loads(self.rfile.read(length)) if length else {}
            one.rung.append((self.path, f"{said.get('title', '')}\n{said.get('message', '')}".strip()))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as server:
        one.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield one
        server.shutdown()
