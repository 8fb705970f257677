"""What was asked and answered, entry by entry, in memory and as JSON lines.

An entry is written before the first byte of its answer goes out, so whoever has read an
answer finds it here.  CONNECT and the control host are not logged: they are no part of the site.
"""

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from .frame import Plan
from .request import Request


@dataclass(frozen=True)
class Entry:
    """One request and its answer."""

    connection: int
    """Number of the connection, counted from 1."""
    url: str
    """Absolute URL, encoded as the client sent it."""
    method: str
    request: bytes
    """Exactly as received: in absolute form where we were a proxy for http."""
    interim: bytes
    """1xx heads before the answer."""
    head: bytes
    """Exactly as sent, up to and with the empty line; empty if nothing was."""
    status: int
    """0 if no status line was sent: reset, silence, garbage, or a dead connection."""
    entity_sha1: str
    """Hex SHA-1 of the entity as sent: chunks undone, content coding kept."""
    entity_length: int
    cut: bool
    """True if the answer ended before it should."""
    fault: str
    """Name of the odd answer, or nothing."""

    def line(self) -> str:
        """One line of JSON; bytes are written as latin-1 text."""
        row = {k: v.decode("latin-1") if isinstance(v, bytes) else v for k, v in asdict(self).items()}
        return json.dumps(row, ensure_ascii=True)

    @classmethod
    def read(cls, line: str) -> "Entry":
        """The entry of a JSON line."""
        row = json.loads(line)
        return cls(**{k: v.encode("latin-1") if k in ("request", "interim", "head") else v for k, v in row.items()})


def entry(request: Request, plan: Plan, connection: int, fault: str) -> Entry:
    """What will be true once the plan has been sent."""
    return Entry(
        connection=connection,
        url=request.url,
        method=request.method,
        request=request.raw,
        interim=plan.interim,
        head=plan.head,
        status=plan.status,
        entity_sha1=hashlib.sha1(plan.entity).hexdigest(),
        entity_length=len(plan.entity),
        cut=plan.cut,
        fault=fault,
    )


class Log:
    """Entries of all connections in the order in which they were answered."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, new: Entry) -> None:
        """Remember an entry, in the file too if there is one."""
        with self._lock:
            self._entries.append(new)
            if self._path:
                with self._path.open("a", encoding="ascii") as file:
                    file.write(new.line() + "\n")

    @property
    def entries(self) -> list[Entry]:
        """A copy of what is there now."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget all entries in memory."""
        with self._lock:
            self._entries.clear()
