"""`python -m tests.site`: serve the small RFI until killed."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from .odd import ODD
from .server import serve
from .site import Site


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.site", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the proxy; 0 takes a free one")
    parser.add_argument("--log", type=Path, help="write every answer to this file, as JSON lines")
    parser.add_argument("--clones", type=int, default=0, help="that many articles more")
    parser.add_argument("--unpublished", type=int, default=0, help="the newest N wait")
    parser.add_argument("--listed-faults", nargs="*", default=[], choices=list(ODD), metavar="NAME")
    parser.add_argument("--origin", action="store_true", help="print the two origins instead")
    return parser.parse_args()


def main() -> None:
    """Print one line with the address, then serve until a signal comes."""
    said = arguments()
    site = Site(
        clones=said.clones,
        unpublished=said.unpublished,
        listed_faults=said.listed_faults,
        log_file=said.log,
    )
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    with serve(site, said.port) as running:
        line = f"{running.origin} {running.tls_origin}" if said.origin else running.proxy
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        enough.wait()


if __name__ == "__main__":
    main()
