"""Repository: a bare git repository that takes commits by `git fast-import`.  Source: git-fast-import(1).

Neither the user's nor the machine's configuration of git has a say in it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from archive.errors import BadUsage, CannotWrite, Unsupported

BRANCH = "refs/heads/main"
STATE = "Archive-State"
"""Trailer of each commit: what the archive said when it was made."""
WHO = "rfi-archive <rfi-archive@localhost>"
"""Author of each commit."""
_MARK = "rfi-archive.export"
"""What is set in the configuration of a repository of ours."""


class Repository:
    """One repository on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, path: Path) -> "Repository":
        """Make an empty one in an empty folder.  Raises Unsupported if there is no git."""
        made = cls(path)
        made._git("init", "--quiet", "--bare", "--template=", "--object-format=sha1")
        made._git("symbolic-ref", "HEAD", BRANCH)
        made._git("config", _MARK, "1")
        return made

    def is_ours(self) -> bool:
        """Tell whether there is one, and it is of our making.  Raises Unsupported if there is no git."""
        if not (self.path / "objects").is_dir():
            return False
        try:
            return self._git("config", _MARK).strip() == "1"
        except CannotWrite:
            return False

    def commits(self) -> dict[str, str]:
        """Return the ids of the commits by their STATE, the first one first.  Raises BadUsage if one is another's."""
        if not self._git("for-each-ref", BRANCH):
            return {}
        told = self._git("log", "--reverse", f"--format=%H %(trailers:key={STATE},valueonly,separator=%x20)", BRANCH)
        found = {state: commit for commit, _, state in (line.partition(" ") for line in told.splitlines())}
        if "" in found:
            raise BadUsage(f"{self.path} has a commit that no export made, {found['']}: name another --out")
        return found

    def take(self, pieces: Iterable[bytes]) -> None:
        """Give a stream to `git fast-import`: all of it comes to stand, or nothing.  Raises CannotWrite."""
        with TemporaryFile() as said:
            command = self._command("fast-import", "--quiet", "--force", "--done")
            with subprocess.Popen(  # noqa: S603 - git, by its path
                command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=_env()
            ) as process:
                assert process.stdin
                try:
                    for piece in pieces:
                        process.stdin.write(piece)
                    process.stdin.close()
                except BrokenPipeError:  # it says why
                    with suppress(BrokenPipeError):
                        process.stdin.close()
                except BaseException:
                    process.kill()
                    raise
            said.seek(0)
            self._tidy()
            _refuse(process.returncode, said.read())
        self._git("-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")  # years of small days are many files

    def _tidy(self) -> None:
        """Take away what imports that died have left."""
        for left in (*self.path.glob("fast_import_crash_*"), *self.path.glob("objects/pack/tmp_*")):
            left.unlink(missing_ok=True)

    def _git(self, *words: str) -> str:
        done = subprocess.run(self._command(*words), capture_output=True, env=_env(), check=False)  # noqa: S603 - git, by its path
        _refuse(done.returncode, done.stderr)
        return done.stdout.decode("utf-8", "replace")

    def _command(self, *words: str) -> list[str]:
        if not (git := shutil.which("git")):
            raise Unsupported("export git needs git: install it")
        return [git, f"--git-dir={self.path}", *words]


def blob(mark: int, content: bytes) -> bytes:
    """Return the command that brings a file's content, which `commit` names by its mark, a number from 1."""
    return b"blob\nmark :%d\n" % mark + _data(content)


def commit(epoch: int, message: str, files: Iterable[tuple[str, int]]) -> Iterator[bytes]:
    """Yield the commands of a commit on top of the last one.

    epoch: seconds since 1970 UTC.  files: path of what is new or different, and the mark of its content.
    """
    yield f"commit {BRANCH}\nauthor {WHO} {epoch} +0000\ncommitter {WHO} {epoch} +0000\n".encode()
    yield _data(message.encode())
    for path, mark in files:
        yield f"M 100644 :{mark} {path}\n".encode()


def reset(commit: str | None) -> bytes:
    """Return the command that lets the branch end at a commit; None: lets it begin anew."""
    return f"reset {BRANCH}\n".encode() + (f"from {commit}\n\n".encode() if commit else b"\n")


DONE = b"done\n"
"""The last command: without it nothing comes to stand."""


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _env() -> dict[str, str]:
    """Return the environment without what would tell git where to work, or how."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**mine, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def _refuse(code: int, said: bytes) -> None:
    """Raise CannotWrite unless git ended well."""
    if code:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise CannotWrite(f"git could not do it: {lines[0] if lines else f'it ended with {code}'}")
