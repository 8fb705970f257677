"""What the article file must be, byte for byte, from the article's data alone.

No HTML parser and no code of the project: an independent witness of FORMAT.md.
`python -m tests.site.golden` writes `articles/*.md` anew, beside the data they come from.
"""

import html

from .article import Article, encoded
from .share import links

PLACEHOLDER = 1_000_000_000_000
"""Stands for the capture second in `articles/*.md`."""

PROMO = "<div data-selfpromo-newsletter>{}</div><div data-selfpromo-app>{}</div>"
PROMO_WORDS = ("<p>订阅法广电子报</p>", "<p>下载法广应用程序</p>")
SHARE_TAGS = (
    '<span data-root-share><share-button v-on:open="openModal"></share-button>'
    '<share-modal v-if="displayModal" v-on:close="closeModal"></share-modal></span>'
)


def title(article: Article) -> str:
    """H1 text, the show's name behind it, escaped."""
    return html.escape(article.title, quote=False).replace('"', "&quot;") + (
        f" - {article.show}" if article.is_show else ""
    )


def lead(article: Article) -> str:
    """Lead text and the blanks of the template's indentation: 8, on shows 20, in 2020 none."""
    if article.lead is None or article.has("lead-blank"):
        return ""
    tail = 0 if article.generation == "2020" else 20 if article.is_show else 8
    return article.lead.file + " " * tail


def body(article: Article) -> str:
    """Lines of the body joined, then the self-promotion, then the wire's blanks."""
    text = "".join(line.file for line in article.body)
    if not article.has("no-promo"):
        text += PROMO.format(*(PROMO_WORDS if article.has("promo-words") else ("", "")))
    return text + (" " * 8 if article.has("blank-tail") else "")


def share(article: Article) -> str:
    """The share bar without classes and icons."""
    label = "" if article.has("share-icons") else "<div>分享 :</div>"
    icons = "".join(
        f'<a href="{link.replace("&", "&amp;")}" target="_blank" rel="noopener nofollow"><span></span></a>'
        for link in links(article)
    )
    return f"<div>{label}<div>{icons}{SHARE_TAGS}</div></div>"


def authors(article: Article) -> str:
    """The author chain of a show: four divs, a label, one link a name."""
    names = "，".join(
        f'<a href="/{article.edition}/{encoded("作者/" + name)}/" title="{name}">{name}</a>' for name in article.authors
    )
    return f"<div><div><div><div><span>作者：</span>{names}</div></div></div></div>"


def after(article: Article) -> str:
    """The one element after the body, or nothing."""
    first = article.after.split("+")[0]
    return {"share": share, "authors": authors}[first](article) if first != "none" else ""


def expected(article: Article, epoch_ms: int = PLACEHOLDER) -> str:
    """The whole file of FORMAT.md for a capture at `epoch_ms`."""
    image = f'<img src="{article.picture.url(1280)}">' if article.picture else ""
    return (
        f"<!--{epoch_ms}-->\n[{title(article)}]({article.url})\n------\n\n"
        f"<div>{article.shown}</div>{image}<p><strong>{lead(article)}</strong></p>"
        f"<div>{body(article)}</div>{after(article)}\n"
    )
