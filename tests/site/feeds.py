"""Machine-readable listings: robots.txt, RSS, sitemaps."""

import html
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta

from .article import HOST, Article, encoded
from .furniture import SECTIONS
from .head import plain_lead

ROBOTS = (
    "User-agent: *\nDisallow:\n\nUser-agent: NoisyBot\nUser-agent: HungryAI\nDisallow: /\n\n"
    "Sitemap: https://www.rfi.fr/sitemaps/cn/index.xml\n"
    "Sitemap: https://www.rfi.fr/sitemaps/cn/news.xml\n"
    "Sitemap: https://www.rfi.fr/sitemaps/tw/index.xml\n"
    "Sitemap: https://www.rfi.fr/sitemaps/tw/news.xml\n"
)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
GOOGLE = "http://www.google.com/schemas"
NEWS_WINDOW = timedelta(hours=48)


def rss_link(article: Article, tracking: str) -> str:
    """The item's link; some are as they were in 2020, all may carry a tracking query."""
    if article.generation == "2020":
        return "http://www.rfi.fr/" + encoded(article.path) + tracking
    return article.url + tracking


def rss_item(article: Article, tracking: str) -> str:
    """One item: never the full text."""
    when = article.published.astimezone(UTC)
    media = ""
    if article.picture:
        media = f'<media:thumbnail url="{article.picture.url(310)}" width="310" height="174"/>'
    return (
        f"<item><title>{html.escape(article.title)}</title>"
        f"<link>{html.escape(rss_link(article, tracking))}</link>"
        f"<description>{html.escape(plain_lead(article))}</description>"
        f"<category>{article.folder}</category><dc:creator>RFI</dc:creator>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f'<guid isPermaLink="false">{article.short}</guid>{media}</item>\n'
    )


def rss(edition: str, articles: Sequence[Article], tracking: str) -> str:
    """The feed of an edition."""
    items = "".join(rss_item(a, tracking) for a in articles)
    return (
        f'{XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title><![CDATA[法广 - RFI]]></title><link>{HOST}/{edition}/</link>"
        f"<description>时事与新闻</description>"
        f'<atom:link href="{HOST}/{edition}/rss" rel="self" type="application/rss+xml"/>\n'
        f"{items}<language>zh</language></channel></rss>\n"
    )


def urlset(rows: Iterable[str], names: str = "") -> str:
    """A sitemap around its rows."""
    return f'{XML}<urlset xmlns="{MAP}"{names}>\n{"".join(rows)}</urlset>\n'


def month_map(articles: Sequence[Article]) -> str:
    """`contents_YYYYMM.xml`."""
    return urlset(f"<url><loc>{a.url}</loc><lastmod>{a.lastmod.isoformat()}</lastmod></url>\n" for a in articles)


def news_row(article: Article) -> str:
    """One entry of the news map, with its image."""
    image = ""
    if article.picture:
        image = (
            f"<image:image><image:loc>{article.picture.url(1280)}</image:loc>"
            f"<image:caption>{html.escape(article.picture.caption)}</image:caption></image:image>"
        )
    return (
        f"<url><loc>{article.url}</loc><lastmod>{article.lastmod.isoformat()}</lastmod>"
        "<news:news><news:publication><news:name>RFI</news:name>"
        "<news:language>zh-cn</news:language></news:publication>"
        f"<news:publication_date>{article.published.isoformat()}</news:publication_date>"
        f"<news:title>{html.escape(article.title)}</news:title>"
        f"<news:keywords>{html.escape(', '.join(article.keywords))}</news:keywords></news:news>"
        f"{image}</url>\n"
    )


def news_map(articles: Sequence[Article]) -> str:
    """`news.xml`: what came out within two days of the newest."""
    names = f' xmlns:news="{GOOGLE}/sitemap-news/0.9" xmlns:image="{GOOGLE}/sitemap-image/1.1"'
    recent = [a for a in articles if articles[0].published - a.published <= NEWS_WINDOW]
    return urlset((news_row(a) for a in recent), names)


def index(edition: str, days: Iterable[date]) -> str:
    """`index.xml`: a map a month, newest first, and maps that hold no articles."""
    months = sorted({f"{day:%Y%m}" for day in days}, reverse=True)
    rows = "".join(
        f"<sitemap><loc>{HOST}/sitemaps/{edition}/{name}.xml</loc></sitemap>\n"
        for name in (*(f"contents_{month}" for month in months), "tags", "pagebuilders")
    )
    return f'{XML}<sitemapindex xmlns="{MAP}">\n{rows}</sitemapindex>\n'


def tags_map(edition: str, articles: Sequence[Article]) -> str:
    """`tags.xml`: lists, no articles."""
    words = sorted({word for a in articles for word in a.keywords})
    return urlset(f"<url><loc>{HOST}/{edition}/{encoded('关键词/' + word)}/</loc></url>\n" for word in words)


def builders_map(edition: str) -> str:
    """`pagebuilders.xml`: the sections."""
    return urlset(f"<url><loc>{HOST}/{edition}/{encoded(name)}/</loc></url>\n" for name in SECTIONS[edition])
