"""Disks that fill up: a real one of a few hundred kB where a mount is allowed, else one that is acted, call by call.

A mount in a namespace of its own needs no right where users may make one; it goes with the
process that holds it.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Protocol

from tests.crawler.crawling import ROOT, Crawled
from tests.torture import cage
from tests.torture.cage import LET, Call, Verdict

SPACES = ["unshare", "--user", "--map-root-user", "--mount"], ["unshare", "--mount"]
"""Ways to a mount of one's own: of any user, where the kernel lets them; of root."""
_HOLD = """
mount -t tmpfs -o "size=$1" none "$2" && echo ready || exit
while read -r size; do mount -t tmpfs -o "remount,size=$size" none "$2" && echo ready || exit; done
"""
"""Mounts, then makes larger on demand; what is mounted is named in full, or mount(8) adds options that users may not set."""


class Disk(Protocol):
    """A disk with little room; commands run on it."""

    how: str
    """What it is, for people."""

    @property
    def archive(self) -> Path:
        """A folder on it, as this process sees it: read plain files here; SQLite would follow the path elsewhere."""

    def run(self, words: list[str], env: Mapping[str, str]) -> Crawled:
        """Run a command to its end; ARCHIVE among its words stands for the folder."""

    def grow(self, size: int) -> None:
        """Let there be room for `size` bytes in all."""


ARCHIVE = "{archive}"


@dataclass
class Mounted:
    """A tmpfs."""

    folder: Path
    holder: "subprocess.Popen[str]"
    enter: list[str]
    how: str = "a tmpfs of its own"

    @property
    def archive(self) -> Path:
        return Path(f"/proc/{self.holder.pid}/root{self.folder}/a")

    def run(self, words: list[str], env: Mapping[str, str]) -> Crawled:
        there = [word.replace(ARCHIVE, str(self.folder / "a")) for word in words]
        inside = [*self.enter, "sh", "-c", 'cd "$0" && exec "$@"', str(ROOT), *there]
        done = subprocess.run(inside, env=env, capture_output=True, text=True, check=False)
        return Crawled(done.returncode, done.stdout, done.stderr)

    def grow(self, size: int) -> None:
        assert self.holder.stdin
        assert self.holder.stdout
        self.holder.stdin.write(f"{size}\n")
        self.holder.stdin.flush()
        assert self.holder.stdout.readline() == "ready\n"


@dataclass
class Acted:
    """An ordinary folder; what would go beyond its size is refused before the kernel does it."""

    folder: Path
    size: int
    how: str = "no mount is allowed here: calls that go beyond the size are refused (seccomp)"

    @property
    def archive(self) -> Path:
        return self.folder / "a"

    def run(self, words: list[str], env: Mapping[str, str]) -> Crawled:
        there = [word.replace(ARCHIVE, str(self.archive)) for word in words]
        done = cage.run(there, self.archive, self._judge, cwd=ROOT, env=env)
        return Crawled(done.code, "", done.err)

    def grow(self, size: int) -> None:
        self.size = size

    def _judge(self, call: Call) -> Verdict:
        if call.name == "room":
            return Verdict(room=max(0, self.size - used(self.archive)))
        wants = call.size if call.name in ("write", "allocate") else 1 if call.name in ("open", "mkdir") else 0
        return Verdict(refuse=ENOSPC) if wants and used(self.archive) + wants > self.size else LET


def used(folder: Path) -> int:
    """Bytes that a tree takes, in whole blocks."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*") if path.is_file())


@contextmanager
def small(size: int) -> Iterator[Disk]:
    """Give a disk of `size` bytes."""
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    try:
        for space in SPACES:
            with _holder([*space, "sh", "-c", _HOLD, "sh", str(size), str(folder)]) as holder:
                assert holder.stdout
                if holder.stdout.readline() == "ready\n":
                    user = ["--user", "--preserve-credentials"] if "--user" in space else []
                    yield Mounted(folder, holder, ["nsenter", "--target", str(holder.pid), *user, "--mount", "--"])
                    return
        yield Acted(folder, size)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _holder(words: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """Run what holds a mount, until the block ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as holder:
        try:
            yield holder
        finally:
            holder.kill()
