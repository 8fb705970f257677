"""Arguments of a spider (`-a NAME=VALUE`): texts in, a Plan out, or one clear BadUsage; settings that are numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import urls
from archive.decide import Asked
from archive.errors import BadUrl, BadUsage

SURFACES = ("rss", "news", "sections")
"""What `-a discover=` may name."""
NUMBERS: dict[str, Callable[[Any], float]] = {
    "MIN_FREE_BYTES": int,
    "QUIET_HOURS": float,
    "MAX_RUNTIME": float,
    "MAX_REQUESTS": int,
    "MAX_BYTES": int,
}
"""Settings of ours that are numbers, some of them not read before the end of a run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    urls: tuple[str, ...] = ()
    """Canonical URLs that the user asks for; with any, nothing is discovered."""
    asked: Asked = Asked.LISTING
    """How they were asked for."""
    bad_lines: tuple[str, ...] = ()
    """What is wrong with which line of the file they came from."""
    discover: tuple[str, ...] = SURFACES
    """Surfaces to look at for articles."""
    limit: int | None = None
    """Articles to fetch at most, newest first; None = all."""


def read(
    *, url: str | None = None, urls_file: str | None = None, limit: str | None = None, discover: str | None = None
) -> Plan:
    """Make a Plan of a spider's arguments, as texts; None = not given.  Raises BadUsage."""
    if url is not None and urls_file is not None:
        raise BadUsage("-a url= and -a urls= exclude each other: give one of them")
    most = None if limit is None else _positive(limit)
    if url is not None:
        return Plan(urls=(_asked(url),), asked=Asked.USER, limit=most)
    if urls_file is not None:
        good, bad = urls.read_list(_text(Path(urls_file)))
        if not good:
            raise BadUsage(f"-a urls={urls_file}: no URL in it{': ' + bad[0] if bad else ''}")
        return Plan(
            urls=tuple(good), asked=Asked.FILE, bad_lines=tuple(f"{urls_file} {line}" for line in bad), limit=most
        )
    return Plan(discover=_surfaces(discover), limit=most)


def check_numbers(settings: Mapping[str, Any]) -> None:
    """Raise BadUsage for a setting that should be a number and is none."""
    for name, kind in NUMBERS.items():
        try:
            kind(settings[name])
        except (TypeError, ValueError):
            raise BadUsage(f"{name}={settings[name]}: give a number, 0 for none") from None


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise BadUsage(f"-a limit={text}: give a whole number from 1 on")
    return int(text)


def _asked(url: str) -> str:
    try:
        return urls.asked(url)
    except BadUrl as error:
        raise BadUsage(f"-a url=: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadUsage(f"-a urls={path}: cannot be read ({error}): name a UTF-8 file of one URL a line") from None


def _surfaces(text: str | None) -> tuple[str, ...]:
    names = SURFACES if text is None else tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if unknown := [name for name in names if name not in SURFACES]:
        raise BadUsage(f"-a discover={text}: {unknown[0]!r} is none of {', '.join(SURFACES)}")
    return names
