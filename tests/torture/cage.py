"""Cage: run a command, and decide of each of its calls that changes a file below a folder: let, refuse, kill, tear.

The command runs as it is, in a process of its own; what holds it is the kernel (see inside.py).
A call that is announced has not been done yet, so whoever kills there has every state of
the disk that lies between two calls; a torn write is one whose first bytes alone are on disk.
"""

import fcntl
import os
import platform
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.torture.inside import CALLS

INSIDE = Path(__file__).with_name("inside.py")
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
"""ioctl numbers of SECCOMP_IOCTL_NOTIF_RECV and _SEND."""
_GO_ON = 1
"""SECCOMP_USER_NOTIF_FLAG_CONTINUE."""
_OF_OPEN_FILES = frozenset("write truncate sync allocate room".split())
"""Calls whose first argument is the number of an open file."""
_POSITIONED = 18, 68
"""Numbers of the write that names its place in the file."""


@dataclass(frozen=True)
class Call:
    """One call that waits to be done."""

    name: str
    """One of the words of `inside.CALLS`."""
    path: str
    """Of the file, relative to the folder; of a rename: old name, blank, new name."""
    size: int
    """Bytes that it would write or allocate; 0 for others."""
    process: int
    number: int
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        """Return what patterns are held against: `write warc/a.open`."""
        return f"{self.name} {self.path}"

    def torn(self, most: int) -> Callable[[], object]:
        """Return what does the first `most` bytes of a write later, when the process is dead."""
        file, where, size = self.arguments[0], self.arguments[1], min(most, self.size)
        data = _memory(self.process, where, size)
        at = self.arguments[3] if self.number in _POSITIONED else _position(self.process, file)
        path = _link(self.process, f"fd/{file}")

        def write() -> None:
            with Path(path).open("r+b") as again:
                again.seek(at)
                again.write(data)

        return write


@dataclass(frozen=True)
class Verdict:
    """What becomes of a call."""

    kill: bool = False
    """The process dies before the call is done."""
    torn: int = 0
    """Bytes of a write that are on disk all the same when it dies."""
    refuse: int = 0
    """Number of the error that the call returns instead; 0: it is done."""
    room: int | None = None
    """Bytes free that a call for the room of the disk is told of instead; None: the truth."""


LET, KILL = Verdict(), Verdict(kill=True)
Judge = Callable[[Call], Verdict]


@dataclass(frozen=True)
class Caged:
    """How a command ended."""

    code: int
    """As `subprocess` has it."""
    err: str
    last: Call | None
    """The call at which it was killed."""


