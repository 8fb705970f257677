"""Reread: articles read again from the WARC by today's parser, and what of each is different; nothing is fetched.

Afterwards index and files say of each of these URLs what a whole rebuild would say, without
the hours that it takes.  What is an article no more loses its row, and its file goes to
`quarantine/`.  A capture that cannot be read keeps what its row says.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from archive import decide, urls, warc
from archive.commit import draft, merge, taken
from archive.commit.draft import Made
from archive.commit.ledger import Ledger
from archive.decide import Known, Outcome, State
from archive.engines.opening import open_index
from archive.errors import BadRecord
from archive.files import disk
from archive.files.lock import Lock
from archive.files.quarantine import put_aside
from archive.index import NAME as INDEX
from archive.index import Index
from archive.page import NotAnArticle, Page
from archive.rebuild import stands
from archive.records import lenient, pair
from archive.records.record import Capture
from archive.tables.rows import Captured, Paged
from archive.versions import content

PROBLEM, NO_PAGE, NEW, NONE = "cannot be read", "no page", "new article", "no article"
VERSIONS, FACTS, FILE, SAME = "versions", "facts", "file", "same"
KINDS = {
    PROBLEM: "a record is damaged, and only another copy could mend it",
    NO_PAGE: "no whole page of this URL was captured",
    NEW: "its pages were no articles",
    NONE: "its pages are no articles any more",
    **{name: f"its {name} is read otherwise" for name in content.FIELDS},
    VERSIONS: "other captures of it are versions, or they say other things anew",
    FACTS: "its file stays as it is, rows say something else",
    FILE: "its file was missing or changed",
    SAME: "nothing is different",
}
"""What may have become of an article; several of it at once, but for the first four, FACTS, FILE and SAME."""
Choose = Callable[[Index], Iterable[str]]
"""Chooses the articles' URLs that are read again; each is written to before the next is asked for."""
_SAID_BY_ROWS = frozenset(("authors", "tags"))
"""Fields that the article file need not show."""


@dataclass(frozen=True, slots=True)
class Reread:
    """An article, read again."""

    url: str
    """Canonical URL."""
    became: tuple[str, ...]
    """What is different now, one or more of KINDS."""
    detail: str
    """The article file, or why there is none, or what cannot be read."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        return f"{', '.join(self.became)}: {self.url}: {self.detail}"


def reread(root: Path, choose: Choose, now: datetime, *, dry: bool = False) -> Iterator[Reread]:
    """Read all captures of the chosen articles again; yield each, when what is different stands on disk.

    dry: write nothing, only tell.  Raises NotFound if there is no archive or no index, Locked, CannotWrite.
    """
    folder = warc.folder_of(root)
    with Lock(root, "rfi-archive rebuild", now):
        open_index(root / INDEX).close()  # one that is not there is not made here
        with closing(open_index(root / INDEX, create=True)) as index:
            if not dry:
                merge.settle(folder, index)
            for url in choose(index):
                yield _Article(root, index, url, now).again(dry=dry)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the index has of one article."""

    captures: tuple[tuple[int, Captured], ...]
    row: tuple[Any, ...]

    @property
    def page(self) -> Paged | None:
        """The page that its file is made of."""
        return next((one.page for _, one in self.captures if one.article), None)

    @property
    def versions(self) -> list[tuple[int, str]]:
        """Its versions, and what each says anew."""
        pages = (one.page for _, one in self.captures if one.page)
        return [(page.number, page.changed) for page in pages if content.is_version(page.changed)]

    @property
    def states(self) -> list[State]:
        return [one.state for _, one in self.captures]

    def whoever_read(self) -> "_Standing":
        """Return it without the parser's version."""
        without = (
            (number, replace(one, page=one.page and replace(one.page, parser=0))) for number, one in self.captures
        )
        return replace(self, captures=tuple(without))


