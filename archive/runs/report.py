"""Report: what one run did, as values and as `runs/<UTC>.json`.  The fields of Report are the schema of the file.

A time in the file is ISO 8601, UTC, to the second: "2026-11-23T05:00:00Z".  The 17 digits of a file's name are
when the run began, UTC to the millisecond, so that names in order are runs in order.
"""

import heapq
import json
import logging
import math
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from archive.errors import BadReport, NotFound
from archive.files.disk import replace
from archive.language import moment

logger = logging.getLogger(__name__)

FOLDER = "runs"
MAKING = ".report.new"
"""Temporary name of each report: the next one takes the place of one that died."""
VERSION = 1
MOST = 100
"""URLs of which a report tells that they were given up; the newest."""
MAX_SIZE = 4 << 20
"""Bytes; no report of ours is as long."""
NAME = re.compile(r"[0-9]{17}\.json")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed, sitemap, section or calendar page that was asked for."""

    surface: str
    """Which way of finding articles it is of: "rss", "sitemap", "sections" ..."""
    url: str
    """Canonical."""
    answer: int | None
    """HTTP status; 304 means that nothing is new.  None: no answer came."""
    links: int
    """Links to articles that it gave."""
    new: int
    """Those of them that were not known before."""
    why: str
    """Why it gave none, where it should have; "" if it did."""


@dataclass(frozen=True, slots=True)
class Slow:
    """An answer that took its time."""

    url: str
    """As it was asked for."""
    seconds: float
    """From the request to the answer's last byte, waiting out politeness left out."""
    bytes: int
    """Of head and body, as they came."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How many articles have a field, in this run and before."""

    having: int
    """Articles of this run that have it."""
    of: int
    """Articles of this run that should."""
    before_having: int
    """Those of the 30 days before that have it."""
    before_of: int
    """Those of the 30 days before that should."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a host has asked of us."""

    host: str
    """Its name, with a port if that is not the usual one."""
    delay: float
    """Seconds that its robots.txt asks for between two requests; 0 = it does not say."""
    until: datetime | None
    """It is asked for nothing before; None: it may be asked."""
    rests: int
    """Runs in a row that it ended by refusing."""
    why: str
    """How it refused last: "HTTP 403" ...; "" if it did not."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A URL that is not tried again by itself."""

    url: str
    """Canonical."""
    why: str
    """What became of its last try."""


@dataclass(frozen=True, slots=True)
class Report:
    """One run, from its begin to its end.  What a newer version adds is passed over when it is read."""

    version: int
    """Of this schema: VERSION."""
    spider: str
    """"rfi_cn" or "rfi_tw"."""
    started: datetime
    """UTC; the file keeps whole seconds."""
    ended: datetime
    """UTC; the file keeps whole seconds."""
    seconds: float
    """How long it took, by a clock that nobody sets."""
    code: int
    """Exit code; README.md has the table."""
    line: str
    """The last line on stderr, for people."""
    counts: dict[str, int]
    """What was counted, by name: "archived", "found", "failed", "rejected" ..."""
    causes: dict[str, int]
    """Of what failed or was rejected: how often, by cause."""
    requests: int
    """Requests sent: robots.txt, redirects and retries too."""
    received: int
    """Bytes of all answers, heads and bodies as they came."""
    listings: tuple[Listing, ...]
    """In the order in which they were heard: one that is tried again comes later."""
    slowest: tuple[Slow, ...]
    """The ten slowest answers, slowest first."""
    fields: dict[str, Filled]
    """Fill rates by field, as drift.py has them; "pages": fetched pages that are articles."""
    gone: tuple[str, ...]
    """A line for each field that went missing."""
    hosts: tuple[Host, ...]
    """Every host that has asked something of us: a distance between requests, or to be left alone."""
    given_up: tuple[GivenUp, ...]
    """The newest URLs that are not tried again by themselves, 100 at most."""
    waiting: int
    """URLs that later runs will try."""
    next: datetime | None
    """When the first of these is due, UTC; None if none waits for a time."""
    free: int
    """Bytes free on the archive's disk at the end; 0 if there is no such folder."""


def write(root: Path, report: Report) -> Path:
    """Write a run's report and return where it lies; one that is there stays.  Raises CannotWrite.

    A text that JSON in UTF-8 cannot hold (half a surrogate pair) has "?" in its place.
    """
    begun = report.started.astimezone(UTC)
    path = _path(root, begun)
    while path.exists():  # of another run that began in this millisecond
        begun += timedelta(milliseconds=1)
        path = _path(root, begun)
    text = json.dumps(asdict(report), default=_iso, ensure_ascii=False, indent=1, sort_keys=True)
    replace(path, text.encode("utf-8", "replace") + b"\n", under=MAKING)
    return path


def read(path: Path) -> Report:
    """Read one report.  Raises NotFound, or BadReport for what is none."""
    if not path.is_file():
        raise NotFound(f"no such report: {path}")
    try:
        with path.open("rb") as file:
            text = file.read(MAX_SIZE)  # of a longer one the beginning, which is no JSON
        report: Report = _made(Report, json.loads(text.decode(), parse_constant=_refuse), "")
    except (OSError, ValueError, RecursionError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise BadReport(f"{path} is no report of a run: {why or type(error).__name__:.{_LONGEST}}") from None
    return report


def latest(root: Path, count: int) -> Iterator[Report]:
    """Yield the newest reports of an archive, newest first; only so many files are read.

    One that cannot be read is passed over, and a warning logged.
    """
    try:
        with os.scandir(root / FOLDER) as entries:
            names = heapq.nlargest(count, (entry.name for entry in entries if NAME.fullmatch(entry.name)))
    except OSError:
        return  # no run has ended yet
    for name in names:
        try:
            yield read(root / FOLDER / name)
        except (BadReport, NotFound) as error:
            logger.warning("%s", error)


def _path(root: Path, begun: datetime) -> Path:
    return root / FOLDER / f"{begun:%Y%m%d%H%M%S}{begun.microsecond // 1000:03d}.json"


def _iso(value: Any) -> str:
    assert isinstance(value, datetime)
    return moment.stamp(value)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _made(kind: Any, value: Any, where: str) -> Any:
    """Make a value of the kind that a field has of what JSON has.  Raises ValueError, which says where it is wrong."""
    if is_dataclass(kind) and isinstance(kind, type) and isinstance(value, dict):
        hints = get_type_hints(kind)
        if missing := [field.name for field in fields(kind) if field.name not in value]:
            raise ValueError(f"{where}: {', '.join(missing)} missing".lstrip(": "))
        return kind(**{name: _made(hints[name], value[name], f"{where}.{name}".lstrip(".")) for name in hints})
    if get_origin(kind) is UnionType:
        return None if value is None else _made(get_args(kind)[0], value, where)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_made(get_args(kind)[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if get_origin(kind) is dict and isinstance(value, dict):
        return {_text(name): _made(get_args(kind)[1], item, f"{where}.{name}") for name, item in value.items()}
    if kind is datetime and isinstance(value, str):
        return datetime.strptime(value, moment.STAMP).replace(tzinfo=UTC)
    if kind is str and isinstance(value, str):
        return _text(value)
    if kind is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if kind is int and type(value) is int:
        return value
    raise ValueError(f"{where or 'it'} is {value!r:.60}")


def _text(value: str) -> str:
    value.encode()  # half a surrogate pair raises a ValueError
    return value
