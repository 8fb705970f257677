"""Memory: what the crawler must remember from run to run and cannot be read off the WARC.

`memory.json` in the archive's root.  Losing it loses politeness and a silence, never an
article: a file that cannot be read is as good as none, and is said.
"""

import json
import logging
import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.files import disk
from archive.manners import guest
from archive.manners.guest import Host

logger = logging.getLogger(__name__)

NAME = "memory.json"
VERSION = 1
MOST_BYTES = 1 << 20
"""Bytes of a file that is read; ours has a few hundred."""
MOST_RUNS = 1 << 31
"""Runs in a row that are believed: one a second for 68 years."""
MOST_TEXT = 200
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class End:
    """How a spider's runs ended lately."""

    code: int
    """Exit code of its last run."""
    since: datetime
    """When the first of the runs in a row that ended with this code did: UTC, whole seconds."""
    runs: int
    """How many these are."""
    told: int
    """The code that NOTIFY was last told; 0 = well."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All of it."""

    hosts: dict[str, Host] = field(default_factory=dict)
    """By name, lower case; a host of which nothing is known is not in it."""
    ends: dict[str, End] = field(default_factory=dict)
    """By spider."""


def load(root: Path) -> Memory:
    """Return the memory of an archive, an empty one if there is none; a damaged one is forgotten, with a warning."""
    path = root / NAME
    try:
        with path.open("rb") as file:
            return read(file.read(MOST_BYTES + 1))
    except (FileNotFoundError, NotADirectoryError):
        return Memory()
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s): what hosts asked for in earlier runs is forgotten", path, error)
        return Memory()


def save(root: Path, memory: Memory) -> None:
    """Write it down, in one step.  Raises CannotWrite."""
    disk.replace(root / NAME, write(memory))


def write(memory: Memory) -> bytes:
    """Return the file; the same memory is the same bytes."""
    told = {
        "version": VERSION,
        "hosts": {name: asdict(host) for name, host in memory.hosts.items()},
        "ends": {name: asdict(end) for name, end in memory.ends.items()},
    }
    return json.dumps(told, indent=1, sort_keys=True, default=_stamp).encode() + b"\n"


def read(content: bytes) -> Memory:
    """Read the file; keys of later versions are passed over.  Raises ValueError: no bytes but ours are believed."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    try:
        told = _table(json.loads(content))
        return Memory(
            {name: _host(_table(row)) for name, row in _table(told["hosts"]).items()},
            {name: _end(_table(row)) for name, row in _table(told["ends"]).items()},
        )
    except (KeyError, RecursionError, OverflowError) as error:
        raise ValueError(f"no such file as ours: {error!r}") from None


def _host(row: dict[str, Any]) -> Host:
    until, pause = row["until"], row["delay"]
    if not isinstance(pause, int | float) or isinstance(pause, bool) or not math.isfinite(pause):
        raise ValueError(f"no number of seconds: {pause!r:.40}")
    return Host(
        _number(row["rests"]),
        None if until is None else _time(until),
        _text(row["why"]),
        guest.delay(pause),
    )


def _end(row: dict[str, Any]) -> End:
    return End(_number(row["code"]), _time(row["since"]), _number(row["runs"]), _number(row["told"]))


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"no table: {value!r:.40}")  # noqa: TRY004 - the file is wrong, not the program
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_RUNS:
        raise ValueError(f"no count: {value!r:.40}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or not value.isprintable():
        raise ValueError(f"no reason: {value!r:.40}")
    return value


def _time(value: object) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else None
    if found is None or found.utcoffset() is None:
        raise ValueError(f"no time: {value!r:.40}")
    return found.astimezone(UTC)
