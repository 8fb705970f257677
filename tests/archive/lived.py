"""An article's life, as a site lets it live: each step an answer of its URL, with what a history must say of it."""

from dataclasses import dataclass, replace
from pathlib import Path

from archive.exchange import Exchange
from tests.archive.archives import CLOCK, CN, HTML, answer, close, crawl, keep, open_archive, page
from tests.site import Article, render
from tests.site.article import Line

FIRST = CN[0]
URL = FIRST.url


def rewritten(article: Article, old: str, new: str) -> Article:
    """The article with other words in its body."""
    assert any(old in line.page for line in article.body)
    lines = (Line(line.page.replace(old, new), line.file.replace(old, new)) for line in article.body)
    return replace(article, body=tuple(lines))


def html(article: Article, old: str, new: str) -> Exchange:
    """The answer that holds the article with something else in its markup."""
    text = render(article)
    assert old in text
    return answer(article.url, text.replace(old, new).encode())


@dataclass(frozen=True)
class Step:
    """What the site answers one day, and what is to be said of it."""

    answer: Exchange
    event: str
    version: int | None
    changed: set[str] | None
    """Of words; None: no page of an article."""
    what: str = "article"
    revisit: bool = False


TYPO = rewritten(FIRST, "鼓掌", "欢呼")
LEAD = replace(TYPO, lead=Line("导语完全改写了，与从前不同。", "导语完全改写了，与从前不同。"))
HEADLINE = replace(LEAD, title="聋人乐团<script>alert(1)</script>与贝多芬\x1b[2J")
"""Its title is hostile: in markup, and to a terminal."""


def steps() -> list[Step]:
    """Days of one article, asked for once a day."""
    made = []

    def day(exchange: Exchange, event: str, version: int | None, changed: set[str] | None, **more) -> None:
        made.append(Step(exchange, event, version, changed, **more))
        CLOCK.wait(days=1)

    day(page(FIRST), "first", 1, {"first"})
    day(page(FIRST), "", None, set(), revisit=True)
    day(page(TYPO), "edited", 2, {"body"})
    day(html(TYPO, "<p>", "<p data-x> "), "", None, set())
    day(page(LEAD), "edited", 3, {"lead"})
    day(html(LEAD, "分享", "共享"), "", None, set())
    day(answer(URL, b"<html><body>wait</body></html>"), "", None, None, what="empty template: no title")
    day(page(HEADLINE), "edited", 4, {"title"})
    day(answer(URL, b"gone", 410), "gone", None, None, what="HTTP 410")
    day(
        answer(URL, b"", 302, HTML, "Location: /cn/"),
        "",
        None,
        None,
        what="HTTP 302 to https://www.rfi.fr/cn/, no article",
    )
    day(page(HEADLINE), "returned", None, set(), revisit=True)
    day(answer(URL, b"not found", 404), "gone", None, None, what="HTTP 404")
    day(page(FIRST), "returned", 5, {"title", "lead", "body"}, revisit=True)
    return made


def live(root: Path) -> list[Step]:
    """Make an archive of these days, each a run; another article stays as it is."""
    made = steps()
    crawl(root, [page(CN[1])])
    for step in made:
        archive = open_archive(root)
        keep(archive, step.answer)
        close(archive)
    return made
