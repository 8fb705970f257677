"""curl through warcprox, which speaks TLS to both sides.  `recorded.py WARCPROX URLS OUT RELAY`."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
PARALLEL = 16
TRIES = 300


def main(warcprox: str, urls: str, out: str, relay: str) -> int:
    """Fetch all URLs of a file; return curl's exit code, or that of a proxy that did not end well."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    proxy = [warcprox, "-q", "-z", "--base32", "-b", LOOPBACK, "-p", str(port), "-d", "warcs", "--socks-proxy", relay]
    asked = Path(out, "asked")
    lines = (f'url = "{url}"\noutput = "/dev/null"\n' for url in Path(urls).read_text("ascii").split())
    asked.write_text("".join(lines), "ascii")
    client = ["curl", "-sS", "-k", "--fail-early", "-f", "-Z", "--parallel-max", str(PARALLEL), "--compressed"]
    client += ["--proxy", f"http://{LOOPBACK}:{port}", "--config", str(asked)]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_proxy")}
    with subprocess.Popen(proxy, cwd=out, env=environment, stdout=subprocess.DEVNULL) as running:
        for _ in range(TRIES):
            with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port)):
                break
            time.sleep(0.05)
        code = subprocess.run(client, env=environment, check=False).returncode
        running.terminate()
    return code or running.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
