"""Rounds: kill a command, as often as its kind says, run a clean crawl behind it, and look whether anything was lost."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crawler import evidence
from tests.crawler.crawling import ROOT, Crawled, command, environment
from tests.crawler.story import listed
from tests.site import Running, Site, serve
from tests.torture import cage, witness
from tests.torture.forked import shared
from tests.torture.moments import KINDS, Moment, Scene, When

EVERYTHING = 100_000
"""Items in a feed of a site that lists all it has."""
AN_ARCHIVE = 20
"""Rounds on one archive; then a fresh one is begun."""
NEW = 8
"""Articles that come out before a killed run, at most."""
TRIES = 8
"""Draws of one round until a moment comes before the run has ended."""
SIGKILL = -9


def crawl(archive: Path) -> list[str]:
    """Words of a crawl."""
    return command(archive, "rfi_cn", {}, {})


def fast_crawl(archive: Path) -> list[str]:
    """Words of a crawl that asks for many pages at once, so that they are committed together."""
    many = {"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    return command(archive, "rfi_cn", many, {})


def verb(name: str, archive: Path) -> list[str]:
    """Words of one of our own verbs."""
    return [sys.executable, "-m", "archive.cli", name, "--archive", str(archive)]


VICTIMS = {
    "crawl": crawl,
    "fast crawl": fast_crawl,
    "rebuild": lambda archive: verb("rebuild", archive),
    "pending": lambda archive: [sys.executable, "-m", "tests.torture.doubted", str(archive)],
    "doctor": lambda archive: verb("doctor", archive),
    "import": lambda archive: [sys.executable, "-m", "tests.torture.bringing", str(archive)],
    "import of records": lambda archive: [sys.executable, "-m", "tests.torture.lent", str(archive)],
    "rollup": lambda archive: [sys.executable, "-m", "tests.torture.tomorrow", str(archive)],
}
"""What is killed: every command that writes."""


@dataclass
class Round:
    """What came of one round."""

    number: int
    kind: str
    died: list[str] = field(default_factory=list)
    """Where, a line for each kill."""
    wrong: list[str] = field(default_factory=list)
    """Nothing, or the reason why somebody has to look."""
    seconds: float = 0

    def __str__(self) -> str:
        """Return one line for people."""
        told = f"{self.number:4} {self.kind:24} {self.seconds:5.1f} s  {'; '.join(self.died)}"
        return told if not self.wrong else told + "".join(f"\n     WRONG: {line}" for line in self.wrong)


@dataclass
class Torture:
    """Rounds on one archive."""

    archive: Path
    running: Running
    rng: Random
    caged: bool
    """Whether this machine lets calls be held; else every kill is at a random time."""
    seconds: float = 1.5
    """That a whole crawl took, the last time."""

    def round(self, number: int, kind: str) -> Round:
        """Do one round."""
        done, begun = Round(number, kind), time.monotonic()
        for step in KINDS[kind]:
            self._kill(step.victim, step.draw, done)
        had = witness.committed(self.archive) | witness.recorded(self.archive)
        sealed = witness.sealed(self.archive)
        self._run_clean(done, had)
        done.wrong += self._look(sealed)
        done.seconds = time.monotonic() - begun
        return done

    def _kill(self, victim: str, draw: Callable[[Scene], When], done: Round) -> None:
        """Kill one command; one that ended before its moment came was a clean run more, and is drawn again."""
        if victim != "crawl" and not self.archive.exists():
            self._run_clean(done, set())
        for _ in range(TRIES):
            self.running.site.publish(self.rng.randint(1, NEW))
            had = witness.committed(self.archive)
            new = len(set(listed(self.running.site)) - had)
            when = draw(Scene(self.rng, new, self.seconds))
            self.running.site.journal.clear()
            code, where, err = self._run(VICTIMS[victim](self.archive), when)
            done.wrong += witness.asked_again(evidence.pages(self.running.log), had)
            if code == SIGKILL:
                done.died.append(f"{victim}: {where}")
                return
            if code:
                done.wrong.append(f"{victim} ended with {code}: {err.splitlines()[-1:]}")
            if victim != "crawl":
                self._run_clean(done, had)  # so that there is more to do the next time
        done.wrong.append(f"{victim}: no moment came in {TRIES} draws")

    def _run(self, words: list[str], when: When) -> tuple[int, str, str]:
        """Run a command that dies at its moment: exit code, where it died, what it said."""
        if isinstance(when, Moment) and self.caged:
            told = cage.run(words, self.archive, when.judge(), cwd=ROOT, env=environment(self.running))
            return told.code, f"{'in' if when.tears(told.last) else 'before'} {told.last}", told.err
        seconds = when if isinstance(when, float) else self.rng.uniform(0.05, self.seconds)
        with subprocess.Popen(
            words, cwd=ROOT, env=environment(self.running), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            try:
                _, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                _, err = process.communicate()
        return process.returncode, f"after {seconds:.2f} s", err.decode()

    def _run_clean(self, done: Round, had: set[str]) -> None:
        """Crawl to the end, as cron would."""
        self.running.site.journal.clear()
        begun = time.monotonic()
        told = finished(crawl(self.archive), self.running)
        self.seconds = time.monotonic() - begun
        if told.code or "Traceback" in told.err:
            done.wrong.append(f"the clean run ended with {told.code}: {told.err[-2000:]}")
        done.wrong += witness.asked_again(evidence.pages(self.running.log), had)

    def _look(self, sealed: witness.Hashes) -> list[str]:
        """Return all that is wrong with the archive now."""
        told = finished(verb("verify", self.archive))
        said = [f"verify ended with {told.code}: {told.out[-2000:]}{told.err[-500:]}"]
        return [
            *witness.lost(self.archive, self.running.site, listed(self.running.site)),
            *witness.torn(self.archive, sealed),
            *witness.changed(sealed, witness.sealed(self.archive)),
            *witness.left(self.archive),
            *(said if told.code else []),
        ]


def finished(words: list[str], running: Running | None = None) -> Crawled:
    """Run a command of ours to its end, forked."""
    return shared().run(words, environment(running))


@contextmanager
def begun(archive: Path, rng: Random, caged: bool) -> Iterator[Torture]:
    """Serve a site that has articles for all rounds of one archive."""
    waiting = AN_ARCHIVE * NEW * 3
    with serve(Site(clones=waiting, unpublished=waiting, feed_items=EVERYTHING)) as running:
        yield Torture(archive, running, rng, caged)


def can_hold() -> bool:
    """Tell whether this machine lets one process hold another's calls."""
    try:
        return cage.run([sys.executable, "-c", ""], ROOT, lambda _: cage.LET, cwd=ROOT, env={}).code == 0
    except (OSError, KeyError):
        return False
