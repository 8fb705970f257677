"""The head of an article page: metas, link tags and JSON-LD in all its shapes."""

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

from .article import HOST, Article
from .media import audio_url

CARD = "https://static.rfi.fr/meta_og_twcards/RFI_FB.png"
LOCALES = {"cn": "zh_CN", "tw": "zh_TW"}


def utc(when: datetime) -> str:
    """The machine's date: ISO with `+00:00`, as article pages have it."""
    return when.astimezone(UTC).isoformat()


def in_hex(text: str) -> str:
    """Every other character as a hexadecimal entity, as old templates wrote them."""
    return "".join(f"&#x{ord(c):X};" if n % 2 or not c.isalnum() else c for n, c in enumerate(text))


def escaped(article: Article, text: str) -> str:
    """Escape a text the way this page does."""
    return in_hex(text) if article.has("hex-entities") else html.escape(text, quote=True)


def plain_lead(article: Article) -> str:
    """The lead without markup: what metas and feeds say."""
    text = article.lead.file if article.lead else ""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def image(article: Article) -> str:
    """The og:image: 1280 wide, the default card, or nothing."""
    if article.picture:
        return article.picture.url(1280)
    return "" if article.has("no-card") else CARD


def news(article: Article) -> dict[str, Any]:
    """The NewsArticle object."""
    words: str | list[str] = list(article.keywords)
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "mainEntityOfPage": article.url,
        "datePublished": utc(article.published),
        "dateModified": utc(article.modified or article.published),
        "author": [{"@type": "Person", "name": name} for name in article.authors or ("法广",)],
        "keywords": ", ".join(words) if article.has("keywords-text") else words,
        "publisher": {"@type": "Organization", "name": "RFI"},
    }
    if article.picture:
        item["image"] = {"@type": "ImageObject", "url": image(article), "width": 1280}
    if article.has("audio"):
        item["audio"] = {"contentUrl": audio_url(article), "duration": "P0DT0H9M30S"}
    return item


def script(data: str) -> str:
    """One JSON-LD script."""
    safe = data.replace("</", r"<\/")
    return f'<script type="application/ld+json">{safe}</script>\n'


def linked_data(article: Article) -> str:
    """JSON-LD as one object, one array, or several scripts of which one is broken."""
    item = news(article)
    site = {"@context": "https://schema.org", "@type": "WebSite", "name": "RFI", "url": HOST}
    if article.has("ld-array"):
        return script(json.dumps([site, item], ensure_ascii=False))
    if article.has("ld-many"):
        whole = json.dumps(item, ensure_ascii=False, indent=1)
        return script(json.dumps(site)) + script('{"@type": "Broken",}') + script(whole)
    return script(json.dumps(item, ensure_ascii=False))


def metas(article: Article) -> list[tuple[str, str, str]]:
    """Rows of (attribute, name, content)."""
    rows = [
        ("name", "description", plain_lead(article)),
        ("name", "keywords", ", ".join(article.keywords)),
        ("property", "og:title", article.title),
        ("property", "og:description", plain_lead(article)),
        ("property", "og:url", article.url),
        ("property", "og:type", "article"),
        ("property", "og:locale", LOCALES[article.edition]),
        ("property", "og:site_name", "RFI - 法国国际广播电台"),
        ("property", "article:published_time", utc(article.published)),
        ("property", "article:modified_time", utc(article.modified or article.published)),
        ("property", "article:section", article.folder),
        ("property", "fb:app_id", "113191652055439"),
        ("name", "twitter:card", "summary_large_image"),
        ("name", "twitter:site", "@RFI_Cn"),
    ]
    if image(article):
        rows.append(("property", "og:image", image(article)))
    return rows


def head(article: Article) -> str:
    """Everything particular to the article inside `<head>`."""
    rows = "".join(
        f'<meta {kind}="{name}" content="{escaped(article, text)}">\n' for kind, name, text in metas(article)
    )
    return (
        f"<title>{escaped(article, article.title)} - RFI</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'{rows}<link rel="canonical" href="{article.url}">\n'
        f'<link rel="alternate" hreflang="zh" href="{article.url}">\n'
        f'<link rel="shortlink" href="https://rfi.my/{article.short}">\n{linked_data(article)}'
    )
