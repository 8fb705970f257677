"""Library: a large archive of made-up articles; `shelve` makes their index and files, but not their pages.

Words are made of the characters that are common in Chinese and follow Zipf's law; articles are as long as
RFI's, 2.4 to 3.5 kB of text, and bear sections, shows, authors, tags and pictures as they do.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from urllib.parse import quote

from archive import urls
from archive.article import Article
from archive.language import han
from archive.pages.facts import Facts
from archive.rfi.editions import EDITIONS
from tests.archive.shelving import Story

NEWEST = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
A_DAY = 50
"""Articles a day."""
VOCABULARY, SHOWS, AUTHORS, TAGS = 30_000, 40, 300, 5_000
OF_SHOWS = 0.15
"""How many of all articles belong to a show."""
WORDS = 480, 660
"""Words of an article, least and most."""
SIGNS = {"，": 0.09, "。": 0.035, "、": 0.01, "“": 0.006, "”": 0.006, "</p><p>": 0.008}
"""What stands between words, and how often."""
LATIN = "G20 AI NATO Macron 2026 10 COVID-19 Paris iPhone 5G".split()


class Author:
    """Writes articles: always the same from the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self.words = self._vocabulary()
        """The commonest first."""
        given = [1 / (rank + 2.7) for rank in range(len(self.words))]
        scale = (1 - sum(SIGNS.values())) / sum(given)
        self._drawn = [*SIGNS, *self.words]
        self._weights = list(accumulate([*SIGNS.values(), *(weight * scale for weight in given)]))
        self._bare = list(accumulate(given))
        self.shows, self.authors, self.tags = (self._names(many) for many in (SHOWS, AUTHORS, TAGS))

    def _vocabulary(self) -> list[str]:
        signs = [char for char in map(chr, range(0x4E00, 0x9FA5)) if han.folded(char) == char]
        common = self._random.sample(signs, 3500)
        weights = list(accumulate(1 / (rank + 20) for rank in range(len(common))))
        words = dict.fromkeys(common[:60])
        while len(words) < VOCABULARY:
            (length,) = self._random.choices((1, 2, 3, 4), (8, 67, 15, 10))
            words["".join(self._random.choices(common, cum_weights=weights, k=length))] = None
        made = list(words)
        for at, word in enumerate(LATIN):
            made.insert(200 + 150 * at, word)
        return made

    def _names(self, many: int) -> list[str]:
        return sorted({self._text(self._random.randint(2, 4)) for _ in range(many)})

    def _text(self, words: int) -> str:
        return "".join(self._random.choices(self.words, cum_weights=self._bare, k=words))

    def _some(self, names: Sequence[str], most: int) -> tuple[str, ...]:
        """Return a few of these names, or none."""
        return tuple(dict.fromkeys(self._one(names) for _ in range(self._random.randint(0, most))))

    def _one(self, names: Sequence[str]) -> str:
        """Return one of these names, the first ones more often."""
        return names[int(len(names) * self._random.random() ** 2)]

    def stories(self, many: int) -> Iterator[Story]:
        """Yield so many articles, the oldest first."""
        for number in range(many):
            yield self._story(number, NEWEST - timedelta(days=1) * ((many - 1 - number) / A_DAY))

    def _story(self, number: int, at: datetime) -> Story:
        at = at.replace(second=0, microsecond=0)
        edition, (lead, body) = EDITIONS[number % 7 == 0], self._texts()
        section, show = self._one(edition.sections), self._one(self.shows) if self._random.random() < OF_SHOWS else None
        where = f"{quote(edition.shows)}/{quote(show)}" if show else quote(section)
        url = urls.canonical(f"https://www.rfi.fr/{edition.code}/{where}/{at:%Y%m%d}-{number}")
        image = f"https://s.rfi.fr/media/display/{number:08x}-0000-0000-0000-000000000000/w:1280/p:16x9/a.jpg"
        made = Article(
            epoch=int((at + timedelta(minutes=20)).timestamp()) * 1000,
            title=self._text(self._random.randint(5, 11)),
            url=url,
            shown=f"{at:%d/%m/%Y - %H:%M}",
            image=image,
            lead=lead,
            body=f"<p>{body}</p>",
            after="",
        )
        return Story(made, self._facts(made, at, section, show, body.replace("</p><p>", "\n")))

    def _texts(self) -> tuple[str, str]:
        words = self._random.choices(self._drawn, cum_weights=self._weights, k=self._random.randint(*WORDS))
        return "".join(words[:40]).replace("</p><p>", ""), "".join(words[40:])

    def _facts(self, made: Article, at: datetime, section: str, show: str | None, body: str) -> Facts:
        return Facts(
            published=at,
            modified=None,
            section=section,
            show=show,
            authors=self._some(self.authors, 2),
            tags=self._some(self.tags, 6),
            image=made.image,
            shown=made.image,
            caption=None,
            pictures=(),
            short=None,
            language="zh",
            generation=None,
            lead=made.lead,
            body=body,
        )
