"""`python inside.py SOCKET COMMAND...`: become COMMAND, whose calls that change files, or ask for room, wait for the cage's word.

The filter is Linux's own (seccomp, user notification, since 5.5): it needs no right, no
package and no change in the program that it holds.  Nothing of the project is imported here.
Source: linux/seccomp.h, linux/filter.h, linux/audit.h.
"""

import ctypes
import os
import platform
import socket
import struct
import sys

SECCOMP = {"x86_64": 317, "aarch64": 277}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NO_NEW_PRIVS, _SET_MODE_FILTER, _NEW_LISTENER = 38, 1, 8
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_MAKES = os.O_CREAT | os.O_TRUNC
"""Flags with which opening a file changes something."""

CALLS: dict[str, dict[int, str]] = {
    "x86_64": {
        1: "write", 18: "write", 2: "open", 257: "open", 85: "open", 82: "rename", 264: "rename", 316: "rename",
        87: "unlink", 263: "unlink", 83: "mkdir", 258: "mkdir", 76: "truncate", 77: "truncate", 74: "sync",
        75: "sync", 306: "sync", 285: "allocate", 137: "room", 138: "room",
    },
    "aarch64": {
        64: "write", 68: "write", 56: "open", 38: "rename", 276: "rename", 35: "unlink", 34: "mkdir",
        45: "truncate", 46: "truncate", 82: "sync", 83: "sync", 267: "sync", 47: "allocate", 43: "room",
        44: "room",
    },
}  # fmt: skip
"""System calls that change files, or ask how much room is left, by number; one word for those that do the same.  Source: asm/unistd.h."""
FLAGS = {2: 1, 257: 2, 56: 2}
"""Which argument of those that open holds the flags."""


def program() -> bytes:
    """Return the filter: each call of the table waits, opening only where it may make or empty a file."""
    machine = platform.machine()
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURE[machine]), (_RETURN, 0, 0, _ALLOW)]
    for number in CALLS[machine]:
        if number in FLAGS:
            steps += [(_LOAD, 0, 0, 0), (_EQUAL, 0, 3, number), (_LOAD, 0, 0, 16 + 8 * FLAGS[number])]
            steps += [(_ANY_BIT, 0, 1, _MAKES), (_RETURN, 0, 0, _NOTIFY)]
        else:
            steps += [(_LOAD, 0, 0, 0), (_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOTIFY)]
    return b"".join(struct.pack("HBBI", *step) for step in [*steps, (_RETURN, 0, 0, _ALLOW)])


def listen() -> int:
    """Put this process, and all that it starts, behind the filter; return where its calls are announced."""
    libc, text = ctypes.CDLL(None, use_errno=True), program()
    code = ctypes.create_string_buffer(text, len(text))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(text) // 8, ctypes.addressof(code)))
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    file = libc.syscall(SECCOMP[platform.machine()], _SET_MODE_FILTER, _NEW_LISTENER, header)
    if file < 0:
        raise OSError(ctypes.get_errno(), f"seccomp: {os.strerror(ctypes.get_errno())}")
    return int(file)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as outside:
        socket.send_fds(outside, [b"."], [listen()])
    os.execvp(sys.argv[2], sys.argv[2:])
