"""All that a page of the site has around its content: 50 to 90 kB that say nothing.

Built once an edition; its size and its traps (a fake body inside a script) are the point.
"""

from functools import cache

from .article import encoded

SECTIONS = {
    "cn": ("中国", "国际", "法国", "港澳台", "亚洲", "欧洲", "美洲", "非洲", "中东", "政治", "社会", "生态", "体育"),
    "tw": ("中國", "國際", "法國", "港澳台", "亞洲", "歐洲", "美洲", "非洲", "中東", "政治", "社會"),
}
SHOW_FOLDER = {"cn": "专栏检索", "tw": "專欄檢索"}
CALENDAR = {"cn": "往日新闻", "tw": "往日新聞"}
"""Words of its own, that nobody could guess."""
PARTS = (
    "o-site-nav",
    "o-header",
    "m-item-list-article",
    "m-carousel",
    "a-tag",
    "m-figure",
    "o-layout-list",
    "m-share-bar",
    "o-footer",
    "m-pagination",
    "o-aside-content",
)
BITS = ("title", "infos", "wrapper", "list", "item", "link", "img", "metadata", "date", "icon")
RULES = (
    "display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between",
    "margin:0 auto 1.5rem;max-width:1280px;padding:0 16px;box-sizing:border-box",
    "color:#1d1d1b;font-family:Open Sans,Noto Sans SC,sans-serif;line-height:1.45",
    "transition:opacity .2s ease-in-out,transform .2s;will-change:transform",
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="20" height="20">'
    '<path fill="currentColor" d="M16 3.2 4.8 12.5v16.3h8.6V20h5.2v8.8h8.6V12.5z"/></svg>'
)
STATIC = "https://static.rfi.fr"
LANGUAGES = ("fr", "en", "es", "pt-br", "br", "ha", "sw", "ma", "ff", "ru", "uk", "vi", "km", "fa")
OLD = ("春季园艺展回顾", "十年前的一次日食", "老影院的最后一场电影", "读者来信选登")


@cache
def style() -> str:
    """About 45 kB of inlined critical CSS."""
    rows = [
        f".{part}__{bit}--v{n}{{{RULES[(n + len(bit)) % len(RULES)]};order:{n}}}"
        for part in PARTS
        for bit in BITS
        for n in range(4)
    ]
    return "<style>" + "\n".join(rows) + "</style>"


def scripts(edition: str) -> str:
    """The tag manager's data: markup inside strings, a fake body first of all."""
    return (
        '<script>window.dataLayer=window.dataLayer||[];dataLayer.push({"edition":"'
        f'{edition}","tpl":"<div class=\'t-content__body\'><p>不是正文</p></div>",'
        '"h1":"<h1 class=\'t-content__title a-page-title\'>不是标题</h1>"});'
        "window.contextlayer={redirect_url:{}};if(1<2&&3>2){document.documentElement}</script>"
    )


def menu(edition: str, word: str) -> str:
    """One menu: each section, an icon in each entry."""
    return "".join(
        f'<li class="m-nav__item"><a class="a-nav-link" data-menu-link\n'
        f' href="/{edition}/{encoded(name)}/">{ICON}<span class="{word}">{name}</span></a></li>\n'
        for name in SECTIONS[edition]
    )


@cache
def top(edition: str) -> str:
    """Navigation and header."""
    return (
        f'<nav class="o-site-nav" data-site-nav><ul>{menu(edition, "nav")}</ul>'
        f'<ul class="o-site-nav__shows">{menu(edition, "shows")}</ul></nav>'
        f'<header class="o-header"><a href="/{edition}/">RFI</a><ul>{menu(edition, "top")}</ul>'
        '<form action="/search"><input name="q" disabled></form></header>\n'
    )


def aside(edition: str) -> str:
    """Related cards: articles of long ago that nobody may take for news."""
    cards = "".join(
        f'<div class="m-item-list-article"><a data-article-item-link href="/{edition}/'
        f'{encoded(f"国际/2015030{n}-{title}")}"><p class="article__title">{title}</p></a></div>'
        for n, title in enumerate(OLD, 1)
    )
    return (
        '<aside class="o-aside-content"><div class="o-aside-content__title a-aside-title">'
        '<span class="a-aside-title__content">相关内容</span></div>'
        f'<div class="o-layout-list">{cards}</div><div class="ob-smartfeed-wrapper"></div></aside>'
    )


@cache
def bottom(edition: str) -> str:
    """Footer: other editions, the calendar, menus again."""
    others = "".join(
        f'<li><a href="https://www.rfi.fr/{code}/" hreflang="{code}">{code}</a></li>' for code in LANGUAGES
    )
    return (
        f'<footer class="o-footer"><ul>{menu(edition, "foot")}</ul><ul>{others}</ul>'
        f'<a href="/{edition}/{encoded(CALENDAR[edition])}/2026/">{CALENDAR[edition]}</a>'
        f'<ul class="o-footer__apps">{menu(edition, "apps")}</ul></footer>'
        '<div class="o-bottom-bar"></div>'
    )


def sheets(edition: str, template: str) -> str:
    """The link elements of a template: shows have a stylesheet more than other pages, and a font named ahead of it."""
    names = (f"page--{edition}", f"show--{edition}") if template == "show" else (f"page--{edition}",)
    ahead = f'<link rel="preload" as="font" type="font/ttf" href="{STATIC}/build/fonts/segments.ttf" crossorigin>'
    links = "".join(f'<link rel="stylesheet" href="{STATIC}/build/css/{name}.css">' for name in names)
    return (ahead if template == "show" else "") + links


def document(edition: str, head: str, main: str, template: str = "page") -> str:
    """A whole page around what is particular to it."""
    lang = {"cn": "zh-Hans", "tw": "zh-Hant"}[edition]
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}" dir="ltr">\n<head><meta charset="utf-8">\n{head}\n'
        f"{style()}{sheets(edition, template)}\n"
        f'{scripts(edition)}</head>\n<body data-cmp-theme="rfi" data-site-nav-state>\n'
        f'{top(edition)}<main data-nav-container role="main">\n{main}</main>\n'
        f"{bottom(edition)}</body></html>\n"
    )