def run(command: list[str], folder: Path, judge: Judge, *, cwd: Path, env: Mapping[str, str]) -> Caged:
    """Run a command whose calls below `folder` are judged, one at a time.  Raises OSError where none can be held."""
    ours, theirs = socket.socketpair()
    with ours, theirs, subprocess.Popen(
        [sys.executable, str(INSIDE), str(theirs.fileno()), *command],
        cwd=cwd, env=env, pass_fds=[theirs.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        theirs.close()
        try:
            _, files, _, _ = socket.recv_fds(ours, 1, 1)
            if not files:
                assert process.stderr
                raise OSError(process.stderr.read().decode().splitlines()[-1])
            return _hold(files[0], process, f"{os.path.realpath(folder)}/", judge)
        finally:
            if process.poll() is None:
                process.kill()


def _hold(listener: int, process: "subprocess.Popen[bytes]", folder: str, judge: Judge) -> Caged:
    """Answer every call until the command has ended; what it says on stderr is read meanwhile."""
    assert process.stderr
    said, last, wait = b"", None, select.poll()
    wait.register(listener, select.POLLIN)
    wait.register(process.stderr, select.POLLIN)
    left = 2
    while left:
        for file, event in wait.poll():
            if event & select.POLLIN and file == listener:
                last = _answer(listener, process, folder, judge) or last
            elif event & select.POLLIN and (piece := os.read(file, 1 << 16)):
                said += piece
            else:
                wait.unregister(file)
                left -= 1
    os.close(listener)
    return Caged(process.wait(), said.decode("utf-8", "replace"), last)


def _answer(listener: int, process: "subprocess.Popen[bytes]", folder: str, judge: Judge) -> Call | None:
    """Judge the call that waits; return it if the process died of it."""
    told = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECEIVE, told)
    except FileNotFoundError:
        return None  # it died meanwhile
    key, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", told)
    verdict, call = LET, None
    with suppress(OSError):  # of a process that is gone
        call = _call(thread, number, tuple(arguments), folder)
    if call:
        verdict = judge(call)
    if call and verdict.kill:
        finish = call.torn(verdict.torn) if verdict.torn else None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if finish:
            finish()
        return call
    if verdict.room is not None:
        _tell(thread, arguments[1], verdict.room)
    done = verdict.refuse or verdict.room is not None
    answer = struct.pack("QqiI", key, 0, -verdict.refuse, 0 if done else _GO_ON)
    with suppress(FileNotFoundError):
        fcntl.ioctl(listener, _SEND, answer)
    return None


def _call(thread: int, number: int, arguments: tuple[int, ...], folder: str) -> Call | None:
    """Read what a call is about; None if it is not below the folder, or for its room."""
    name = CALLS[platform.machine()][number]
    paths = _paths(thread, name, number, arguments)
    if not all((f"{path}/" if name == "room" else path).startswith(folder) for path in paths):
        return None
    size = arguments[2] if name == "write" else arguments[3] if name == "allocate" else 0
    return Call(name, " ".join(path.removeprefix(folder) for path in paths), size, thread, number, arguments)


def _paths(thread: int, name: str, number: int, arguments: tuple[int, ...]) -> list[str]:
    """The file or files of a call, as absolute paths."""
    if name in _OF_OPEN_FILES and number not in _PLAIN:
        return [_link(thread, f"fd/{arguments[0]}")]
    if number in _PLAIN:
        return [_named(thread, None, at) for at in arguments[: 1 + (name == "rename")]]
    return [_named(thread, *arguments[at : at + 2]) for at in (0, 2)[: 1 + (name == "rename")]]


def _tell(thread: int, at: int, room: int) -> None:
    """Write what a disk with so many bytes free says of itself.  Source: asm-generic/statfs.h."""
    with Path(f"/proc/{thread}/mem").open("r+b", buffering=0) as memory:
        memory.seek(at)
        memory.write(struct.pack("7Q16xQ40x", 0, 1, room, room, room, 0, 0, 1))


_PLAIN = {"x86_64": (2, 85, 82, 87, 83, 76, 137), "aarch64": (45, 43)}.get(platform.machine(), ())
"""Numbers of calls that take a path without a folder before it."""
_HERE = 0xFFFFFF9C
"""AT_FDCWD."""
_PAGE = 4096


def _named(thread: int, folder: int | None, at: int) -> str:
    """The absolute path of a name in a process's memory."""
    name = _memory(thread, at, _PAGE - at % _PAGE)  # it may end where nothing more can be read
    name = name if b"\0" in name else name + _memory(thread, at + len(name), _PAGE)
    here = "cwd" if folder is None or folder & 0xFFFFFFFF == _HERE else f"fd/{folder}"
    return os.path.normpath(Path(_link(thread, here)) / os.fsdecode(name.split(b"\0", 1)[0]))


def _position(process: int, file: int) -> int:
    """Where in a file the next write goes."""
    return int(Path(f"/proc/{process}/fdinfo/{file}").read_text("ascii").split()[1])


def _link(process: int, name: str) -> str:
    """What one of a process's files or folders is called."""
    return str(Path(f"/proc/{process}/{name}").readlink())


def _memory(process: int, at: int, size: int) -> bytes:
    """Bytes of a process's memory."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        memory.seek(at)
        return memory.read(size)
