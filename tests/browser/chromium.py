"""Debian's Chromium without a way out: it resolves no name, and keeps a log of every address that it connects to."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
ALONE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-quic",
)
AS_ROOT = () if os.geteuid() else ("--no-sandbox",)
"""Chromium refuses root otherwise."""


@contextmanager
def chromium(log: Path) -> Iterator[Browser]:
    """Run a browser; its log of the network lies at `log` when the block has ended."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=[*ALONE, *AS_ROOT, f"--log-net-log={log}"]
        )
        try:
            yield browser
        finally:
            browser.close()


def connected(log: Path) -> set[str]:
    """The addresses that the whole browser tried to reach, as its own log tells; "UDP" if it sent a datagram.

    That it connects a UDP socket says nothing: so it asks the system whether there is a way
    for IPv6, and no byte is sent.
    """
    told = json.loads(log.read_text("utf-8"))
    kinds = {number: name for name, number in told["constants"]["logEventTypes"].items()}
    events = [(kinds[event["type"]], event.get("params", {})) for event in told["events"]]
    reached = {params["address"] for kind, params in events if kind == "TCP_CONNECT_ATTEMPT" and "address" in params}
    return reached | {"UDP" for kind, _ in events if kind == "UDP_BYTES_SENT"}
