"""Replay: the archived pages in a browser, or as a proxy, until somebody ends it."""

import argparse
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event

from archive import replay
from archive.terminal.telling import WELL, show


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        replay.replaying(options.archive, datetime.now(UTC), options.port, proxy=options.proxy) as served,
    ):
        show({"url": served.url}, lambda _: [f"{served.url}   (Ctrl-C ends it)"], as_json=options.json)
        sys.stdout.flush()
        served.wait(Event())
    return WELL
