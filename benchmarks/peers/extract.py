"""Extraction: one way to get an article's text out of a page, many times over.

`extract.py NAME PAGES MANY` reads a pickle of (URL, HTML) and writes JSON: the seconds of processor that so many
pages took, the names of what was used, and the texts.  What is imported depends on the name: no environment has all.
"""

import json
import pickle
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

WARM = 10
"""Pages that are read before time counts."""


def ours():
    """Page -> the text of its article file, as the crawler does it."""
    from archive import article, page

    now = datetime(2026, 11, 1, tzinfo=UTC)
    return lambda url, html: article.write(page.read(html, url, now, "text/html; charset=UTF-8").article)


def trafilatura():
    """Its text of the article, without title and date: what it gives unless asked for more."""
    import trafilatura as t

    return lambda url, html: t.extract(html, url=url)


def soup():
    """BeautifulSoup over lxml: title, date, lead and body by their classes."""
    from bs4 import BeautifulSoup

    def read(_, html):
        tree = BeautifulSoup(html, "lxml")
        parts = tree.h1, tree.select_one("time"), tree.select_one(".t-content__chapo")
        texts = [part.get_text() for part in parts if part]
        return "\n".join([*texts, tree.select_one(".t-content__body").decode_contents()])

    return read


def newspaper():
    """newspaper4k, which fetches pictures unless told not to."""
    import newspaper as n

    def read(url, html):
        found = n.Article(url, language="zh", fetch_images=False)
        found.download(input_html=html.decode())
        found.parse()
        return f"{found.title}\n{found.publish_date}\n{found.text}"

    return read


def newsplease():
    """news-please: newspaper4k, readability and others, then it compares."""
    from newsplease import NewsPlease

    def read(url, html):
        found = NewsPlease.from_html(html.decode(), url=url, fetch_images=False)
        return f"{found.title}\n{found.date_publish}\n{found.maintext}"

    return read


def fundus():
    """A parser for this site, written as fundus has them for others."""
    from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
    from fundus.parser.utility import extract_article_body_with_selector, generic_author_parsing, generic_date_parsing
    from lxml.cssselect import CSSSelector

    class Rfi(ParserProxy):
        class V1(BaseParser):
            lead, body_, title_ = map(CSSSelector, ("p.t-content__chapo", "div.t-content__body > p", "h1.a-page-title"))

            @attribute
            def body(self) -> ArticleBody | None:
                return extract_article_body_with_selector(
                    self.precomputed.doc, paragraph_selector=self.body_, summary_selector=self.lead
                )

            @attribute
            def title(self) -> str | None:
                return self.title_(self.precomputed.doc)[0].text_content()

            @attribute
            def authors(self) -> list[str]:
                return generic_author_parsing(self.precomputed.ld.bf_search("author"))

            @attribute
            def publishing_date(self) -> datetime | None:
                return generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))

    parser = Rfi()()

    def read(_, html):
        found = parser.parse(html.decode())
        return f"{found['title']}\n{found['publishing_date']}\n{found['body']}"

    return read


def main(name: str, pages: str, many: int) -> None:
    """Read so many pages, and tell."""
    given = pickle.loads(Path(pages).read_bytes())[:many]
    read = globals()[name]()
    for url, html in given[:WARM]:
        read(url, html)
    start = time.process_time()
    texts = [read(url, html) for url, html in given]
    json.dump({"cpu": time.process_time() - start, "texts": texts}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
