"""Laws of content coding in a crawl: undone for what is read as it comes, left for what is read from the record."""

import gzip

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from crawler.coded import Coded

URL, PAGE = "https://www.rfi.fr/cn/", b"<html>a listing"


def seen(**meta):
    """What a spider sees of a gzipped answer."""
    coded = Coded.from_crawler(get_crawler())
    request = Request(URL, meta=meta)
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
    return coded.process_response(request, HtmlResponse(URL, headers=headers, body=gzip.compress(PAGE))).body


def test_a_listing_is_opened():
    """Law: what no pipeline reads comes with its content."""
    assert seen() == PAGE


def test_an_article_is_left_as_it_came():
    """Law: what was left to the pipelines, which open it themselves, is not opened twice."""
    assert gzip.decompress(seen(exchange="it")) == PAGE
