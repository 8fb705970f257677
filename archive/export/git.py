"""Git: article files and lists, committed day by day as they were captured.

A commit is a function of what was captured up to the end of its day (UTC), so the same
archive makes the same commit ids, and one that has grown adds commits to those it made
before.  A file that is gone from the site stays; of several versions of a day the last one
is committed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NotFound
from archive.export import folder, lists
from archive.export.days import Day, Days, Step
from archive.export.repository import DONE, STATE, Repository, blob, commit, reset
from archive.export.versions import Versions
from archive.history import Event
from archive.rfi.editions import EDITIONS

INCOMPLETE = "incomplete"
"""State of a commit that lacks a version which cannot be read: the next export makes it again."""
_COUNTED = {Event.FIRST: "new", Event.EDITED: "edited", Event.GONE: "gone", Event.RETURNED: "returned"}
_TRAILERS = {Event.GONE: "Gone", Event.RETURNED: "Returned"}
"""What of a day no changed file need show."""
Tell = Callable[[int], object]
"""Is told how many steps more are done."""


def write(out: Path, days: Days, versions: Versions, tell: Tell = lambda _: None) -> int:
    """Bring the bare repository `out` up to these days, or make it; return how many of its commits are replaced.

    Those are of days of which the archive says something else now; the last one, if its day was not over.
    Raises Unsupported (no git), NotFound (no article), BadUsage (`out` is something else), CannotWrite.
    """
    if not days.count:
        raise NotFound("no article was captured: nothing to export")
    there = Repository(out)
    if there.is_ours():
        return _bring_up(there, days, versions, tell)
    with folder.made(out, lambda _: False) as fresh:
        return _bring_up(Repository.make(fresh), days, versions, tell)


def _bring_up(repository: Repository, days: Days, versions: Versions, tell: Tell) -> int:
    known = repository.commits()
    stream = _Stream(known, versions, tell)
    repository.take(stream.pieces(days))
    return len(known) - stream.kept


class _Stream:
    """What `git fast-import` is given."""

    def __init__(self, known: Mapping[str, str], versions: Versions, tell: Tell) -> None:
        """known: ids of the commits that are there, by their states."""
        self._known, self._versions, self._tell = known, versions, tell
        self._newest = _Newest(versions)
        self.kept = 0
        """How many commits stay."""

    def pieces(self, days: Days) -> Iterator[bytes]:
        """Yield the days as commits behind those that stay."""
        last, adding = None, False
        for day in days:
            self._newest.take(day.steps)
            if not adding and day.state in self._known:
                last, self.kept = self._known[day.state], self.kept + 1
            else:
                if not adding:
                    yield reset(last)
                adding = True
                yield from self._commit(day)
            self._tell(len(day.steps))
        if not adding:
            yield reset(last)
        yield DONE

    def _commit(self, day: Day) -> Iterator[bytes]:
        """Yield what is new of a day, then its commit."""
        names, is_whole = list[str](), True
        for name, content in self._files(day):
            if content is None:
                is_whole = False
            else:
                names.append(name)
                yield blob(len(names), content)
        message = _message(day, day.state if is_whole else INCOMPLETE)
        yield from commit(day.epoch, message, ((name, mark) for mark, name in enumerate(names, start=1)))

    def _files(self, day: Day) -> Iterator[tuple[str, bytes | None]]:
        """Yield path and content of what a day may have changed; None for what cannot be read."""
        last = {step.path: step for step in day.steps if step.sha256}
        yield from ((path, self._versions.read(step)) for path, step in last.items())
        yield from self._newest.files()


def _message(day: Day, state: str) -> str:
    """Return a day's message: how much happened, and in trailers what became of which file."""
    counts = Counter(step.event for step in day.steps)
    subject = ", ".join(f"{counts[event]} {word}" for event, word in _COUNTED.items() if counts[event])
    told = (f"{_TRAILERS[step.event]}: {step.path}" for step in day.steps if step.event in _TRAILERS)
    return "\n".join((f"{day.day}: {subject}", "", *told, f"{STATE}: {state}", ""))


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article on a list."""

    epoch: int
    path: str
    title: str


class _Newest:
    """The lists as they were at the end of a day."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._steps: dict[str, dict[str, Step]] = {edition.code: {} for edition in EDITIONS}
        self._titles = dict[Step, str | None]()

    def take(self, steps: tuple[Step, ...]) -> None:
        """Put versions at the head of their lists, the last one first."""
        for step in steps:
            found = self._steps.get(step.edition)
            if found is not None and step.sha256:
                self._forget(found, step.path)
                found[step.path] = step
                if len(found) > lists.LENGTH:
                    self._forget(found, next(iter(found)))

    def _forget(self, found: dict[str, Step], path: str) -> None:
        if old := found.pop(path, None):
            self._titles.pop(old, None)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of the list of each edition that has articles."""
        for edition in EDITIONS:
            steps = sorted(self._steps[edition.code].values(), key=lambda step: (step.epoch, step.path), reverse=True)
            if entries := [entry for step in steps if (entry := self._entry(step))]:
                yield f"lists/{edition.spider}.md", lists.text(edition, entries).encode()

    def _entry(self, step: Step) -> _Entry | None:
        if step not in self._titles:
            self._titles[step] = self._versions.title(step)
        title = self._titles[step]
        return None if title is None else _Entry(step.epoch, step.path, title)
