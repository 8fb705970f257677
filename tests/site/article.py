"""One article as our small site knows it: what its page shows and what its file must hold.

Pure values; imports nothing of the package.  Articles come from `articles/*.txt` (see `source.py`),
from the odd answers and from cloning; pages are drawn from them and so, separately, is `expected`.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
HOST = "https://www.rfi.fr"
SHOWS = ("专栏检索", "專欄檢索")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def encoded(text: str) -> str:
    """Percent-encode everything but unreserved characters and `/`, upper-case hex, NFC."""
    return quote(unicodedata.normalize("NFC", text), safe="/")


def base62(number: int, width: int) -> str:
    """Write a number with the alphabet of the short links."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits


@dataclass(frozen=True)
class Line:
    """One line of a body or a lead: markup as the page has it, and as the file must have it."""

    page: str
    file: str


@dataclass(frozen=True)
class Picture:
    """The lead image: its file name as uploaded, and the caption under it."""

    name: str
    caption: str = ""

    @property
    def uuid(self) -> str:
        """An identifier in the site's shape (version 1, a VMware node), fixed by the name."""
        h = hashlib.sha1(self.name.encode()).hexdigest()
        return f"{h[:8]}-{h[8:12]}-11f1-{h[12:16]}-005056{h[16:22]}"

    def url(self, width: int, twin: str = "") -> str:
        """The image at a width, 16:9; width 0 is the bare form, `twin` another extension."""
        name = re.sub(r"\.\w+$", twin, self.name) if twin else self.name
        size = f"w:{width}/p:16x9/" if width else ""
        return f"https://s.rfi.fr/media/display/{self.uuid}/{size}{quote(name)}"


@dataclass(frozen=True)
class Article:
    """Everything about one article; times are Paris time, texts are plain unless they say markup."""

    edition: str
    """`cn` (simplified) or `tw` (traditional)."""
    section: str
    """Path between edition and slug, decoded: `中国`, `专栏检索/要闻分析`, `contenu`."""
    slug: str
    """What follows the eight digits, decoded."""
    day: date
    """The eight digits of the URL; may be one day before `published`."""
    title: str
    """The H1 after collapsing white space, without the show's name."""
    published: datetime
    modified: datetime | None
    lead: Line | None
    """None: the page has no lead element at all."""
    picture: Picture | None
    body: tuple[Line, ...]
    generation: str
    """`2020`, `2023` or `2025`: which DOM the page and its card use."""
    after: str
    """What follows the body: `share`, `authors`, `authors+share` or `none`."""
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    show: str
    """Name of the show as the page's link has it; empty for what is no show."""
    traits: frozenset[str]
    """Peculiarities of the page, each a key of `source.TRAITS`."""
    short: str
    """Four characters of the rfi.my link."""
    touched: datetime | None = None
    """When it was last edited, as listings say and its page does not."""

    @property
    def path(self) -> str:
        """Decoded path, NFC: the key by which the site finds the article."""
        raw = f"/{self.edition}/{self.section}/{self.day:%Y%m%d}-{self.slug}"
        return unicodedata.normalize("NFC", raw)

    @property
    def url(self) -> str:
        """Canonical URL."""
        return HOST + encoded(self.path)

    @property
    def shown(self) -> str:
        """The visible date: Paris time, `DD/MM/YYYY - HH:MM`."""
        return f"{self.published:%d/%m/%Y - %H:%M}"

    @property
    def lastmod(self) -> datetime:
        """What listings say of its last edit."""
        return self.touched or self.modified or self.published

    @property
    def is_show(self) -> bool:
        """True for an episode under the shows' folder."""
        return self.section.startswith(SHOWS)

    @property
    def folder(self) -> str:
        """First level of the section: the list page the article belongs to."""
        return self.section.split("/")[0]

    def has(self, trait: str) -> bool:
        """True if the page is peculiar in this way."""
        return trait in self.traits

    def revised(self, number: int) -> "Article":
        """The article after `number` edits: a paragraph at the end and a second date."""
        if not number:
            return self
        words = f"<p>（更新）编辑部第{number}次补充：以上情况截至发稿时没有变化。</p>"
        when = self.published + timedelta(hours=number, minutes=20)
        return replace(self, modified=when, body=(*self.body, Line(words, words)))

    def clone(self, number: int, start: datetime) -> "Article":
        """Another article of the same shape, the `number`-th before `start` (39 a day)."""
        when = (start - timedelta(minutes=37 * (number + 1))).replace(tzinfo=PARIS)
        return replace(
            self,
            slug=f"{self.slug[:30]}-续{number}",
            title=f"{self.title}（续{number}）",
            day=when.date(),
            published=when,
            modified=None,
            traits=self.traits - {"day-before", "title-broken"},
            short=base62(number * 104_729 % (10 * 62**3), 4),
        )
