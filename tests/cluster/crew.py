"""A crew: workers of one crawl, each with a folder of its own, that are killed and start again."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from tests.crawler.crawling import ROOT, command, environment
from tests.site import Running

AT_ONCE = {
    "IMAGES": "none",
    "REQUISITES": False,
    "RECHECK": "",
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "LEASE": 8,
    "LOG_LEVEL": "WARNING",
}
"""Settings of workers that fetch articles and nothing else, as quickly as they can."""
GLANCE = 0.05
"""Seconds between two looks at the workers."""


@dataclass
class Worker:
    """One worker: its folder, its command, the process that runs it now."""

    folder: Path
    words: list[str]
    env: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    codes: list[int] = field(default_factory=list)
    """How its processes have ended."""

    @property
    def said(self) -> str:
        """All that its processes said."""
        return self.folder.with_suffix(".log").read_text("utf-8")

    def start(self) -> None:
        """Start, or start again."""
        with self.folder.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(self.words, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def is_over(self) -> bool:
        """Whether its process has ended; then how is noted."""
        if self.process and (code := self.process.poll()) is not None:
            self.codes.append(code)
            self.process = None
        return self.process is None

    def send(self, number: int) -> None:
        """Send a signal."""
        assert self.process
        os.kill(self.process.pid, number)

    def die(self) -> None:
        """Die in the midst of whatever is done now."""
        if self.process:
            self.process.kill()
            self.codes.append(self.process.wait())
            self.process = None


@dataclass
class Crew:
    """The workers of one crawl."""

    folder: Path
    site: Running
    settings: Mapping[str, object]
    env: Mapping[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def worker(self, *, settings: Mapping[str, object] | None = None, **arguments: object) -> Worker:
        """One more worker, not begun; without arguments it takes what others find."""
        folder = self.folder / f"worker-{len(self.workers)}"
        folder.mkdir()
        given = {**AT_ONCE, **self.settings, **(settings or {})}
        words = command(folder, "rfi_cn", given, arguments or {"discover": "frontier"})
        self.workers.append(Worker(folder, words, environment(self.site) | dict(self.env)))
        return self.workers[-1]

    def work(self, patience: float, *, kills: int = 0, every: float = 0, seed: int = 0) -> float:
        """Let all work until all have ended in order; kill one every few seconds.  Gives how many seconds it took."""
        begun, draw = time.monotonic(), random.Random(seed)
        next_kill = begun + every
        while [worker for worker in self.workers if not worker.is_over()]:
            now = time.monotonic()
            assert now < begun + patience, "\n".join(worker.said[-2000:] for worker in self.workers)
            if kills and now > next_kill:
                victim = draw.choice([worker for worker in self.workers if worker.process] or self.workers)
                victim.die()
                victim.start()
                kills, next_kill = kills - 1, now + every
            time.sleep(GLANCE)
        return time.monotonic() - begun

    def records(self) -> Counter[str]:
        """How many response records each URL has in the workers' own files, as warcio reads them."""
        return responses(path for worker in self.workers for path in worker.folder.glob("warc/*.warc.gz"))

    def files(self) -> Counter[str]:
        """How many of the workers have each article file."""
        return Counter(path.name for worker in self.workers for path in worker.folder.glob("articles/*/*/*.md"))


def responses(paths: Iterable[Path]) -> Counter[str]:
    """How many response records each URL has in some WARC files."""
    found = Counter[str]()
    for path in paths:
        with path.open("rb") as file:
            found.update(r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(file) if r.rec_type == "response")
    return found


@contextmanager
def crew(folder: Path, site: Running, redis: str, **settings: object) -> Iterator[Crew]:
    """A crew that shares a Redis; an index, too: one SQLite file, as machines could not.  None outlives the test."""
    one = Crew(folder, site, {"QUEUE_URL": redis, **settings})
    try:
        yield one
    finally:
        for worker in one.workers:
            if worker.process:
                worker.send(signal.SIGCONT)
            worker.die()


def share_index(one: Crew) -> None:
    """Give all workers one index: a file that all folders lead to."""
    shared = one.folder / "index.sqlite"
    shared.touch()
    for worker in one.workers:
        (worker.folder / "index.sqlite").symlink_to(shared)
