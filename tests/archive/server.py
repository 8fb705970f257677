"""A PostgreSQL of the tests' own: in a temporary folder, on a Unix socket in it, gone with the tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg

NEWEST = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
"""Where Debian has each version."""
USER = "postgres"
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "listen_addresses=")


class Server:
    """A server that is ready, and the databases that it is asked to make."""

    def __init__(self, folder: Path) -> None:
        """Start one in a folder of its own."""
        self.folder, self._names = folder, count()
        if os.getuid() == 0:
            shutil.chown(folder, USER)
        auth = ("--auth-local=trust", "--auth-host=reject", f"--username={USER}")
        self._run("initdb", "-D", self._data, "--encoding=UTF8", "--locale=C", "--no-sync", *auth)
        self.start()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = (str(NEWEST[-1] / "postgres"), "-D", self._data, "-k", str(self.folder), *FAST)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*self._as(), *command], stdout=log, stderr=log)
        for _ in range(300):
            with suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres")):
                return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def database(self) -> str:
        """Make an empty database; return its address."""
        name = f"archive{next(self._names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(f"create database {name}".encode())
        return self.url(name)

    def _as(self) -> tuple[str, ...]:
        """Return what runs a command as somebody whom PostgreSQL lets: it refuses root."""
        return ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups") if os.getuid() == 0 else ()

    def _run(self, *command: str) -> None:
        path = str(NEWEST[-1] / command[0])
        done = subprocess.run([*self._as(), path, *command[1:]], capture_output=True, text=True, cwd="/", check=False)
        assert not done.returncode, done.stderr


@contextmanager
def served() -> Iterator[Server]:
    """A server that is there for a while."""
    with tempfile.TemporaryDirectory(prefix="rfi-pg-", dir="/tmp") as folder:  # a socket's path must be short
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.stop()
