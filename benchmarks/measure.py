"""Measure: run commands in turn, A B A B, and tell the median of each."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost."""

    wall: float
    """Seconds until it ended."""
    cpu: float
    """Seconds of processor, of children that it has waited for, too."""


def cost(command: Sequence[str | Path], codes: Sequence[int] = (0,)) -> Cost:
    """Run a command, and refuse any exit code but these: a tool that fails is not fast."""
    start = time.perf_counter()
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert child.stderr
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in codes:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{said.decode()}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime)


def in_turn(rivals: Mapping[str, Sequence[str | Path]], rounds: int) -> dict[str, list[Cost]]:
    """Run each rival `rounds` times, in turn, so that what slows the machine slows all."""
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, command in rivals.items():
            costs[name].append(cost(command))
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(getattr(c, name) for c in costs) for name in ("wall", "cpu")))


def spread(costs: Sequence[Cost]) -> str:
    """Return the shortest and the longest time, for people."""
    return f"{min(c.wall for c in costs):.2f}-{max(c.wall for c in costs):.2f}"


def percentiles(times: Sequence[float]) -> str:
    """Return the median and the 95th percentile, for people."""
    return f"{statistics.median(times):.1f}, {statistics.quantiles(times, n=20, method='inclusive')[-1]:.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
