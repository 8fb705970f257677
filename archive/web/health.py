"""Health: how the archive is and how its crawls do, as a page; where it lies on this machine is nobody's business."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, reduce
from operator import add
from pathlib import Path
from typing import Any

from archive.index import Index
from archive.rfi.editions import EDITIONS
from archive.runs import drift
from archive.runs.drift import Fill, Past
from archive.runs.health import gather
from archive.runs.review import earlier
from archive.web.answer import Answer
from archive.web.asked import Asked
from archive.web.context import Context, show

KEPT = 10
"""Seconds for which the figures are kept: some read whole tables through."""
_FOLDER = re.compile(r"(?<![\w:/.])/(?:[^\s/:'\"]+/)+")
"""The folders of an absolute path; those of a URL stand behind its host."""
_SIZES = "bytes kB MB GB TB".split()


@dataclass(frozen=True, slots=True)
class Filled:
    """How many articles have a field."""

    spider: str
    field: str
    """Name, as reports have it."""
    last: Fill
    """Of the latest run that read a page."""
    month: Fill
    """Of all such runs of 30 days."""
    drifted: bool
    """The latest of them ended with fields missing."""


def page(context: Context, asked: Asked) -> Answer:
    """Show it.  Raises NotReady."""
    index, at = context.index, since(asked.at)
    found = figures(context.root, at)
    filled = [one for edition in EDITIONS for one in _filled(index, edition.spider, at)]
    return show(context, asked, "health", found=found, filled=filled, at=at, size=size, least=drift.BODY)


def since(at: datetime) -> datetime:
    """Return since when the figures have been kept that are shown at a time."""
    return at - timedelta(seconds=at.second % KEPT, microseconds=at.microsecond)


@lru_cache(maxsize=2)
def figures(root: Path, at: datetime) -> dict[str, Any]:
    """Return what `gather` does, without the names of folders; whoever gets it leaves it as it is."""
    made: dict[str, Any] = quiet(gather(root, at))
    return made


def quiet(value: Any) -> Any:
    """Return a value of JSON in which no text names a folder by its absolute path."""
    if isinstance(value, dict):
        return {name: quiet(one) for name, one in value.items()}
    if isinstance(value, list):
        return [quiet(one) for one in value]
    return _FOLDER.sub("", value) if isinstance(value, str) else value


def size(count: int) -> str:
    """Return a number of bytes for people."""
    left, unit = float(count), 0
    while left >= 1000 and unit < len(_SIZES) - 1:  # noqa: PLR2004 - SI
        left, unit = left / 1000, unit + 1
    return f"{left:,.1f} {_SIZES[unit]}" if unit else f"{count} {_SIZES[0]}"


def _filled(index: Index, spider: str, now: datetime) -> list[Filled]:
    runs = earlier(index, spider, now)
    names = [name for name in drift.SAYS if any(name in run.fields for run in runs)]
    return [_field(spider, name, runs) for name in names]


def _field(spider: str, name: str, runs: list[Past]) -> Filled:
    fills = [run.fields.get(name, Fill()) for run in runs]
    return Filled(spider, name, fills[0], reduce(add, fills, Fill()), runs[0].drifted)
