"""Edits of an article, each a change that editors or a template make; pure functions of the article as it is."""

from collections.abc import Callable
from dataclasses import replace

from .article import Article, Line


def _in_body(article: Article, old: str, new: str) -> Article:
    """The article with the first `old` of its body replaced, on the page and in the file."""
    at, line = next((at, line) for at, line in enumerate(article.body) if old in line.page and old in line.file)
    other = Line(line.page.replace(old, new, 1), line.file.replace(old, new, 1))
    return replace(article, body=(*article.body[:at], other, *article.body[at + 1 :]))


def typo(article: Article) -> Article:
    """One character of the text is another."""
    return _in_body(article, "。", "！")


def lead(article: Article) -> Article:
    """The lead says something else."""
    words = "导语重写：编辑部核实后更正了此前的说法。"
    return replace(article, lead=Line(words, words))


def headline(article: Article) -> Article:
    """The headline is another; the URL stays, the share links name the new one."""
    return replace(article, title=f"{article.title}（更正）")


def markup(article: Article) -> Article:
    """The same words, set otherwise."""
    return _in_body(article, "<p>", '<p dir="ltr">')


def share(article: Article) -> Article:
    """The same words, and share links that lead through another short address."""
    return replace(article, short=article.short[::-1] + "x")


EDITS: dict[str, Callable[[Article], Article]] = {made.__name__: made for made in (typo, lead, headline, markup, share)}
"""By name.  What each changes of an article, as content.FIELDS has it: body, lead, title, markup, markup."""