class _Article:
    """One article's URL, read again."""

    def __init__(self, root: Path, index: Index, url: str, now: datetime) -> None:
        self._root, self._index, self._url, self._now = root, index, url, now
        self._problems: list[str] = []
        self._before = self._standing()
        captures = self._before.captures
        self._found = {number: (one.capture, made) for number, one in captures if (made := self._made(one))}

    def again(self, *, dry: bool) -> Reread:
        """Bring file and rows up to what its captures hold; dry: only tell."""
        became: tuple[str, ...] = ()
        if self._found:
            try:
                became = self._bring_up(dry)
            except BadRecord as error:
                self._problems.append(f"{error}: all of it stays as it was")
        if self._problems:
            told = (PROBLEM, *(kind for kind in became if kind != SAME))
            return Reread(self._url, told, "; ".join(self._problems))
        if not became:
            return Reread(self._url, (NO_PAGE,), KINDS[NO_PAGE])
        return Reread(self._url, became, self._why() if became == (NONE,) else urls.article_path(self._url))

    def _made(self, one: Captured) -> Made | NotAnArticle | None:
        """Return what a capture holds; None if it is no whole page, or cannot be read."""
        try:
            whole = one.capture.status == HTTPStatus.OK and not pair.waits(one.capture)
            found = self._read(one.capture) if whole else None
        except BadRecord as error:
            self._problems.append(str(error))
            return None
        if isinstance(found, Page):
            return draft.make(found)
        return found if isinstance(found, NotAnArticle) else None

    def _read(self, capture: Capture) -> taken.Taken:
        return taken.read(warc.read_pair(self._root / "warc", capture.place, capture.refers)[1])

    def _standing(self) -> _Standing:
        return _Standing(tuple(self._index.captures(self._url)), self._index.noted(self._url))

    def _bring_up(self, dry: bool) -> tuple[str, ...]:
        """Do all that follows, after a look at what that is: where nothing does, nothing is written."""
        with self._index.undone():
            self._apply(dry=True)
            after = self._standing()
            filed = self._index.filed(url=self._url)
        became = _became(self._before, after)
        if became in ((SAME,), (FACTS,)) and filed and not stands(self._root, filed):
            became = (FILE,)
        if not dry and (became == (FILE,) or after != self._before):
            with self._index.lasting():
                self._apply(dry=False)
        return became

    def _apply(self, *, dry: bool) -> None:
        """Make file and rows as a rebuild does; dry: rows only."""
        keeper = Ledger(self._root, self._index, (lambda _path, _content: None) if dry else disk.put)
        for number, (capture, made) in self._found.items():
            keeper.judge(number, capture, made if isinstance(made, Made) else None)
        if self._index.pages(self._url):
            pages = {number: made for number, (_, made) in self._found.items() if isinstance(made, Made)}
            keeper.derive(self._url, pages, again=True)
            self._restate(Outcome(State.ARCHIVED))
        else:
            self._unfile(dry)
            self._restate(self._outcome())

    def _unfile(self, dry: bool) -> None:
        """Take out an article that is none: its file first, as a row without a file is met again."""
        filed = self._index.filed(url=self._url)
        if filed and not dry and (self._root / filed.path).is_file():
            put_aside(self._root, filed.path, f"its record makes no article: {self._why()}", self._now)
        self._index.unfile(self._url)

    def _why(self) -> str:
        """Return why its last page is no article."""
        return str([made for _, made in self._found.values()][-1])

    def _fetches(self) -> list[tuple[datetime, Captured]]:
        """Return the captures that were fetches of ours and tell of the URL, by date."""
        found = (one for _, one in self._index.captures(self._url))
        return [
            (one.capture.date, one)
            for one in found
            if one.state is not State.LISTED and not lenient.is_foreign(one.capture.file)
        ]

    def _outcome(self) -> Outcome | None:
        """Return what its last fetch makes of a URL without an article; None: what is known already."""
        known, fetches = self._index.known([self._url])[self._url], self._fetches()
        if _is_last(fetches, known):
            return taken.outcome(self._read(fetches[-1][1].capture))
        if known.state is not State.ARCHIVED:
            return None
        return Outcome(State.FAILED, "its last fetch brought nothing") if known.last else Outcome(State.LISTED)

    def _restate(self, outcome: Outcome | None) -> None:
        """Note what its fetches say of the URL.  Of those that brought nothing only the last is known here."""
        known = self._index.known([self._url])[self._url]
        state, states = known.state if outcome is None else outcome.state, self._standing().states
        attempts = known.attempts
        if states != self._before.states or (state is State.ARCHIVED) != (known.state is State.ARCHIVED):
            fetches = self._fetches()
            behind = [(known.last, State.FAILED)] if known.last and not _is_last(fetches, known) else []
            attempts = decide.attempts([*((at, one.state) for at, one in fetches), *behind])
        if outcome:
            self._index.restate(self._url, outcome.state, outcome.why, attempts)


def _is_last(fetches: list[tuple[datetime, Captured]], known: Known) -> bool:
    """Tell whether the last fetch left a capture; a failure in the same second came behind it: no page is FAILED."""
    if not fetches or known.last is None:
        return bool(fetches)
    last, _ = fetches[-1]
    return known.last < last or (known.last == last and known.state is not State.FAILED)


def _became(before: _Standing, after: _Standing) -> tuple[str, ...]:
    """Return what is different of an article."""
    was, now = before.page, after.page
    if bool(was) is not bool(now):
        return (NEW,) if now else (NONE,)
    kinds = (*(_words(was, now) if was and now else ()), *((VERSIONS,) if before.versions != after.versions else ()))
    return kinds or ((FACTS,) if before.whoever_read() != after.whoever_read() else (SAME,))


def _words(was: Paged, now: Paged) -> tuple[str, ...]:
    """Return the names of the fields that an article's newest version says otherwise; markup if it is that alone."""
    names = content.changed(was.content, now.content).split()
    if was.sha256 == now.sha256:
        return tuple(name for name in names if name in _SAID_BY_ROWS)
    return tuple(name for name in names if name != content.MARKUP) or tuple(names)
