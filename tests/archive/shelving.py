"""Shelving: index and article files of articles that no page was ever captured of: records are noted, but not there."""

import hashlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archive import article, page, urls
from archive.article import Article
from archive.decide import State
from archive.engines.opening import open_index
from archive.index import NAME as INDEX
from archive.index import Index
from archive.pages.facts import Facts
from archive.records.record import Capture
from archive.tables import rows
from archive.versions import content

_STEP = 1000
"""Articles of one transaction."""
_EACH, _FILE = 9000, 100_000
"""Bytes of a record, and records of a WARC file."""


@dataclass(frozen=True, slots=True)
class Story:
    """One made-up article."""

    article: Article
    facts: Facts

    @property
    def bytes(self) -> int:
        """How many bytes of UTF-8 its title, lead and body have."""
        return len(f"{self.article.title}{self.facts.lead}{self.facts.body}".encode())


def shelve(root: Path, stories: Iterable[Story]) -> None:
    """Make article files and index of these articles, as if each had been captured once."""
    root.mkdir(parents=True, exist_ok=True)
    left = iter(stories)
    with closing(open_index(root / INDEX, create=True, durable=False)) as index:
        number = 0
        while some := list(islice(left, _STEP)):
            with index:
                for story in some:
                    number += 1
                    _keep(root, index, story, number)


def _keep(root: Path, index: Index, story: Story, number: int) -> None:
    url, text = story.article.url, article.write(story.article).encode()
    path = root / urls.article_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    at, sha256 = datetime.fromtimestamp(story.article.epoch // 1000, UTC), hashlib.sha256(text).hexdigest()
    digest = f"sha1:{number:032d}"
    index.settle(url, State.ARCHIVED, "", at, story.article.epoch // 1000)
    file, offset = f"rfi-{number // _FILE:03d}.warc.gz", number % _FILE * _EACH
    captured = index.capture(Capture(file, offset, _EACH, url, at, digest, 200, "text/html"), url, State.ARCHIVED)
    index.page(rows.Paged(captured, int(at.timestamp()), digest, sha256, sha256[:16], content.FIRST, page.VERSION))
    index.file(story.article, story.facts, urls.article_path(url), sha256, captured)
