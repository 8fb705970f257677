"""What stands over an article's body: breadcrumb, section tag, H1, dates, authors, lead."""

import html

from .article import Article, encoded
from .head import escaped, utc


def label(article: Article) -> str:
    """The section's name, on a show its own."""
    return article.show or article.folder


def section_link(article: Article) -> str:
    """Path of the list the article belongs to."""
    return f"/{article.edition}/{encoded(article.section)}/"


def breadcrumb(article: Article) -> str:
    """Home, folder, show; the last is left out where the page links to no show."""
    steps = [("RFI", f"/{article.edition}/")]
    if article.section != "contenu":
        steps.append((article.folder, f"/{article.edition}/{encoded(article.folder)}/"))
    if article.is_show and not article.has("no-show-link"):
        steps.append((article.show, section_link(article)))
    rows = "".join(
        f'<li class="m-breadcrumb__list__item"><a class="m-breadcrumb__list__item__link" href="{href}">{name}</a></li>'
        for name, href in steps
    )
    return f'<nav class="m-breadcrumb"><ol class="m-breadcrumb__list">{rows}</ol></nav>\n'


def section_tag(article: Article) -> str:
    """The tag over the H1: a link, or a mere span."""
    if article.is_show and article.has("no-show-link"):
        return ""
    inner = f'<a class="a-tag__wrapper" href="{section_link(article)}">\n\t{label(article)}\n</a>'
    if article.has("tag-span") or article.section == "contenu":
        inner = f'<span class="a-tag__wrapper">{label(article)}</span>'
    return f'<div class="t-content__section a-tag">{inner}</div>\n'


def heading(article: Article) -> str:
    """The H1; recent shows have only one class on it."""
    names = "t-content__title a-page-title"
    if article.is_show and article.generation == "2025":
        names = "a-page-title"
    if article.has("title-broken"):
        first, _, last = html.escape(article.title, quote=False).partition(" ")
        last = last.replace(" ", "  ")
        text = f'\n    {first}\n      <span class="a-x">{last}</span>\n\t  \n'
    elif article.has("hex-entities"):
        text = escaped(article, article.title)
    else:
        text = html.escape(article.title, quote=False)
    return f'<h1 class="{names}">{text}</h1>\n'


def dates(article: Article) -> str:
    """Published, and the later date if there is one."""
    shown = "" if article.has("time-empty") else article.shown
    rows = (
        '<span class="m-pub-dates__date">发表时间 : '
        f'<time datetime="{utc(article.published)}" pubdate="pubdate">{shown}</time></span>'
    )
    if article.modified:
        rows += (
            '<span class="m-pub-dates__date">更改时间 : '
            f'<time datetime="{utc(article.modified)}">{article.modified:%d/%m/%Y - %H:%M}</time>'
            "</span>"
        )
    return f'<div class="t-content__dates"><p class="m-pub-dates">{rows}</p></div>\n'


def authors(article: Article) -> str:
    """The author chain; below the body on shows, above the lead on news."""
    names = "，".join(
        f'<a class="m-from-author__name" href="/{article.edition}/{encoded("作者/" + name)}/"\n'
        f' title="{name}">{name}</a>'
        for name in article.authors
    )
    return (
        '<div class="t-content__authors-tts">\n<div class="m-author-n-reading-time">'
        '<div class="m-author-n-reading-time__authors">\n\t<div class="m-from-author">'
        f'<span class="m-from-author__by-label">作者：</span>{names}</div>\n</div></div></div>\n'
    )


def lead(article: Article) -> str:
    """The lead between the template's line breaks: its indentation is the file's blanks."""
    if article.has("lead-blank"):
        return '<p class="t-content__chapo">\n        </p>\n'
    if article.lead is None:
        return ""
    text = article.lead.page
    if article.generation == "2020":
        return f'<p class="t-content__chapo">{text}</p>\n'
    tail = " " * (20 if article.is_show else 8)
    return f'<p class="t-content__chapo">\n{tail}{text}\n{tail}</p>\n'


def by_line(article: Article) -> str:
    """Authors over a piece of news; on shows they stand after the body only."""
    return authors(article) if article.authors and "authors" not in article.after else ""
