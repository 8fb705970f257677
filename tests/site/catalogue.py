"""All articles the site may ever show, found by path or by short code; nothing moves here."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from . import odd
from .article import Article
from .source import FOLDER, read_all


@dataclass(frozen=True)
class Catalogue:
    """Articles by path: the written ones, their clones, and the bases of the odd answers."""

    written: tuple[Article, ...]
    clones: tuple[Article, ...]
    odd: dict[str, Article]
    listed: tuple[str, ...]
    """Names of the odd answers that lists show."""
    by_path: dict[str, Article] = field(default_factory=dict)

    @cached_property
    def listable(self) -> tuple[Article, ...]:
        """Everything lists may show, newest first."""
        shown = (*self.written, *self.clones, *(self.odd[name] for name in self.listed))
        return tuple(sorted(shown, key=lambda a: (a.published, a.path), reverse=True))

    @cached_property
    def by_short(self) -> dict[str, Article]:
        """Articles by the code of their short link."""
        return {a.short: a for a in self.by_path.values()}


def clones(written: tuple[Article, ...], count: int) -> tuple[Article, ...]:
    """`count` clones, 39 a day, going back from the day before the first written article."""
    start = min(a.published for a in written)
    return tuple(written[n % len(written)].clone(n, start) for n in range(count))


def build(count: int, listed: tuple[str, ...], folder: Path = FOLDER, given: tuple[Article, ...] = ()) -> Catalogue:
    """Read the folder and make all else from it, but for what is given; cheap enough for ten thousand clones."""
    written = read_all(folder)
    base = next(a for a in written if a.edition == "cn" and a.after == "share" and a.picture)
    odds = {name: odd.article(name, n, base) for n, name in enumerate(odd.ODD)}
    more = (*clones(written, count), *given)
    by_path = {a.path: a for a in (*more, *written, *odds.values())}
    if len(by_path) != len(written) + len(more) + len(odds):
        raise ValueError("two articles have one path")
    return Catalogue(written, more, odds, listed, by_path)
