"""Serve: the reader in a browser, until somebody ends it."""

import argparse
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import uvicorn

from archive import replay
from archive.errors import ArchiveError, BadUsage, NotFound, Unsupported
from archive.terminal.telling import WELL, say, show
from archive.web import hosts
from archive.web.app import app
from archive.web.links import Links

_CONNECTIONS = 256
"""At once: fifty browsers with five each.  More are told to come again."""
_KEPT = 15
"""Seconds that a connection on which nothing is asked stays open."""
_HEAD = 16_384
"""Bytes of a request before its body, which none of ours has."""
_LAST_PORT = 65_535
_GRACE = 3
"""Seconds that answers under way have to end."""


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    if not options.archive.is_dir():
        raise NotFound(f"no archive at {options.archive}")
    local = hosts.is_loopback(options.host)
    bound = bind(options.host, options.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with bound, suppress(KeyboardInterrupt), _replay(options.archive, local=local) as replayed:
        url = _address(bound)
        if not local:
            say(f"rfi-archive: {options.host} is more than this machine: whoever reaches it can read the archive")
        reader = server(options.archive, options.host, Links(replayed))
        for told in signal.SIGINT, signal.SIGTERM:  # heard from here on, as it hears them itself while it runs
            signal.signal(told, reader.handle_exit)
        show({"url": url, "replay": replayed}, lambda _: [f"{url}   (Ctrl-C ends it)"], as_json=options.json)
        sys.stdout.flush()
        reader.run(sockets=[bound])
    return WELL


def server(root: Path, host: str, links: Links) -> uvicorn.Server:
    """Return what answers for an archive, once it is run on a socket that is bound to `host`."""
    config = uvicorn.Config(
        app(root, hosts.names(host), links),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEPT,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_HEAD,
    )
    return uvicorn.Server(config)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens.  Raises BadUsage: taken, not ours, no such host."""
    if not 0 <= port <= _LAST_PORT:  # the system would take the lower bits
        raise BadUsage(f"port {port} of {host} cannot be had: they are 0 to {_LAST_PORT}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.create_server(address[:2], family=family, backlog=128)
    except (OSError, OverflowError, UnicodeError) as error:
        raise BadUsage(f"port {port} of {host} cannot be had ({error}): name another with --port") from None
    # What is accepted inherits it; asyncio does it for sockets of its own alone.  Without, a body waits 40 ms for
    # the browser to acknowledge its head.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextmanager
def _replay(root: Path, *, local: bool) -> Iterator[str | None]:
    """Replay the archive beside the reader, where that can be; yield its address.

    It is on loopback only: whoever reads from elsewhere could not reach it.
    """
    with ExitStack() as kept:
        try:
            if not local:
                raise Unsupported("it is for this machine only")
            served = kept.enter_context(replay.replaying(root, datetime.now(UTC), 0))
        except ArchiveError as error:
            say(f"rfi-archive: no links to a replay: {error}")
            yield None
            return
        over = Event()
        watch = Thread(target=_watch, args=(served, over), daemon=True)
        watch.start()
        kept.callback(watch.join)  # before the replay goes, with the folder that it writes to
        kept.callback(over.set)
        yield served.url


def _watch(served: replay.Replay, over: Event) -> None:
    """Keep the replay up to date; say so if it ends before its time."""
    try:
        served.wait(over)
    except ArchiveError as error:
        if not over.wait(_GRACE + 2):  # a terminal tells Ctrl-C to both: it may just be the first to end
            say(f"rfi-archive: links to the replay lead nowhere from now on: {error}")
