"""Pages: articles of random Chinese words in the markup of RFI's pages, with as much around them as those have.

A page has about 118 kB, 28 kB of them gzipped, as the site's own.  Few are written whole; what there are more
are the same words under another URL with other bytes at the end, so that none is another's double.
"""

import hashlib
import random
import re
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from benchmarks.library import SIGNS, Author
from tests.archive.shelving import Story
from tests.site import Article, render
from tests.site.article import PARIS, Line, Picture
from tests.site.furniture import ICON, SECTIONS
from tests.site.source import slugged

WHOLE = 1000
"""Pages that are written whole, at most."""
NEWEST, A_DAY = datetime(2026, 10, 31, 21, 0, tzinfo=PARIS), 50
CARDS, STATES = 54, 80
"""Links to other articles, and entries of what the site's script is told, on each page."""
MARKED = 24
"""Characters of a page's mark."""
LEVEL = 6
PARTICLES = "的 了 在 是 和 有 不 这 中 为 上 也 就 与 但 我们 他们 没有 可以 因为 所以 如果".split()
"""Words that hold sentences together: by them some extractors tell that a text is one."""
_PHRASE = re.compile("[\u4e00-\u9fa5]{5}")
_STYLE = re.compile("(<style>.{7000}).*?</style>", re.DOTALL)
_CARDS, _END = '<div class="ob-smartfeed-wrapper">', "</body>"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of our site."""

    number: int
    """By which the web server finds its file: what its URL ends in."""
    url: str
    sha1: bytes
    """Of its HTML."""
    article: Article
    """What it shows; `tests.site.expected` says which file must come of it, but for the URL."""
    mark: str
    """Where the longest paragraph of its body begins: whoever extracts its text has this."""


def pages(many: int) -> Iterator[tuple[Page, bytes]]:
    """Yield so many pages, each with its HTML in gzip, those of the same words one after the other; always the same."""
    chance, whole = random.Random(11), min(many, WHOLE)
    author = Author()
    for number, story in enumerate(author.stories(whole)):
        article = _article(number, story, chance)
        head, end, tail = _furnished(render(article), chance, author.words).partition(_END)
        packer, digest = zlib.compressobj(LEVEL, wbits=31), hashlib.sha1(head.encode())
        start = packer.compress(head.encode())
        for at in range(number, many, whole):
            last, same, rest = f"<!-- {at} -->{end}{tail}".encode(), digest.copy(), packer.copy()
            same.update(last)
            packed = start + rest.compress(last) + rest.flush()
            url = replace(article, slug=_slug(article.title, at)).url
            yield Page(at, url, same.digest(), article, _mark(article)), packed


def _article(number: int, story: Story, chance: random.Random) -> Article:
    """Return an article of the site with the words of a story."""
    said, at = story.article, NEWEST - timedelta(days=number / A_DAY)
    lead, body = (
        _PHRASE.sub(lambda found: found[0] + chance.choice(PARTICLES), text) for text in (said.lead, said.body)
    )
    paragraphs = [f"<p>{words}</p>" for words in re.findall("<p>(.+?)</p>", body)]
    return Article(
        edition="cn",
        section=SECTIONS["cn"][number % len(SECTIONS["cn"])],
        slug=_slug(said.title, number),
        day=at.date(),
        title=said.title,
        published=at,
        modified=at + timedelta(minutes=30) if number % 3 else None,
        lead=Line(lead, lead),
        picture=Picture(f"{number:08x}.jpg", said.title),
        body=tuple(Line(words, words) for words in paragraphs),
        generation="2025",
        after="share",
        authors=story.facts.authors,
        keywords=story.facts.tags,
        show="",
        traits=frozenset(),
        short=f"A{number:x}",
    )


def _slug(title: str, number: int) -> str:
    return f"{slugged(title)[:20]}-{number:06d}"


def _mark(article: Article) -> str:
    longest = max((line.file for line in article.body), key=len)
    return longest.removeprefix("<p>").lstrip("".join(SIGNS))[:MARKED]


def _furnished(html: str, chance: random.Random, words: list[str]) -> str:
    """Return a page with fewer rules of style, with links to others and with data for its script: much packs badly."""
    assert html.count(_CARDS) == html.count(_END) == 1
    cards = "".join(_card(chance, words) for _ in range(CARDS))
    states = ",".join(_state(chance) for _ in range(STATES))
    script = f'<script type="application/json" data-state>[{states}]</script>\n'
    return _STYLE.sub(r"\1</style>", html).replace(_CARDS, cards + _CARDS).replace(_END, script + _END)


def _card(chance: random.Random, words: list[str]) -> str:
    """Return a link to another article, as the site has them since 2023."""
    title, show = ("".join(chance.choices(words[:3000], k=k)) for k in (9, 2))
    picture = (
        f"https://s.rfi.fr/media/display/{_hex(chance, 4)}-{_hex(chance, 2)}-11f1-{_hex(chance, 8)}/w:{{}}/p:16x9/"
    )
    small, large = (f"{picture.format(width)}{_hex(chance, 6)}" for width in (480, 1024))
    named = f'data-id="{_hex(chance, 8)}"'
    link = f'href="/cn/{quote(show)}/20261030-{_hex(chance, 6)}" data-article-item-link'
    return (
        f'<div class="o-layout-list__item l-m-100 l-t-50"><div class="m-item-list-article" {named}>'
        f'<a class="article__figure-wrapper" {link} aria-hidden="true"><picture class="a-picture">'
        f'<source type="image/webp" srcset="{small}.webp 480w"><img class="a-img lazy" alt="" src="{large}.jpg">'
        '</picture></a><div class="article__infos"><div class="article__metadata"><p class="article__date">'
        f"<time>30/10/2026 - {chance.randrange(24):02d}:00</time></p><ul><li>{show}</li></ul></div>"
        f'<div class="article__title"><span class="a-svg">{ICON}</span><a {link}><h2>{title}</h2></a></div>'
        "</div></div></div>\n"
    )


def _state(chance: random.Random) -> str:
    token = b64encode(chance.randbytes(90)).decode()
    return f'{{"id":"{_hex(chance, 16)}","seen":{chance.random():.6f},"token":"{token}"}}'


def _hex(chance: random.Random, many: int) -> str:
    return chance.randbytes(many).hex()
