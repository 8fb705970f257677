"""Every kind of page of the reader: its name and an address of it in the archive of `news.py`."""

from urllib.parse import quote, urlencode

from tests.browser.news import BEES, LANTERN, MOON, SHOW, stem

ARTICLE = f"/article/{stem(MOON)}"
KINDS = {
    "front": "/",
    "day": "/day/2026-10-29",
    "sections": "/sections",
    "shows": "/shows",
    "authors": "/authors",
    "tags": "/tags",
    "section": f"/section/{quote('欧洲')}",
    "show": f"/show/{quote('聚焦非洲')}",
    "author": f"/author/{quote('白桦')}",
    "tag": f"/tag/{quote('巴黎')}",
    "article": ARTICLE,
    "article-gone": f"/article/{stem(BEES)}",
    "article-show": f"/article/{stem(SHOW)}",
    "article-tw": f"/article/{stem(LANTERN)}",
    "version": f"{ARTICLE}/version/1",
    "diff": f"{ARTICLE}/diff/1/3",
    "proof": f"{ARTICLE}/proof",
    "search-empty": "/search",
    "search": f"/search?{urlencode({'q': '灯'})}",
    "search-none": f"/search?{urlencode({'q': '恐龙'})}",
    "changes": "/changes",
    "gone": "/gone",
    "health": "/health",
    "pictures": "/pictures",
    "api": "/api",
}
REFUSED = {
    "search-refused": f"/search?{urlencode({'q': '-'})}",
    "error": "/section/none",
}
"""The same of pages whose status is that of an error."""
