"""Front: the page at which a replay opens, a list of archived articles.  Pure.

It is HTML that works without script and loads nothing, and a Jinja template at once,
since pywb takes its own front page as one: what comes from the site can say nothing in either.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from archive import urls
from archive.tables.rows import Filed

LENGTH = 300
"""Articles on the page."""
_NO_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;"})
"""A template speaks in braces, whether of a value, a statement or a remark."""
_HEAD = """<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'">
<meta name="viewport" content="width=device-width">
<title>rfi-archive</title>
<style>
body { max-width: 45rem; margin: 2rem auto; padding: 0 1rem; font-family: serif; line-height: 1.6 }
time { color: #555 }
</style>
</head>
"""


def text(articles: Iterable[Filed], collection: str) -> str:
    """Return the page of these articles, in the order given.

    collection: pywb's name of the archive, the first segment of each link; the second is
    the time of the capture.
    """
    items = "".join(_item(article, collection) for article in articles)
    return f"{_HEAD}<body>\n<h1>rfi-archive</h1>\n<ol>\n{items}</ol>\n</body>\n</html>\n"


def _item(article: Filed, collection: str) -> str:
    captured = datetime.fromtimestamp(article.epoch, UTC)
    day = urls.day(article.url)
    link = f"/{collection}/{captured:%Y%m%d%H%M%S}/{article.asked}"
    return f'<li><time>{day[:4]}-{day[4:6]}-{day[6:]}</time> <a href="{_text(link)}">{_text(article.title)}</a></li>\n'


def _text(text: str) -> str:
    """Return text that is text, in HTML and in a template."""
    return escape(text).translate(_NO_TEMPLATE)
