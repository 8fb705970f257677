"""An article page: the DOM of its generation around the article's own lines."""

import html

from .article import Article, encoded
from .expected import PROMO_WORDS
from .furniture import ICON, aside, document
from .head import head
from .heading import authors, breadcrumb, by_line, dates, heading, lead, section_tag
from .media import main_media
from .share import links


def promo(article: Article) -> str:
    """The two self-promotion divs."""
    if article.has("no-promo"):
        return ""
    letter, app = PROMO_WORDS if article.has("promo-words") else ("", "")
    css = "o-self-promo o-self-promo--{0} o-self-promo--hidden"
    return (
        f'<div class="{css.format("nl")}" data-selfpromo-newsletter>{letter}</div>'
        f'<div class="{css.format("app")}" data-selfpromo-app>{app}</div>'
    )


def body(article: Article) -> str:
    """The body's lines, one a line."""
    gap = "\r\n\t\t" if article.has("body-crlf") else "\n"
    lines = gap.join(line.page for line in article.body if line.page)
    tail = "\n        " if article.has("blank-tail") else ""
    return f'<div class="t-content__body u-clearfix">{lines}{promo(article)}{tail}</div>\n'


def share(article: Article) -> str:
    """The share bar: icons in the links, two Vue tags behind them."""
    named = '<div class="m-share-bar__title">分享 :</div>\n'
    icons = "".join(
        f'<a class="m-share-bar__link" href="{html.escape(link)}" target="_blank"\n'
        f' rel="noopener nofollow"><span class="a-svg">\n{ICON}</span></a>\n'
        for link in links(article)
    )
    return (
        f'<div class="m-share-bar">\n{"" if article.has("share-icons") else named}'
        f'<div class="m-share-bar__list" id="share-{article.short}">{icons}'
        '<span data-root-share><share-button v-on:open="openModal"></share-button>'
        '<share-modal v-if="displayModal" v-on:close="closeModal"></share-modal></span>'
        "</div></div>\n"
    )


def after(article: Article) -> str:
    """What follows the body, in its order."""
    blocks = {"share": share, "authors": authors}
    return "".join(blocks[name](article) for name in article.after.split("+") if name != "none")


def tags(article: Article) -> str:
    """Keywords under the article."""
    rows = "".join(
        f'<li class="m-tags-list__tag"><a href="/{article.edition}/{encoded("关键词/" + word)}/">{word}</a></li>'
        for word in article.keywords
    )
    return (
        '<div class="t-content__tags"><span class="t-content__tags__title">关键词 :</span>'
        f'<ul class="m-tags-list">{rows}</ul></div>\n'
    )


def content(article: Article) -> str:
    """The `article` element: media and lead changed places between generations."""
    first, second = main_media(article), by_line(article) + lead(article)
    if article.generation != "2020":
        first, second = second, first
    return (
        '<article class="t-content__article-wrapper" data-article-content>\n'
        f"{section_tag(article)}{heading(article)}{dates(article)}{first}{second}"
        f"{body(article)}{after(article)}{tags(article)}</article>\n"
    )


def render(article: Article) -> str:
    """The whole page."""
    main = (
        '<div class="t-content t-content--article"><div id="main-content">'
        f"{breadcrumb(article)}{content(article)}</div>{aside(article.edition)}</div>"
    )
    return document(article.edition, head(article), main, "show" if article.is_show else "page")
