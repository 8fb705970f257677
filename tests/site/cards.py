"""Cards of list pages in the three generations, the pager, and asides nobody should follow."""

import html

from .article import HOST, Article, encoded
from .furniture import OLD

GRID = "o-layout-list__item l-m-100 l-t-50 l-d-33"


def link(article: Article, words: str, css: str = "") -> str:
    """An anchor to the article; 2020 pages write the address un-encoded."""
    href = article.path if article.generation == "2020" else article.url.removeprefix(HOST)
    named = f' class="{css}"' if css else ""
    return f'<a{named} href="{html.escape(href)}" data-article-item-link>{words}</a>'


def picto(article: Article) -> str:
    """The icon before a title that is heard or seen."""
    kind = "headphones" if article.is_show else "video" if article.has("video") else ""
    return f'<span class="article__type a-svg--picto-{kind}"></span>' if kind else ""


def thumb(article: Article, css: str) -> str:
    """A small picture, or nothing."""
    if not article.picture:
        return ""
    return f'<img class="{css}" alt="" src="{article.picture.url(388)}">'


def card_2020(article: Article) -> str:
    """The anchor wraps the title."""
    inner = (
        f'<div class="article__figure-wrapper"><figure class="m-figure"><picture>'
        f'{thumb(article, "m-figure__img")}</picture></figure></div><div class="article__infos">'
        f'<p class="article__title">{html.escape(article.title)}</p></div>'
    )
    return f'<div class="m-item-list-article" data-article-list>{link(article, inner)}</div>'


def card_2023(article: Article) -> str:
    """Two anchors: the hidden one around the figure, and the title's in an h2."""
    when = f'<time datetime="{article.published.isoformat()}">{article.published:%d/%m/%Y}</time>'
    return (
        '<div class="m-item-list-article"><div class="m-item-list-article__wrapper">'
        f"{link(article, thumb(article, 'm-figure__img'), 'article__figure-wrapper')}"
        f'<div class="article__infos"><div class="article__metadata"><p class="article__date">'
        f'{when}</p></div><div class="article__title">{picto(article)}'
        f"{link(article, f'<h2>{html.escape(article.title)}</h2>')}</div></div></div></div>"
    )


def card_2025(article: Article) -> str:
    """The figure's anchor is an m-item-image; the title's holds bare text."""
    picture = f'<picture class="a-picture">{thumb(article, "a-img")}</picture>'
    return (
        f'<div class="m-item-list-article">{link(article, picture, "m-item-image")}'
        f'<div class="article__infos"><div class="article__title">{picto(article)}'
        f"{link(article, html.escape(article.title))}</div></div></div>"
    )


CARDS = {"2020": card_2020, "2023": card_2023, "2025": card_2025}


def card(article: Article) -> str:
    """One card in the grid."""
    return f'<div class="{GRID}">{CARDS[article.generation](article)}</div>\n'


def partner() -> str:
    """A card of another house: absolute, foreign, in a new window."""
    return (
        f'<div class="{GRID}"><div class="m-item-list-article">'
        '<a href="https://www.partner.example/ar/20261020-story" target="_blank"'
        " data-article-item-link><h2>合作媒体内容</h2></a></div></div>\n"
    )


def promo(edition: str, kind: str) -> str:
    """A page builder's aside: old articles under a headline of its own."""
    rows = "".join(
        f'<a data-article-item-link href="/{edition}/{encoded(f"国际/2014060{n}-{title}")}"><h2>{title}</h2></a>'
        for n, title in enumerate(OLD, 1)
    )
    return f'<aside data-org-type="aside-content--{kind}">{rows}</aside>\n'


def flash(articles: tuple[Article, ...]) -> str:
    """The rolling news block of the home page: words without links."""
    rows = "".join(
        '<li><div class="m-item-news-feed"><div class="news__content">'
        f'<p class="news__content__title">{html.escape(a.title)}</p></div></div></li>'
        for a in articles
    )
    return f'<aside class="o-aside-content--news-feed"><ol class="o-layout-list--news-feed">{rows}</ol></aside>\n'


def pager(base: str, page: int, pages: int) -> str:
    """Links to the other pages of a list; they carry a fragment."""
    rows = "".join(
        f'<li><a class="m-pagination__item__link" href="{base}{f"{n}/" if n > 1 else ""}#pager">{n}</a></li>'
        for n in range(1, pages + 1)
        if n != page and abs(n - page) < 6
    )
    return f'<ol class="m-pagination">{rows}</ol>\n'
