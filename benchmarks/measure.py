"""Measure: run commands in turn, A B A B, and tell the median of each."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks import watch

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASIDE = ROOT / ".venv-bench" / "bin" / "python"
"""The interpreter of the peers that cannot live beside ours."""
OURS = (sys.executable, "-m", "archive.cli")
"""`rfi-archive` of this tree."""
Command = Sequence[object]
"""Words of a command line."""


class Wrong(Exception):
    """Something is not what who made it claims: it is worth no figure."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost, with all that it started."""

    wall: float
    """Seconds until it ended."""
    cpu: float
    """Seconds of processor."""
    peak: float
    """Bytes of memory of its largest process, at its most."""
    tree: float
    """Bytes of memory of all its processes together, at their most; of shared memory each has its part."""
    written: float
    """Bytes that it gave to the disk, those too that it took away again."""


def cost(command: Command, codes: Sequence[int] = (0,), env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Cost:
    """Run a command, and refuse any exit code but these: a tool that fails is not fast.

    What others have written is on disk before: whoever waits for the disk would wait for that, too.
    """
    words = [str(word) for word in command]
    words[0] = shutil.which(words[0]) or words[0]
    os.sync()
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as told:
        watched = [sys.executable, "-IS", watch.__file__, told.name, *words]
        done = subprocess.run(
            watched,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode not in codes:
            raise Wrong(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
        return Cost(**json.load(told))


def in_turn(rivals: Mapping[str, Command], rounds: int) -> dict[str, list[Cost]]:
    """Run each rival `rounds` times, in turn, so that what slows the machine slows all."""
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, command in rivals.items():
            costs[name].append(cost(command))
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(getattr(c, field.name) for c in costs) for field in fields(Cost)))


def spread(costs: Sequence[Cost]) -> str:
    """Return the shortest and the longest time, for people."""
    return f"{min(c.wall for c in costs):.2f}-{max(c.wall for c in costs):.2f}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return how many times as fast `ours` were as `theirs` of the same round: median, least and most; for people."""
    pairs = [that / this for this, that in zip(ours, theirs, strict=True)]
    return f"{statistics.median(pairs):.2f} ({min(pairs):.2f}-{max(pairs):.2f})"


def walls(costs: Iterable[Cost]) -> list[float]:
    """Return the seconds that each took."""
    return [cost.wall for cost in costs]


def percentiles(times: Sequence[float]) -> str:
    """Return the median and the 95th percentile, for people."""
    return f"{statistics.median(times):.1f}, {statistics.quantiles(times, n=20, method='inclusive')[-1]:.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
