"""Beside: a second process that does what it is asked, one thing after the other, while the first goes on.

`python -m archive.cores.beside HANDLE MODULE...`: by the socket with this number come functions with their values, and
back go their results in the same order; first of all, that the modules are imported.  Each is a pickle behind its
length.  The process holds nothing that could be lost: what it fails at, or leaves undone, whoever asked does.
"""

import ctypes
import importlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

LENGTH = 4
"""Bytes of the length before each pickle, the highest first."""
CHUNK = 1 << 18
"""Bytes that are taken from a socket at once."""
HANDLES = 8
"""That are taken with them, at most."""
MEANT_FOR_ALL = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
"""What a terminal or a service manager sends to all: this process ends with the first, which may have more to do."""
PR_SET_PDEATHSIG = 1
"""Source: linux/prctl.h.  Elsewhere the socket tells that the first process has gone, at the next look."""
Told = tuple[Any, ...]
"""What a function returned, alone; empty: it did not."""
Then = Callable[[], object]
T = TypeVar("T")


class Job(Generic[T]):
    """Something that the second process was asked to do."""

    def __init__(self, does: Callable[[], T], then: Then, wait: Then) -> None:
        """does: the same, here.  then: is called when something was told of it.  wait: until something was told."""
        self._does, self._then, self._wait = does, then, wait
        self._told: Told | None = None

    def settle(self, told: Told) -> None:
        """Take in what came of it."""
        self._told = told
        self._then()

    def result(self) -> T:
        """Wait for what it makes; make it here, if it cannot be had from there.  Raises what it raises."""
        while self._told is None:
            self._wait()
        return self._told[0] if self._told else self._does()


class Beside:
    """A second process, as the first one has it; none of its methods but `wait` waits."""

    def __init__(self, modules: Collection[str], keep: Collection[int] = ()) -> None:
        """Start it.  modules: what it needs.  Raises OSError.

        keep: handles, HANDLES at most, that it is to hold as long as it lives.  It gets them with the first thing that
        it is asked once it is ready: one that still begins outlives a first that is killed, and would hold its lock.
        """
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        with theirs, ExitStack() as undo:
            undo.callback(self._socket.close)
            self._process = _started(theirs.fileno(), modules)
            undo.pop_all()
        self._came, self._left, self._keep = bytearray(), bytearray(), list(keep)
        self._jobs = deque[Job[Any]]()
        self.ready = self.ended = False
        """Whether it does what it is asked; whether it will never again."""

    def fileno(self) -> int:
        """Return the handle by which one hears of it."""
        return self._socket.fileno()

    @property
    def asked(self) -> int:
        """How many jobs nothing was told of yet."""
        return len(self._jobs)

    @property
    def unsent(self) -> bool:
        """Whether it has been asked more than it could take."""
        return bool(self._left)

    def ask(self, does: Callable[..., T], *values: Any, then: Then) -> Job[T]:
        """Have a function of its modules called.  then: is called by `turn`, when something was told of it."""
        self._jobs.append(job := Job(partial(does, *values), then, self.wait))
        self._left += _packed((does, values))
        self._send()
        return job

    def turn(self) -> None:
        """Send what it takes, and take in what it has told."""
        self._send()
        self._hear()

    def wait(self) -> None:
        """Wait until it has told something, or takes more of what it is asked; then do what `turn` does."""
        select.select([self], [self] if self.unsent else [], [])
        self.turn()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _send(self) -> None:
        try:
            if self._left and self._keep and self.ready:
                del self._left[: socket.send_fds(self._socket, [self._left], self._keep)]
                self._keep.clear()
            elif self._left:
                del self._left[: self._socket.send(self._left)]
        except BlockingIOError:
            return
        except OSError:
            self._end()

    def _hear(self) -> None:
        try:
            while came := self._socket.recv(CHUNK):
                self._came += came
                for told in _unpacked(self._came):
                    self._take(told)
                if len(came) < CHUNK:
                    return
            self._end()
        except BlockingIOError:
            return
        except Exception:  # noqa: BLE001 - it is gone, or of another version than this: the code was renewed meanwhile
            self._end()

    def _take(self, told: Told) -> None:
        """Take in a result; the first is that it is ready."""
        if self.ready:
            self._jobs.popleft().settle(told)
        self.ready = True

    def _end(self) -> None:
        """Leave what was asked to whoever asked."""
        self.ready, self.ended = False, True
        self._left.clear()
        while self._jobs:
            self._jobs.popleft().settle(())


def _started(handle: int, modules: Collection[str]) -> "subprocess.Popen[bytes]":
    """Start `main` in a process that imports what this one would, wherever it works.  Raises OSError."""
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-P", "-m", __name__, str(handle), *modules],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        pass_fds=(handle,),
    )


def _packed(value: object) -> bytes:
    told = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(told).to_bytes(LENGTH) + told


def _unpacked(came: bytearray) -> Iterator[Any]:
    """Take the values that have come whole off the front of what came from the other process, which is ours."""
    while len(came) >= LENGTH and len(came) >= (end := LENGTH + int.from_bytes(came[:LENGTH])):
        value = pickle.loads(memoryview(came)[LENGTH:end])  # noqa: S301 - as above
        del came[:end]
        yield value


def main(handle: str, *modules: str) -> None:
    """Do what is asked until there is nobody any more to ask: not a moment longer, since others may write then."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for told in MEANT_FOR_ALL:
        signal.signal(told, signal.SIG_IGN)
    for module in modules:
        importlib.import_module(module)
    came = bytearray()
    with suppress(ConnectionError), socket.socket(fileno=int(handle)) as asker:
        asker.sendall(_packed(()))
        while some := socket.recv_fds(asker, CHUNK, HANDLES)[0]:  # handles that come with it stay open, unseen
            came += some
            for does, values in _unpacked(came):
                asker.sendall(_packed(_done(does, values)))


def _done(does: Callable[..., Any], values: Told) -> Told:
    try:
        return (does(*values),)
    except Exception:  # noqa: BLE001 - whoever asked does it again, and meets what it raises
        return ()


if __name__ == "__main__":
    main(*sys.argv[1:])
