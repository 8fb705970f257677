"""Replay: pywb over an archive in place, nothing copied, in an environment of its own.

pywb runs as a child in a temporary folder, on loopback only, and knows no collection but
this archive: what is not archived is 404, and nothing is ever asked of the live web.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import IO

from archive import front
from archive.engines.opening import open_index
from archive.errors import ArchiveError, BadUsage, Unsupported
from archive.export import cdxj
from archive.files import disk
from archive.index import NAME as INDEX

HOST = "127.0.0.1"
COLLECTION = "rfi"
ENVIRONMENT = Path(sys.prefix).with_name(".venv-replay")
"""Beside the environment that runs this; `make replay-env` makes it."""
_PATIENCE = 60
"""Seconds after which a pywb that does not answer has failed."""
_GRACE = 5
"""Seconds that pywb has to end when it is told to."""
_LOOK = 1
"""Seconds between two looks whether a run has ended, so that the front page shows what it brought."""
_POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'"
"""Content-Security-Policy of a replayed page: pywb's own, but for web sockets, which would leave the machine."""
_PROXY = {
    "coll": COLLECTION,
    "enable_banner": False,
    "enable_wombat": False,
    "enable_content_rewrite": False,
}
"""As a proxy pywb gives the bytes of a body as they were recorded."""

_PYWB = """
import _thread, os
def end_with_parent():
    os.read(0, 1)  # nobody writes: it returns when the other end of the pipe is gone
    os._exit(0)
_thread.start_new_thread(end_with_parent, ())
from pywb.apps.cli import wayback
wayback()
"""
"""What the child runs: pywb, which does not outlive this process, however that ends."""


class Replay:
    """A pywb that serves an archive: `url` says where, `wait` returns when it has ended."""

    def __init__(self, root: Path, folder: Path, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.url = f"http://{HOST}:{port}/"
        """Where the front page is; as a proxy it is at the same address."""
        self._root, self._folder, self._process = root, folder, process
        assert process.stderr
        self._said: deque[bytes] = deque(maxlen=5)
        self._listener = Thread(target=self._listen, args=(process.stderr,), daemon=True)
        self._listener.start()

    def _listen(self, stderr: IO[bytes]) -> None:
        """Keep pywb's last words; it would stand still if nobody read them."""
        self._said.extend(stderr)

    def ready(self) -> None:
        """Return once pywb answers.  Raises ArchiveError if it does not."""
        until = time.monotonic() + _PATIENCE
        while not _answers(self.url):
            if self._process.poll() is not None or time.monotonic() > until:
                raise ArchiveError(f"pywb does not answer at {self.url}: {self._last_words()}")
            time.sleep(0.05)

    def wait(self, over: Event) -> None:
        """Keep the front page up to date until `over` is set.  Raises ArchiveError when pywb ends by itself."""
        seen: tuple[int, ...] = ()
        while self._process.poll() is None:
            if (now := _state(self._root)) != seen:
                with suppress(ArchiveError):  # a rebuild is just putting its index in place: the next look will do
                    _write_front(self._root, self._folder)
                    seen = now
            if over.wait(_LOOK):
                return
        raise ArchiveError(f"pywb has ended by itself: {self._last_words()}")

    def stop(self) -> None:
        """End pywb; nothing of it is left when this returns."""
        self._process.terminate()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        self._process.communicate()  # closes its pipes

    def _last_words(self) -> str:
        return b" / ".join(line.strip() for line in self._said).decode("utf-8", "replace") or "it said nothing"


@contextmanager
def replaying(root: Path, now: datetime, port: int, *, proxy: bool = False) -> Iterator[Replay]:
    """Serve an archive while the block runs.

    port: 0 takes any that is free.  proxy: serve as an HTTP(S) proxy too, whose certificates
    are made by a CA of its own, new each time.  Raises NotFound, CannotWrite, Unsupported if
    pywb is not installed, BadUsage if the port is taken, ArchiveError if pywb does not answer.
    """
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        raise Unsupported(f"replay needs pywb in {ENVIRONMENT}: `make replay-env` installs it")
    cdxj.bring_up(root, now)
    with TemporaryDirectory(prefix="rfi-archive-replay-") as name:
        folder, port = Path(name), _free(port)
        _furnish(root, folder, proxy)
        process = subprocess.Popen(  # noqa: S603 - words of ours only
            [python, "-c", _PYWB, "--bind", HOST, "--port", str(port)],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        replay = Replay(root, folder, process, port)
        try:
            replay.ready()
            yield replay
        finally:
            replay.stop()


def _furnish(root: Path, folder: Path, proxy: bool) -> None:
    """Put into pywb's folder what it needs: its settings, ways into the archive, the front page."""
    for name in (cdxj.FOLDER, "warc"):  # links, since pywb reads some characters of a path as patterns
        (folder / name).symlink_to((root / name).absolute())
    settings = {
        "collections": {COLLECTION: {"index_paths": str(folder / cdxj.FOLDER), "archive_paths": f"{folder}/warc/"}},
        "enable_auto_colls": False,
        "framed_replay": False,
        "csp-header": _POLICY,
        **({"proxy": _PROXY} if proxy else {}),
    }
    (folder / "config.yaml").write_text(json.dumps(settings), "utf-8")
    (folder / "templates").mkdir()
    _write_front(root, folder)


def _write_front(root: Path, folder: Path) -> None:
    with closing(open_index(root / INDEX)) as index:
        page = front.text(index.articles(newest=front.LENGTH), COLLECTION)
    disk.replace(folder / "templates" / "index.html", page.encode(), durable=False)


def _state(root: Path) -> tuple[int, ...]:
    """Return what changes when a run has ended or the archive was rebuilt."""
    times = []
    for path in (root / cdxj.FOLDER, root / INDEX):
        with suppress(FileNotFoundError):
            times.append(path.stat().st_mtime_ns)
    return tuple(times)


def _environment() -> dict[str, str]:
    """Return this process's environment without what would lead pywb astray: settings of another, proxies, modules."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith(("PYWB_", "PYTHON"))
    }


def _free(port: int) -> int:
    """Return the port, or for 0 one that is free.  Raises BadUsage if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise BadUsage(f"port {port} of {HOST} cannot be had ({error}): name another with --port") from None
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    """Tell whether a server on this machine answers at `url`, whatever it says."""
    host, _, port = url.removeprefix("http://").strip("/").partition(":")
    connection = HTTPConnection(host, int(port), timeout=_PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
