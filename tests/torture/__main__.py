"""`python -m tests.torture [--rounds N] [--seed S] [--month] [--keep DIR]`: 1 if anything is lost, or told wrong.

Kills crawls at every kind of moment, N rounds; and lives through a month of hourly runs.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from tests.torture import month, november, reckoning, simulated
from tests.torture.moments import KINDS
from tests.torture.rounds import AN_ARCHIVE, Round, begun, can_hold

HOW = {
    True: "calls are held (seccomp), so that a kill comes between two of them, or inside one",
    False: "this kernel lets nobody hold another's calls: every kill comes at a random time",
}


def main() -> int:
    """Do all rounds; return the exit code."""
    words = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    words.add_argument("--rounds", type=int, default=200, metavar="N")
    words.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32), metavar="S")
    words.add_argument("--month", action="store_true", help="live through a month, too")
    words.add_argument("--keep", type=Path, metavar="DIR", help="keep the archives here, not only those that are wrong")
    options = words.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="torture-"))
    wrong = [*(killed(folder, options.rounds, options.seed)), *(lived(folder) if options.month else [])]
    if wrong:
        print(*wrong, f"the archives are in {folder}", sep="\n", file=sys.stderr)
    elif not options.keep:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def killed(folder: Path, number: int, seed: int) -> list[str]:
    """Do so many rounds, tell of each, and return what went wrong."""
    rounds: list[Round] = []
    if number:
        caged = can_hold()
        print(f"seed {seed}; {HOW[caged]}")
        for done in tortured(folder, number, seed, caged):
            print(done, flush=True)
            rounds.append(done)
        print(table(rounds))
    wrong = [done for done in rounds if done.wrong]
    return [f"seed {seed}: {len(wrong)} rounds went wrong"] if wrong else []


def lived(folder: Path) -> list[str]:
    """Live through a month, tell of each change, and return what went wrong."""
    archive, hours, begin = folder / "month", list[month.Hour](), time.monotonic()
    with month.begun(november.MONTH, archive) as one:
        for hour in one.hours():
            if not hours or hour.state != hours[-1].state:
                print(hour, flush=True)
            hours.append(hour)
        print(reckoning.figures(hours, len(list(archive.glob("articles/*/*/*.md"))), time.monotonic() - begin))
        ratios = simulated.compared(simulated.simulate(one.play), simulated.measured(one, hours))
        print("simulated / measured: " + ", ".join(f"{name} {ratio:.3f}" for name, ratio in ratios.items()))
        return [*reckoning.wrong(one, hours), *simulated.apart(one, hours)]


def tortured(folder: Path, rounds: int, seed: int, caged: bool) -> Iterator[Round]:
    """Yield each round; a fresh archive after some, and after one that went wrong, which is left as it is."""
    rng, kinds, number = random.Random(seed), cycle(KINDS), 0
    while number < rounds:
        archive = folder / f"archive-{number + 1}"
        with begun(archive, rng, caged) as torture:
            for kind in islice(kinds, min(AN_ARCHIVE, rounds - number)):
                number += 1
                yield (done := torture.round(number, kind))
                if done.wrong:
                    break


def table(rounds: list[Round]) -> str:
    """Return how many rounds of each kind there were, how many kills, and how many went wrong."""
    count, kills, wrong = Counter[str](), Counter[str](), Counter[str]()
    for done in rounds:
        count[done.kind] += 1
        kills[done.kind] += len(done.died)
        wrong[done.kind] += bool(done.wrong)
    lines = [f"{'kind of kill':26} {'rounds':>7} {'kills':>7} {'wrong':>7}"]
    lines += [f"{kind:26} {count[kind]:7} {kills[kind]:7} {wrong[kind]:7}" for kind in count]
    return "\n".join([*lines, f"{'all':26} {count.total():7} {kills.total():7} {wrong.total():7}"])


if __name__ == "__main__":
    sys.exit(main())
